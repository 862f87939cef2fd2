// Which runs are selected, in the order they were picked: by click, by range, by key.
import type { RunRow } from '../backend';

/** What the tray and the charts need of a selected run. */
export type Picked = Pick<RunRow, 'runId' | 'runName' | 'color'>;

export class Selection {
  #picked = $state.raw<ReadonlyMap<string, Picked>>(new Map());
  /** The row a range starts from. */
  #anchor = 0;

  get runs(): Picked[] {
    return [...this.#picked.values()];
  }
  get size(): number {
    return this.#picked.size;
  }
  has(runId: string): boolean {
    return this.#picked.has(runId);
  }

  /** Adds or removes one row; ranges start there from now on. */
  toggle(run: Picked, index: number): void {
    const picked = new Map(this.#picked);
    if (!picked.delete(run.runId)) picked.set(run.runId, run);
    this.#picked = picked;
    this.#anchor = index;
  }

  only(run: Picked, index: number): void {
    this.#picked = new Map([[run.runId, run]]);
    this.#anchor = index;
  }

  /** Adds every row from where the last pick was made. `rows` fetches those that are not here. */
  async extend(to: number, rows: (first: number, last: number) => Promise<readonly Picked[]>): Promise<void> {
    const [first, last] = [Math.min(this.#anchor, to), Math.max(this.#anchor, to)];
    this.add(await rows(first, last));
  }

  add(runs: readonly Picked[]): void {
    const picked = new Map(this.#picked);
    for (const run of runs) if (!picked.has(run.runId)) picked.set(run.runId, run);
    this.#picked = picked;
  }

  remove(runId: string): void {
    const picked = new Map(this.#picked);
    picked.delete(runId);
    this.#picked = picked;
  }

  clear(): void {
    this.#picked = new Map();
  }
}
