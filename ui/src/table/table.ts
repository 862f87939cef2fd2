// What a table is given: columns, values, marks. Rows can be of any type.

export type CellKind =
  'name' | 'text' | 'mono' | 'number' | 'status' | 'time' | 'age' | 'duration' | 'custom';

export interface TableColumn {
  id: string;
  label: string;
  /** More about it, as a tooltip of its head. */
  title?: string;
  kind: CellKind;
  width_px: number;
  /** Stays at the left while the rest scrolls; always before the others, and cannot be moved. */
  fixed?: boolean;
  /** Which way its numbers are better, where that is known: a quiet arrow in its head. */
  better?: 'higher' | 'lower';
  /** Off for columns whose order means nothing. */
  sortable?: boolean;
}

/**
 * A value: text for name, text, mono and status; milliseconds for time, age and duration.
 * Null: the row has none. Undefined: it is on its way.
 */
export type CellValue = string | number | null | undefined;

/** Colour, dash and fill of the sign before a name. */
export interface RowSwatch {
  color: number | null;
  dash?: number;
  hollow?: boolean;
}

export interface SortMark {
  id: string;
  descending: boolean;
}

/** Rows on screen (inclusive) and the ids of the columns on screen, fixed ones included. */
export interface TableWindow {
  first: number;
  last: number;
  columnIds: string[];
}

/** What a table needs of a selection; `Selection` is one. */
export interface TableSelection<R> {
  readonly size: number;
  has(id: string): boolean;
  /** Only this row; ranges start here. */
  only(row: R, index: number): void;
  /** Adds or removes this row; ranges start here. */
  toggle(row: R, index: number): void;
  /** Every row from where the range starts; `rows` brings those that are not here. */
  extend(to: number, rows: (first: number, last: number) => Promise<readonly R[]>): Promise<void>;
  add(rows: readonly R[]): void;
  remove(id: string): void;
  clear(): void;
}

/** Least and greatest width of a column. */
const MIN_WIDTH_PX = 44;
const MAX_WIDTH_PX = 900;

/** A width that the user drags to, as the column takes it. */
export function columnWidth_px(dragged_px: number): number {
  return Math.round(Math.min(MAX_WIDTH_PX, Math.max(MIN_WIDTH_PX, dragged_px)));
}

export const ROW_PX = 28;
export const HEAD_PX = 30;
export const CHECK_PX = 32;

/**
 * The sort after a click: the column's first direction, the other one, none.
 * `add` keeps the other keys and makes this a further one, where it already stands or last.
 */
export function nextSort(
  sort: readonly SortMark[],
  id: string,
  options: { add?: boolean; firstDescending?: boolean } = {},
): SortMark[] {
  const first = options.firstDescending ?? false;
  const old = sort.find((mark) => mark.id === id);
  const next = !old
    ? { id, descending: first }
    : old.descending === first
      ? { id, descending: !first }
      : undefined;
  if (!options.add) return next ? [next] : [];
  if (!old) return next ? [...sort, next] : [...sort];
  return sort.flatMap((mark) => (mark.id !== id ? [mark] : next ? [next] : []));
}
