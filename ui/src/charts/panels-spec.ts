// What panels of small scatter plots show, as it is kept in a layout, and which panel is under the pointer.
import type { Column, ColumnInfo, PanelLayout, PanelSide, RunPanels, ValueAxis } from '../backend';
import { columnId } from '../columns';
import { formatCount } from '../format/number';
import { asList, asRecord } from '../saved';
import { laneWords } from './marks';
import { DURATION, STARTED, axisName, parseValueAxis, tellingMetric, tellingParams } from './value-axis';

export interface PanelsSpec {
  /** From left to right. Null: the params that y depends on most, where there is a y. */
  x: readonly ValueAxis[] | null;
  /** What all panels share upwards. Null: each x is a row as well, which is a matrix. */
  y: ValueAxis | null;
  /** Null: each point has the colour of its run. */
  color: ValueAxis | null;
}

/** So many params are looked at for those that say most. */
const MOST_LOOKED_AT = 30;
const MATRIX_PARAMS = 3;

/** The metric that decides over the params that say most of it, coloured by order of start. */
export function startSlices(columns: readonly ColumnInfo[]): PanelsSpec {
  return { x: null, y: tellingMetric(columns) ?? DURATION, color: { ...STARTED, rank: true } };
}

/** A few telling params and the metric that decides, each against each. */
export function startMatrix(
  columns: readonly ColumnInfo[],
  varies?: (column: Column) => boolean,
): PanelsSpec {
  const metric = tellingMetric(columns) ?? DURATION;
  const params = tellingParams(columns, MATRIX_PARAMS, varies);
  return { x: [...(params.length > 0 ? params : [STARTED]), metric], y: null, color: metric };
}

/** What of a saved one is valid; the rest is as in `start`. */
export function parsePanelsSpec(value: unknown, start: PanelsSpec): PanelsSpec {
  const saved = asRecord(value);
  const x = new Map<string, ValueAxis>();
  for (const each of asList(saved['x'])) {
    const axis = parseValueAxis(each);
    if (axis && !x.has(columnId(axis.column))) x.set(columnId(axis.column), axis);
  }
  const own = (key: 'y' | 'color') => (key in saved ? (parseValueAxis(saved[key]) ?? null) : start[key]);
  const y = own('y');
  // A matrix of nothing in particular would be empty.
  const fallback = y ? null : (start.x ?? [STARTED, DURATION]);
  return { x: x.size > 0 ? [...x.values()] : fallback, y, color: own('color') };
}

/** The question to the app, without the runs. */
export function askedPanels(spec: PanelsSpec, columns: readonly ColumnInfo[]): Omit<RunPanels, 'runs'> {
  const { x, y, color } = spec;
  return { x: [...(x ?? tellingParams(columns, MOST_LOOKED_AT))], y, byAssociation: x === null, color };
}

export function panelsTitle({ x, y }: PanelsSpec): string {
  if (!y) {
    const [first, last] = [x?.[0], x?.at(-1)].map((axis) => (axis ? axisName(axis) : ''));
    return `${first ?? ''} … ${last ?? ''}, each with each`;
  }
  return x?.length === 1 && x[0] ? `${axisName(x[0])} × ${axisName(y)}` : `${axisName(y)} by param`;
}

type Drawn = Pick<PanelLayout, 'columns' | 'rows' | 'hidden' | 'isMatrix'>;

/** How many are drawn, and which runs are not in them. */
export function panelsWords({ columns, rows, hidden, isMatrix }: Drawn): string[] {
  const all = columns.length + hidden;
  const of = isMatrix ? 'values' : 'params';
  const sides = isMatrix ? columns : [...columns, ...rows];
  return [
    ...(hidden > 0 ? [`the first ${formatCount(columns.length)} of ${formatCount(all)} ${of}`] : []),
    ...sides.flatMap(({ dimension }) => laneWords(dimension)),
  ];
}

export interface Panel {
  column: number;
  row: number;
}

/** The panel at a place of the picture, or the nearest one; none where there is none, or the name of a value. */
export function panelAt(
  { columns, rows, isMatrix }: Drawn,
  place: { x: number; y: number },
): Panel | undefined {
  const [column, row] = [sideAt(columns, place.x), sideAt(rows, place.y)];
  const isName = isMatrix && column === row;
  return column === undefined || row === undefined || isName ? undefined : { column, row };
}

function sideAt(sides: readonly PanelSide[], px: number): number | undefined {
  const away = sides.map(({ fromPx, lengthPx }) => Math.max(fromPx - px, px - fromPx - lengthPx, 0));
  const least = Math.min(...away);
  return least <= 10 ? away.indexOf(least) : undefined;
}

/** The panels as keys walk them, from the upper left to the lower right. */
export function panelsOf({ columns, rows, isMatrix }: Drawn): Panel[] {
  return rows.flatMap((_, row) =>
    columns.flatMap((_, column) => (isMatrix && row === column ? [] : [{ column, row }])),
  );
}
