// The values beside the mouse: which to show, in which order, and which curve is nearest.
import type { Layout } from '../backend';
import { formatNumber } from '../format/number';
import { formatDuration, formatTime } from '../format/time';
import { shareOf } from './frame';

/** The value of a run, or of a group of runs, at the crosshair. */
export interface ProbeValue {
  /** What tells it from the others: the run's id, or the group's name. */
  id: string;
  name: string;
  /** Index into the palette, and its dash in this chart. */
  color: number | null;
  dash?: number;
  /** Where its point really is, in x units. */
  x: number;
  /** As it was logged; NaN and infinities are values. */
  value: number;
  /** Where the curve is drawn, if it is smoothed. */
  smoothed?: number;
  /** Of a group: the edges of its band, and how many runs have a value here. */
  band?: readonly [number, number];
  runs?: number;
}

export const MOST_ROWS = 12;

export interface ProbeRows {
  rows: ProbeValue[];
  /** How many more there are. */
  more: number;
  nearest: string | undefined;
}

function drawnAt(value: ProbeValue): number {
  return value.smoothed ?? value.value;
}

/** Highest first, NaN last. Where there are too many, those around the nearest curve. */
export function probeRows(values: readonly ProbeValue[], layout: Layout, pointer_y: number): ProbeRows {
  const sorted = [...values].sort((a, b) => {
    const [left, right] = [drawnAt(a), drawnAt(b)];
    if (Number.isNaN(left) || Number.isNaN(right))
      return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return right === left ? 0 : right - left;
  });
  const nearest = nearestCurve(sorted, layout, pointer_y);
  const at = sorted.findIndex(({ id }) => id === nearest);
  const start = Math.max(0, Math.min(at - Math.floor(MOST_ROWS / 2), sorted.length - MOST_ROWS));
  const rows = sorted.slice(start, start + MOST_ROWS);
  return { rows, more: sorted.length - rows.length, nearest };
}

/** The curve whose place at the crosshair is nearest to the pointer, in pixels. */
function nearestCurve(values: readonly ProbeValue[], layout: Layout, pointer_y: number): string | undefined {
  let best: { id: string; distance: number } | undefined;
  for (const value of values) {
    const distance = Math.abs(curveY(layout, drawnAt(value)) - pointer_y);
    if (!best || distance < best.distance)
      best = Number.isFinite(distance) ? { id: value.id, distance } : best;
  }
  return best?.id;
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
