// A column as an axis, colour or size of a chart: which can be chosen, which are sensible at first, what is kept.
import type { Column, ColumnInfo, ValueAxis } from '../backend';
import type { IconName } from '../components/icons';
import {
  ATTRIBUTES,
  columnId,
  columnTitle,
  isNumeric,
  isSystemKey,
  isTime,
  mostFilled,
  parseColumnId,
} from '../columns';

/** What is usually tried in steps of powers. */
const POWERS = /(^|[^a-z])(lr|learning_?rate|weight_?decay|wd|eps(ilon)?)([^a-z]|$)/i;

/** Whether a logarithmic scale means anything for it. */
export function canBeLog(column: Column, columns: readonly ColumnInfo[]): boolean {
  return isNumeric(column, columns);
}

/** Whether its values have places, from the smallest: numbers and times do, words do not. */
export function canBeRanked(column: Column, columns: readonly ColumnInfo[]): boolean {
  return isNumeric(column, columns) || isTime(column);
}

export function valueAxis(column: Column, log = false, rank = false): ValueAxis {
  return { column: { kind: column.kind, key: column.key }, log, ...(rank && { rank }) };
}

/** As the app titles it, without its scale. */
export function axisName({ column, rank = false }: ValueAxis): string {
  if (!rank) return columnTitle(column);
  return columnId(column) === columnId(STARTED.column) ? 'Order of start' : `${columnTitle(column)} · rank`;
}

export function axisTitle(axis: ValueAxis): string {
  return axis.log && !axis.rank ? `${axisName(axis)} · log` : axisName(axis);
}

/** What can be chosen, with a sign for its kind: what MLflow writes itself comes last. */
export function axisOptions(
  columns: readonly ColumnInfo[],
): { value: string; label: string; icon: IconName }[] {
  const icons = { attribute: 'run', metric: 'metric', param: 'param', tag: 'tag' } as const;
  const kinds = ['metric', 'param', 'attribute', 'tag'] as const;
  const known = [...columns.map(({ column }) => column), ...ATTRIBUTES];
  const ordered = [false, true].flatMap((system) =>
    kinds.flatMap((kind) => known.filter((each) => each.kind === kind && isSystemKey(each) === system)),
  );
  return ordered.map((column) => ({
    value: columnId(column),
    label: columnTitle(column),
    icon: icons[column.kind],
  }));
}

/** Another column on an axis: the scale stays as it was asked for where it means anything. */
export function withColumn(
  axis: ValueAxis | null,
  id: string,
  columns: readonly ColumnInfo[],
): ValueAxis | null {
  const column = parseColumnId(id);
  if (!column) return null;
  const { log = false, rank = false } = axis ?? {};
  return valueAxis(column, log && canBeLog(column, columns), rank && canBeRanked(column, columns));
}

/** What of a saved axis is valid. */
export function parseValueAxis(value: unknown): ValueAxis | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { column, log, rank } = value as { column?: unknown; log?: unknown; rank?: unknown };
  if (typeof column !== 'object' || column === null) return undefined;
  const { kind, key } = column as { kind?: unknown; key?: unknown };
  const read =
    typeof kind === 'string' && typeof key === 'string' ? parseColumnId(`${kind}.${key}`) : undefined;
  return read && valueAxis(read, log === true, rank === true);
}

/** Params worth an axis, the most filled first; `varies` says which are not the same in all runs, where that is known. */
export function tellingParams(
  columns: readonly ColumnInfo[],
  count: number,
  varies: (column: Column) => boolean = () => true,
): ValueAxis[] {
  const params = mostFilled(
    columns.filter((info) => info.column.kind === 'param' && varies(info.column)),
    'param',
    columns.length,
  );
  const rank = (column: Column) => (isNumeric(column, columns) ? (POWERS.test(column.key) ? 2 : 1) : 0);
  const numbersFirst = [...params].sort((a, b) => rank(b) - rank(a));
  return numbersFirst
    .slice(0, count)
    .map((column) => valueAxis(column, canBeLog(column, columns) && POWERS.test(column.key)));
}

/** The metric worth an axis: the most telling one whose better way is known, or else the most telling one. */
export function tellingMetric(columns: readonly ColumnInfo[]): ValueAxis | undefined {
  return tellingMetrics(columns)[0];
}

/** All metrics, in that order. */
export function tellingMetrics(columns: readonly ColumnInfo[]): ValueAxis[] {
  const metrics = mostFilled(columns, 'metric', columns.length);
  const directed = new Set(
    columns.flatMap(({ column, direction }) => (direction.better === null ? [] : [columnId(column)])),
  );
  const isDirected = (column: Column) => directed.has(columnId(column));
  return [...metrics.filter(isDirected), ...metrics.filter((column) => !isDirected(column))].map((column) =>
    valueAxis(column),
  );
}

export const STARTED = valueAxis({ kind: 'attribute', key: 'start_time' });
export const DURATION = valueAxis({ kind: 'attribute', key: 'duration' });
