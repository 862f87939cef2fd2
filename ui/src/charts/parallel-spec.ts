// What a chart of parallel coordinates shows, as it is kept in a layout.
import type { Column, ColumnInfo, ValueAxis } from '../backend';
import { columnId, columnTitle } from '../columns';
import { DURATION, STARTED, tellingMetric, parseValueAxis, tellingParams } from './value-axis';
import { asRecord } from '../saved';

export interface ParallelAxisSpec extends ValueAxis {
  /** The largest value is at the bottom. */
  flipped: boolean;
}

export interface ParallelSpec {
  /** From left to right, each column once. */
  axes: readonly ParallelAxisSpec[];
  /** Null: the lines have the colour of the last axis, whichever that is. */
  color: ValueAxis | null;
}

const MOST_AT_FIRST = 5;

/** Telling params, and at last the metric that decides, which colours the lines. */
export function startParallel(
  columns: readonly ColumnInfo[],
  varies?: (column: Column) => boolean,
): ParallelSpec {
  const params = tellingParams(columns, MOST_AT_FIRST, varies);
  const last = tellingMetric(columns) ?? DURATION;
  const axes = [...(params.length > 0 ? params : [STARTED]), last];
  return { axes: axes.map((axis) => ({ ...axis, flipped: false })), color: null };
}

/** What of a saved one is valid; where no axis is, those of `start`. */
export function parseParallelSpec(value: unknown, start: ParallelSpec): ParallelSpec {
  const saved = asRecord(value);
  const listed = Array.isArray(saved['axes']) ? (saved['axes'] as unknown[]) : [];
  const seen = new Set<string>();
  const axes = listed.flatMap((each): ParallelAxisSpec[] => {
    const axis = parseValueAxis(each);
    if (!axis || seen.has(columnId(axis.column))) return [];
    seen.add(columnId(axis.column));
    return [{ ...axis, flipped: (each as { flipped?: unknown }).flipped === true }];
  });
  return {
    axes: axes.length > 0 ? axes : start.axes,
    color: 'color' in saved ? (parseValueAxis(saved['color']) ?? null) : start.color,
  };
}

/** The first and the last axis. */
export function parallelTitle({ axes }: ParallelSpec): string {
  const [first, last] = [axes[0], axes.at(-1)].map((axis) => (axis ? columnTitle(axis.column) : ''));
  return axes.length > 1 ? `${first ?? ''} … ${last ?? ''}` : (first ?? '');
}

/** The list with one of it at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, i) => i !== from);
  const one = list.slice(from, from + 1);
  return [...rest.slice(0, to), ...one, ...rest.slice(to)];
}
