// The values beside the mouse: which to show, in which order, and which curve is nearest.
import type { Layout } from '../backend';
import { formatNumber } from '../format/number';
import { formatDuration, formatTime } from '../format/time';
import { shareOf } from './frame';

/** A point of a curve. */
export interface PointValue {
  /** Where it really is, in x units. */
  x: number;
  /** As it was logged; NaN and infinities are values. */
  value: number;
  /** Where the curve is drawn, if it is smoothed. */
  smoothed?: number;
}

/** The value of a run, or of a group of runs, at the crosshair. */
export interface ProbeValue extends PointValue {
  /** What tells it from the others: the run's id, or the group's name. */
  id: string;
  name: string;
  /** Index into the palette, and its dash in this chart. */
  color: number | null;
  dash?: number;
  /** Red, green, blue, where the curve does not have that colour. */
  ink?: readonly number[] | undefined;
  /** Of a group: the edges of its band, and how many runs have a value here. */
  band?: readonly [number, number];
  runs?: number;
}

/** So many curves are told at least, and at most; those between only as near as this. */
const FEWEST_ROWS = 3;
export const MOST_ROWS = 5;
const NEAR_PX = 28;
/** A click so near to a curve means it. */
export const REACH_PX = 16;

export interface ProbeRows {
  rows: ProbeValue[];
  /** How many there are with those that are not told. */
  total: number;
  nearest: string | undefined;
  /** How far the nearest is from the pointer. */
  away_px: number;
}

function drawnAt(value: ProbeValue): number {
  return value.smoothed ?? value.value;
}

/** The few nearest to the pointer, the highest of them first. Where there are few, all, NaN last. */
export function probeRows(values: readonly ProbeValue[], layout: Layout, pointer_y: number): ProbeRows {
  const away = (value: ProbeValue) => {
    const distance = Math.abs(curveY(layout, drawnAt(value)) - pointer_y);
    return Number.isNaN(distance) ? Infinity : distance;
  };
  const byNearness = values
    .map((value) => ({ value, away_px: away(value) }))
    .sort((a, b) => (a.away_px === b.away_px ? 0 : a.away_px - b.away_px));
  const few =
    byNearness.length <= MOST_ROWS
      ? byNearness
      : byNearness.slice(0, MOST_ROWS).filter(({ away_px }, i) => i < FEWEST_ROWS || away_px <= NEAR_PX);
  const first = byNearness[0];
  const isNear = first !== undefined && Number.isFinite(first.away_px);
  return {
    rows: highestFirst(few.map(({ value }) => value)),
    total: values.length,
    nearest: isNear ? first.value.id : undefined,
    away_px: first?.away_px ?? Infinity,
  };
}

/** NaN last. */
export function highestFirst(values: readonly ProbeValue[]): ProbeValue[] {
  return [...values].sort((a, b) => {
    const [left, right] = [drawnAt(a), drawnAt(b)];
    if (Number.isNaN(left) || Number.isNaN(right))
      return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return right === left ? 0 : right - left;
  });
}

/** Height of a value in the picture, in CSS pixels; infinities are at the edges. NaN where it has no place. */
export function curveY(layout: Layout, value: number): number {
  const { y, height } = layout.plot;
  if (value === Infinity) return y;
  if (value === -Infinity) return y + height;
  if (layout.y.scale === 'log' && value <= 0) return NaN;
  return y + (1 - shareOf(layout.y, value)) * height;
}

/** A place on the x axis in words: "step 1,240", a moment, a time since the start, "value 3", or "at 0.5". */
export function formatX(kind: Layout['xKind'], x: number): string {
  if (kind === 'time') return formatTime(x);
  if (kind === 'relative') return x < 0 ? `\u2212${formatDuration(-x)}` : formatDuration(x);
  if (kind === 'metric') return `at ${formatNumber(x)}`;
  return `${kind === 'order' ? 'value' : 'step'} ${formatNumber(Math.round(x))}`;
}

/** All values as a table that spreadsheets take: exact, with where each point is; what a group has not is empty. */
export function probeTsv(values: readonly ProbeValue[], kind: Layout['xKind']): string {
  const x =
    kind === 'time' ? 'timestamp_ms' : kind === 'relative' ? 'relative_ms' : kind === 'metric' ? 'x' : kind;
  const isGrouped = values.some(({ runs }) => runs !== undefined);
  const isSmoothed = values.some(({ smoothed }) => smoothed !== undefined);
  const heads = [
    isGrouped ? 'group' : 'run',
    x,
    'value',
    ...(isSmoothed ? ['smoothed'] : []),
    ...(isGrouped ? ['low', 'high', 'runs'] : []),
  ];
  const lines = highestFirst(values).map(({ name, x: at, value, smoothed, band, runs }) =>
    [
      name.replace(/\s+/g, ' '),
      at,
      value,
      ...(isSmoothed ? [smoothed ?? ''] : []),
      ...(isGrouped ? [...(band ?? ['', '']), runs ?? ''] : []),
    ].join('\t'),
  );
  return [heads.join('\t'), ...lines].join('\n');
}
