// What a heat map shows, as it is kept in a layout, and what it says of its cells.
import type { CellStatistic, Column, ColumnInfo, HeatCell, RunHeatLayout, ValueAxis } from '../backend';
import { columnId } from '../columns';
import { formatCount, formatNumber } from '../format/number';
import { asRecord } from '../saved';
import { laneWords, type Told } from './marks';
import { DURATION, STARTED, axisName, parseValueAxis, tellingMetric, tellingParams } from './value-axis';

export interface HeatSpec {
  x: ValueAxis;
  y: ValueAxis;
  /** What the colours are of. */
  value: ValueAxis;
  statistic: CellStatistic;
  /** Into how many parts an axis of many numbers is cut; null: as many as the runs are enough for. */
  parts: number | null;
}

export const STATISTICS: readonly { value: CellStatistic; label: string }[] = [
  { value: 'mean', label: 'Mean' },
  { value: 'min', label: 'Lowest' },
  { value: 'max', label: 'Highest' },
];
export const PARTS: readonly number[] = [3, 5, 8, 12, 20];

/** The two most telling params, and the metric that decides. */
export function startHeat(columns: readonly ColumnInfo[], varies?: (column: Column) => boolean): HeatSpec {
  const [x = STARTED, y = DURATION] = tellingParams(columns, 2, varies);
  return { x, y, value: tellingMetric(columns) ?? DURATION, statistic: 'mean', parts: null };
}

/** What of a saved one is valid; the rest is as in `start`. */
export function parseHeatSpec(value: unknown, start: HeatSpec): HeatSpec {
  const saved = asRecord(value);
  const parts = saved['parts'];
  return {
    x: parseValueAxis(saved['x']) ?? start.x,
    y: parseValueAxis(saved['y']) ?? start.y,
    value: parseValueAxis(saved['value']) ?? start.value,
    statistic: STATISTICS.find((each) => each.value === saved['statistic'])?.value ?? start.statistic,
    parts: typeof parts === 'number' && PARTS.includes(parts) ? parts : start.parts,
  };
}

export function heatTitle({ x, y, value }: HeatSpec): string {
  return `${axisName(value)} over ${axisName(x)} × ${axisName(y)}`;
}

type Drawn = Pick<RunHeatLayout, 'cells' | 'x' | 'y'>;

/** How many cells there are, and of which runs there is none. */
export function heatWords({ cells, x, y }: Drawn): string[] {
  const empty = cells.filter(({ counted }) => counted === 0).length;
  return [
    `${formatCount(cells.length)} ${cells.length === 1 ? 'cell' : 'cells'}`,
    ...(empty > 0 ? [`${formatCount(empty)} without a number`] : []),
    ...laneWords(x),
    ...laneWords(y),
  ];
}

/** What a cell says: where it is, its value, and of how many runs. */
export function cellTold(cell: HeatCell, spec: HeatSpec): Told[] {
  const { x, y, value } = spec;
  const isOneAxis = columnId(x.column) === columnId(y.column);
  return [
    [axisName(x), cell.x],
    ...(isOneAxis ? [] : [[axisName(y), cell.y] satisfies Told]),
    cell.value === null
      ? [axisName(value), `no number in ${runsWords(cell.runs)}`, true]
      : [valueName(spec), `${formatNumber(cell.value)}, ${runsOf(cell)}`],
  ];
}

/** The same in one line. */
export function cellWords(cell: HeatCell, spec: HeatSpec): string {
  return cellTold(cell, spec)
    .map(([of, value]) => `${of} ${value}`)
    .join(', ');
}

/** "mean of loss 0.5, 3 of 4 runs". */
export function valueWords(cell: HeatCell, spec: HeatSpec): string {
  const [of, value] = cellTold(cell, spec).at(-1) ?? ['', ''];
  return `${of} ${value}`;
}

function valueName({ value, statistic }: HeatSpec): string {
  return `${{ mean: 'mean of', min: 'lowest', max: 'highest' }[statistic]} ${axisName(value)}`;
}

function runsOf({ runs, counted }: HeatCell): string {
  return counted === runs ? runsWords(runs) : `${formatCount(counted)} of ${runsWords(runs)}`;
}
const runsWords = (runs: number) => `${formatCount(runs)} ${runs === 1 ? 'run' : 'runs'}`;

/** The cell at a place of the picture, in CSS pixels. */
export function cellAt(cells: readonly HeatCell[], place: { x: number; y: number }): HeatCell | undefined {
  return cells.find(
    ({ area }) =>
      place.x >= area.x &&
      place.x <= area.x + area.width &&
      place.y >= area.y &&
      place.y <= area.y + area.height,
  );
}
