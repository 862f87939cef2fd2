// Which rows a table of any length draws: a fixed pool whose members take turns. Pure.
import { HEAD_PX, ROW_PX } from './table';

/** Rows kept ready beyond the edges. */
export const OVERSCAN = 6;

/** How many rows are drawn in a view of this height. */
export function poolSize(rowCount: number, height_px: number): number {
  return Math.min(rowCount, Math.ceil(height_px / ROW_PX) + 2 * OVERSCAN + 1);
}

/** The first row that is drawn, kept so that the whole pool has rows to show. */
export function firstDrawn(wanted: number, rowCount: number, pool: number): number {
  return Math.max(0, Math.min(wanted, rowCount - pool));
}

/** The row that a member of the pool shows while `first` is the first: scrolling by one row changes one member. */
export function indexIn(slot: number, first: number, pool: number): number {
  return first + ((slot - (first % pool) + pool) % pool);
}

/** The row under a height below the top edge of the view; undefined outside of the rows. */
export function rowUnder(y_px: number, scrollTop_px: number, rowCount: number): number | undefined {
  const index = Math.floor((y_px - HEAD_PX + scrollTop_px) / ROW_PX);
  return index >= 0 && index < rowCount && y_px >= HEAD_PX ? index : undefined;
}

/** How far a page leads: one row less than fit, so that one stays in sight. */
export function rowsPerPage(height_px: number): number {
  return Math.max(1, Math.floor((height_px - HEAD_PX) / ROW_PX) - 1);
}
