// How the values of a row are written, which of them is the best, and where each lies between the others. Pure.
import type { NumberFormat } from '../format/column';
import { bestOf, formatOf, type Row, type SectionName } from './comparison';
import { placesOf } from './standing';

export interface RowLook {
  format: NumberFormat;
  best: number | undefined;
  /** 0 to 1 between the least and the greatest; none where there is only one value. */
  placeOf: (value: number) => number | undefined;
}

/** All cells of a row have been looked at for it: once, as the row comes on screen again and again. */
const known = new WeakMap<Row, RowLook>();

/** Only metrics have a best one and places. */
export function lookOf(section: SectionName, row: Row): RowLook {
  let look = known.get(row);
  if (look) return look;
  const format = formatOf(row);
  look =
    section === 'metrics'
      ? { format, best: bestOf(row), placeOf: placesOf(row) }
      : { format, best: undefined, placeOf: () => undefined };
  known.set(row, look);
  return look;
}
