// Which rows are selected, by id: it survives sorting, filtering and rows that are not loaded.
import type { TableSelection } from './table';

export class Selection<R> implements TableSelection<R> {
  #rows: ReadonlyMap<string, R> = $state.raw(new Map());
  /** Where ranges start, and what was selected besides the range that starts there. */
  #anchor = 0;
  #besides: ReadonlyMap<string, R> = new Map();

  constructor(private readonly idOf: (row: R) => string) {}

  /** In the order they were picked. */
  get rows(): R[] {
    return [...this.#rows.values()];
  }
  get ids(): string[] {
    return [...this.#rows.keys()];
  }
  get size(): number {
    return this.#rows.size;
  }
  has(id: string): boolean {
    return this.#rows.has(id);
  }

  only(row: R, index: number): void {
    this.#set(new Map([[this.idOf(row), row]]), index);
    this.#besides = new Map();
  }

  toggle(row: R, index: number): void {
    const next = new Map(this.#rows);
    if (!next.delete(this.idOf(row))) next.set(this.idOf(row), row);
    this.#set(next, index);
  }

  /** Replaces the range drawn since the last pick; what was picked before stays. */
  async extend(to: number, rows: (first: number, last: number) => Promise<readonly R[]>): Promise<void> {
    const anchor = this.#anchor;
    const found = await rows(Math.min(anchor, to), Math.max(anchor, to));
    // Another pick while the rows were on their way is the newer will.
    if (anchor !== this.#anchor) return;
    const next = new Map(this.#besides);
    for (const row of found) next.set(this.idOf(row), row);
    this.#rows = next;
  }

  add(rows: readonly R[]): void {
    const next = new Map(this.#rows);
    for (const row of rows) if (!next.has(this.idOf(row))) next.set(this.idOf(row), row);
    this.#set(next, this.#anchor);
  }

  remove(id: string): void {
    const next = new Map(this.#rows);
    if (next.delete(id)) this.#set(next, this.#anchor);
  }

  clear(): void {
    this.#set(new Map(), this.#anchor);
  }

  #set(rows: ReadonlyMap<string, R>, anchor: number): void {
    this.#rows = rows;
    this.#besides = rows;
    this.#anchor = anchor;
  }
}
