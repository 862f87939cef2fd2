// Ends of axes that a card keeps, whatever its values: as they are saved, asked for and said. Pure.
import type { Ends, Layout } from '../backend';
import { formatNumber } from '../format/number';
import { asRecord } from '../saved';
import { isAskedX, xKind, type AskedX } from './axis-words';
import { formatX } from './probe';
import { zoomWords } from './zoom-words';

/** Steps mean nothing in minutes: the ends of x are of what x is. */
export interface FixedX extends Ends {
  of: AskedX;
}

/** Both ends follow the values. */
export const AUTOMATIC: Ends = { from: null, to: null };

export const areFixed = (ends: Ends): boolean => ends.from !== null || ends.to !== null;

/** The ends with one of them changed; undefined where both follow the values, or where none would be before the other. */
export function withEnd(ends: Ends, change: Partial<Ends>): Ends | undefined {
  const { from, to } = { ...ends, ...change };
  return areFixed({ from, to }) && (from === null || to === null || from < to) ? { from, to } : undefined;
}

/** What of saved ends is valid. */
export function parseEnds(value: unknown): Ends | undefined {
  const { from, to } = asRecord(value);
  const isEnd = (end: unknown): end is number | null =>
    end === null || (typeof end === 'number' && Number.isFinite(end));
  return isEnd(from) && isEnd(to) ? withEnd(AUTOMATIC, { from, to }) : undefined;
}

export function parseFixedX(value: unknown): FixedX | undefined {
  const { of } = asRecord(value);
  const ends = parseEnds(value);
  return ends && isAskedX(of) ? { ...ends, of } : undefined;
}

/** "y 0 – 1", or "y from 0" where the other end follows the values. */
export function yEndsWords({ from, to }: Ends): string {
  if (from !== null && to !== null) return zoomWords({ x: null, y: [from, to] }, 'step').join();
  return from !== null ? `y from ${formatNumber(from)}` : `y to ${formatNumber(to ?? 0)}`;
}

export function xEndsWords({ from, to, of }: FixedX): string {
  const kind: Layout['xKind'] = xKind(of);
  if (from !== null && to !== null) return zoomWords({ x: [from, to], y: null }, kind).join();
  const end = formatX(kind, from ?? to ?? 0).replace(/^at /, '');
  return `x ${from !== null ? 'from' : 'to'} ${end}`;
}
