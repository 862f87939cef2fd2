// What a scatter plot shows, as it is kept in a layout.
import type { Best, Better, Column, ColumnInfo, RunScatterLayout, ValueAxis } from '../backend';
import { formatCount } from '../format/number';
import { asRecord } from '../saved';
import {
  DURATION,
  STARTED,
  axisName,
  parseValueAxis,
  tellingMetric,
  tellingMetrics,
  tellingParams,
} from './value-axis';

export interface ScatterSpec {
  x: ValueAxis;
  y: ValueAxis;
  /** Null: each point has the colour of its run. */
  color: ValueAxis | null;
  size: ValueAxis | null;
  /** Which runs stand out as the best; null: none does. */
  best: Best | null;
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
    best: null,
  };
}

/** Best by what is known of the metrics, unless the user says otherwise. */
export function bestBy(kind: Best['kind']): Best {
  return { kind, xBetter: null, yBetter: null };
}

/** The metric that decides over the runs in order of start, with the best so far. */
export function startHistory(columns: readonly ColumnInfo[]): ScatterSpec {
  return { ...startScatter(columns), x: { ...STARTED, rank: true }, best: bestBy('soFar') };
}

/** What is paid for a better metric. */
const PRICE = /latency|time|duration|memory|size|flops|cost|energy/i;

/** The metric that decides against one that is its price, or else the next one, and the runs that none beats in both. */
export function startFront(columns: readonly ColumnInfo[]): ScatterSpec {
  const [y = DURATION, ...others] = tellingMetrics(columns);
  const price = others.find(({ column }) => PRICE.test(column.key));
  const x = price ?? others[0] ?? (y === DURATION ? STARTED : DURATION);
  return { ...startScatter(columns), x, y, best: bestBy('front') };
}

/** What of a saved one is valid; the rest is as in `start`. */
export function parseScatterSpec(value: unknown, start: ScatterSpec): ScatterSpec {
  const saved = asRecord(value);
  return {
    x: parseValueAxis(saved['x']) ?? start.x,
    y: parseValueAxis(saved['y']) ?? start.y,
    color: 'color' in saved ? (parseValueAxis(saved['color']) ?? null) : start.color,
    size: 'size' in saved ? (parseValueAxis(saved['size']) ?? null) : start.size,
    best: 'best' in saved ? parseBest(saved['best']) : start.best,
  };
}

function parseBest(value: unknown): Best | null {
  const saved = asRecord(value);
  const kind = (['soFar', 'front'] as const).find((each) => each === saved['kind']);
  const better = (of: unknown): Better | null => (of === 'higher' || of === 'lower' ? of : null);
  return kind ? { kind, xBetter: better(saved['xBetter']), yBetter: better(saved['yBetter']) } : null;
}

export function scatterTitle({ x, y, best }: ScatterSpec): string {
  const both = `${axisName(x)} × ${axisName(y)}`;
  if (!best) return both;
  return best.kind === 'front' ? `Pareto: ${both}` : `Best ${axisName(y)} so far`;
}

type Drawn = Pick<RunScatterLayout, 'best' | 'x' | 'y'>;
const hasWords = ({ x, y }: Drawn) => x.categories !== null || y.categories !== null;

/** Which runs stand out; nothing where that is not known yet. */
export function bestWords(drawn: Drawn): string[] {
  const { best } = drawn;
  if (!best) return [];
  if (hasWords(drawn)) return ['no best among words'];
  if (!best.runs) return [];
  if (best.kind === 'soFar') return best.yBetter ? [`${best.yBetter} is better`] : [];
  return [`${formatCount(best.runs.length)} of ${formatCount(best.of)} on the front`];
}

/** The axes that no direction is known of, though who is best depends on it. */
export function undirected(drawn: Drawn, { x, y }: Pick<ScatterSpec, 'x' | 'y'>) {
  const { best } = drawn;
  if (!best || hasWords(drawn)) return [];
  const asked = [
    { side: 'xBetter', name: axisName(x), isMissing: best.kind === 'front' && !best.xBetter },
    { side: 'yBetter', name: axisName(y), isMissing: !best.yBetter },
  ] as const;
  return asked.filter(({ isMissing }) => isMissing);
}
