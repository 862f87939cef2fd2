// What a scatter plot shows, as it is kept in a layout.
import type { Column, ColumnInfo, ValueAxis } from '../backend';
import { columnTitle } from '../columns';
import { DURATION, STARTED, tellingMetric, parseValueAxis, tellingParams } from './value-axis';
import { asRecord } from '../saved';

export interface ScatterSpec {
  x: ValueAxis;
  y: ValueAxis;
  /** Null: each point has the colour of its run. */
  color: ValueAxis | null;
  size: ValueAxis | null;
}

/** A telling param against the metric that decides; where there are none, how long runs took and when they began. */
export function startScatter(
  columns: readonly ColumnInfo[],
  varies?: (column: Column) => boolean,
): ScatterSpec {
  return {
    x: tellingParams(columns, 1, varies)[0] ?? STARTED,
    y: tellingMetric(columns) ?? DURATION,
    color: null,
    size: null,
  };
}

/** What of a saved one is valid; the rest is as in `start`. */
export function parseScatterSpec(value: unknown, start: ScatterSpec): ScatterSpec {
  const saved = asRecord(value);
  return {
    x: parseValueAxis(saved['x']) ?? start.x,
    y: parseValueAxis(saved['y']) ?? start.y,
    color: 'color' in saved ? (parseValueAxis(saved['color']) ?? null) : start.color,
    size: 'size' in saved ? (parseValueAxis(saved['size']) ?? null) : start.size,
  };
}

export function scatterTitle({ x, y }: ScatterSpec): string {
  return `${columnTitle(x.column)} × ${columnTitle(y.column)}`;
}
