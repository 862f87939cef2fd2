// How the columns of a table are arranged: order, width, visibility. Columns that come and go keep their place.
import { MAX_WIDTH_PX, MIN_WIDTH_PX, type TableColumn } from './table';

export interface SavedColumns {
  order: string[];
  hidden: string[];
  /** Shown although hidden by default. */
  shown: string[];
  widths_px: Record<string, number>;
}

/** A column with its start: some are not shown until asked for. */
export interface KnownColumn extends TableColumn {
  hiddenAtFirst?: boolean;
}

export class Columns {
  #known: readonly KnownColumn[] = $state.raw([]);
  #saved: SavedColumns = $state.raw({ order: [], hidden: [], shown: [], widths_px: {} });

  constructor(
    saved?: Partial<SavedColumns>,
    private readonly onchange?: (saved: SavedColumns) => void,
  ) {
    this.#saved = { ...this.#saved, ...saved };
  }

  /** What can be kept and given back to the constructor. */
  get saved(): SavedColumns {
    return this.#saved;
  }

  /** Says which columns there are; what was arranged before stays, also of those that are gone for now. */
  setKnown(columns: readonly KnownColumn[]): void {
    this.#known = columns;
  }

  /** Every column, arranged; fixed ones first. */
  all: KnownColumn[] = $derived.by(() => {
    const place = new Map(this.#saved.order.map((id, at) => [id, at]));
    const arranged = this.#known.map((column, at) => ({ column, at }));
    arranged.sort(
      (a, b) =>
        Number(b.column.fixed ?? false) - Number(a.column.fixed ?? false) ||
        (place.get(a.column.id) ?? Infinity) - (place.get(b.column.id) ?? Infinity) ||
        a.at - b.at,
    );
    return arranged.map(({ column }) => ({
      ...column,
      width_px: this.#saved.widths_px[column.id] ?? column.width_px,
    }));
  });

  visible: KnownColumn[] = $derived.by(() => this.all.filter((column) => this.isVisible(column.id)));

  isVisible(id: string): boolean {
    if (this.#saved.hidden.includes(id)) return false;
    if (this.#saved.shown.includes(id)) return true;
    return !this.#known.find((column) => column.id === id)?.hiddenAtFirst;
  }

  /** Puts a column before another, or last. */
  move(id: string, before: string | undefined): void {
    if (id === before) return;
    const ids = this.all.map((column) => column.id).filter((other) => other !== id);
    const at = before === undefined ? ids.length : ids.indexOf(before);
    if (at < 0) return;
    ids.splice(at, 0, id);
    // Columns that are not here now keep their place at the end of the list.
    this.#change({ order: [...ids, ...this.#saved.order.filter((other) => !ids.includes(other))] });
  }

  resize(id: string, width_px: number): void {
    const width = Math.round(Math.min(MAX_WIDTH_PX, Math.max(MIN_WIDTH_PX, width_px)));
    this.#change({ widths_px: { ...this.#saved.widths_px, [id]: width } });
  }

  show(id: string, visible: boolean): void {
    const without = (ids: string[]) => ids.filter((other) => other !== id);
    this.#change({
      hidden: visible ? without(this.#saved.hidden) : [...without(this.#saved.hidden), id],
      shown: visible ? [...without(this.#saved.shown), id] : without(this.#saved.shown),
    });
  }

  reset(): void {
    this.#change({ order: [], hidden: [], shown: [], widths_px: {} });
  }

  #change(part: Partial<SavedColumns>): void {
    this.#saved = { ...this.#saved, ...part };
    this.onchange?.(this.#saved);
  }
}
