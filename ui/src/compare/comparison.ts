// What the compare page shows of runs side by side: sections of rows. Pure.
import type { Cell, Comparison, ComparisonRow, Direction, RunRef, RunRow } from '../backend';
import { columnFormat, type NumberFormat } from '../format/column';
import { formatBytes, formatCount, formatNumber } from '../format/number';
import { formatDuration, formatTime, timeOrNull } from '../format/time';
import { runKey, runRef } from '../run-ref';
import { columnTitle } from '../columns';
import { numberIn } from '../runs/table-columns';
import { isRead, type TableCell } from './cell';
import { rowDiffers, type Tolerance } from './equal';

/** In the order in which they stand on the page. */
export const SECTIONS = [
  'metrics',
  'params',
  'environment',
  'code',
  'artifacts',
  'datasets',
  'attributes',
  'tags',
] as const;
export type SectionName = (typeof SECTIONS)[number];

export interface Row {
  key: string;
  cells: readonly TableCell[];
  differs: boolean;
  direction: Direction;
}

export interface Section {
  name: SectionName;
  title: string;
  /** All of them, those that do not differ too. */
  rows: Row[];
  differing: number;
  /** Its files are asked for when it comes near the screen. */
  unread?: boolean;
  /** What else is to know of all its rows. */
  note?: string;
  /** Why there can be no rows. */
  none?: string;
}

const TITLES: Record<SectionName, string> = {
  metrics: 'Metrics',
  params: 'Params',
  environment: 'Environment',
  code: 'Code',
  artifacts: 'Artifacts',
  datasets: 'Datasets',
  attributes: 'Attributes',
  tags: 'Tags',
};

export function sectionOf(
  name: SectionName,
  rows: Row[],
  more: Pick<Section, 'unread' | 'none' | 'note'> = {},
): Section {
  return {
    name,
    title: TITLES[name],
    rows,
    differing: rows.filter(({ differs }) => differs).length,
    ...more,
  };
}

export function rowOf(key: string, cells: readonly TableCell[], tolerance?: Tolerance): Row {
  return { key, cells, differs: rowDiffers(cells, tolerance), direction: { better: null, chosen: false } };
}

/** How the numbers of a row are written: with the same number of decimals. */
export function formatOf(row: Row): NumberFormat {
  return columnFormat(row.cells.flatMap((cell) => (isRead(cell) ? (numberIn(cell) ?? []) : [])));
}

/** A cell in words; the attributes of runs are moments, durations and states as well as numbers, and artifacts are bytes. */
export function textOf(
  cell: Cell | null | undefined,
  section?: SectionName,
  key?: string,
  format: NumberFormat = formatNumber,
): string {
  if (!cell) return '';
  const number = numberIn(cell);
  if (section === 'artifacts' && number !== undefined) return formatBytes(number);
  if (section === 'attributes') {
    if (number !== undefined && (key === 'start_time' || key === 'end_time'))
      return timeOrNull(number) === null ? '' : formatTime(number);
    if (number !== undefined && key === 'duration') return formatDuration(number);
    if (key === 'status') return String(cell.value).toLowerCase();
  }
  return number === undefined ? String(cell.value) : format(number);
}

/** What stands where a run has nothing under a key that another has. */
export const ABSENT: Record<SectionName, string> = {
  metrics: 'not logged',
  params: 'not set',
  environment: 'not listed',
  code: 'not recorded',
  artifacts: 'not there',
  datasets: 'not used',
  attributes: 'not known',
  tags: 'not set',
};

export function keyTitle(section: SectionName, key: string): string {
  return section === 'attributes' ? columnTitle({ kind: 'attribute', key }) : key;
}

/** The best finite value of a row, where it is known which way is better and there is more than one. */
export function bestOf(row: Row): number | undefined {
  const { better } = row.direction;
  const values = row.cells.map((cell) => (isRead(cell) ? numberIn(cell) : undefined));
  const different = new Set(
    values.filter((value) => value !== undefined && Number.isFinite(value)) as number[],
  );
  if (!better || different.size < 2) return undefined;
  return Math[better === 'higher' ? 'max' : 'min'](...different);
}

/** Runs in a new order: `run` becomes the baseline, the others stay as they were. */
export function withBaseline(runs: readonly RunRef[], run: RunRef): RunRef[] {
  return [runRef(run), ...without(runs, run)];
}

/** The comparison with its runs in the order of `asked`: the same answer whichever of them is the baseline. */
export function inOrderOf(comparison: Comparison, asked: readonly RunRef[]): Comparison {
  const places = new Map(comparison.runs.map((run, at) => [runKey(run), at]));
  const order = asked.flatMap((run) => places.get(runKey(run)) ?? []);
  if (order.every((from, at) => from === at) && order.length === comparison.runs.length) return comparison;
  const moved = <T>(all: readonly T[]) => order.map((from) => all[from] as T);
  const rows = (of: readonly ComparisonRow[]) => of.map((row) => ({ ...row, cells: moved(row.cells) }));
  const { runs, attributes, metrics, params, datasets, tags } = comparison;
  return {
    runs: moved(runs),
    attributes: rows(attributes),
    metrics: rows(metrics),
    params: rows(params),
    datasets: rows(datasets),
    tags: rows(tags),
  };
}

export function without(runs: readonly RunRef[], run: RunRef): RunRef[] {
  return runs.filter((other) => runKey(other) !== runKey(run));
}

/** So many runs are named one by one. */
const NAMED = 12;

/** "base (baseline), wide, deep and 37 more". */
export function namesOf(runs: readonly { displayName: string }[]): string {
  const names = runs.map(({ displayName }, at) => (at === 0 ? `${displayName} (baseline)` : displayName));
  const more = names.length - NAMED;
  return more > 0 ? `${names.slice(0, NAMED).join(', ')} and ${formatCount(more)} more` : names.join(', ');
}

export interface ComparedRun extends RunRef, Pick<RunRow, 'displayName' | 'color' | 'duration' | 'status'> {
  dash: number;
}
