// When two cells of a comparison count as equal. Pure.
import type { Cell } from '../backend';
import { fromWire } from '../format/number';
import { isRead, type TableCell } from './cell';

/** Numbers are equal when they are no farther apart than this share of the larger of them. */
export type Tolerance = number;

/** Only what the arithmetic of two machines may make of one number. */
export const ROUNDING: Tolerance = 1e-9;

export const TOLERANCES: readonly { value: string; label: string; tolerance: Tolerance }[] = [
  { value: 'exact', label: 'nothing', tolerance: 0 },
  { value: 'rounding', label: 'rounding', tolerance: ROUNDING },
  { value: '0.1', label: '0.1 %', tolerance: 1e-3 },
  { value: '1', label: '1 %', tolerance: 1e-2 },
  { value: '5', label: '5 %', tolerance: 5e-2 },
];

/** A double holds so many digits of a whole number; with more of them two different ids would be one number. */
const MOST_DIGITS = 15;

/** The number that a text is, if it is nothing else and keeps all its digits. */
export function plainNumber(text: string): number | undefined {
  const match = /^\s*[+-]?(\d+)?(\.\d*)?(e[+-]?\d+)?\s*$/i.exec(text);
  if (!match || (match[1] === undefined && (match[2] ?? '.') === '.')) return undefined;
  const isWhole = match[2] === undefined && match[3] === undefined;
  if (isWhole && (match[1] ?? '').replace(/^0+/, '').length > MOST_DIGITS) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

export function sameNumber(a: number, b: number, tolerance: Tolerance): boolean {
  if (Object.is(a, b) || a === b) return true;
  const apart = Math.abs(a - b);
  return Number.isFinite(apart) && apart <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}

function numberOf(cell: Cell): number | undefined {
  return cell.kind === 'number' ? fromWire(cell.value) : plainNumber(cell.value);
}

/** `tolerance` is absent where even what reads as a number is compared as it is written. */
export function sameCell(a: Cell | null, b: Cell | null, tolerance?: Tolerance): boolean {
  if (a === null || b === null) return a === b;
  if (a.kind === b.kind && a.value === b.value) return true;
  if (tolerance === undefined) return false;
  const [one, other] = [numberOf(a), numberOf(b)];
  return one !== undefined && other !== undefined && sameNumber(one, other, tolerance);
}

/** Whether any of the cells that could be read is another than the first of them, which is the baseline's where it could. */
export function rowDiffers(cells: readonly TableCell[], tolerance?: Tolerance): boolean {
  const read = cells.filter(isRead);
  const [first] = read;
  return first !== undefined && read.some((cell) => !sameCell(first, cell, tolerance));
}
