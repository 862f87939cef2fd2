// What the compare page shows of runs side by side. Pure.
import type { Cell, Comparison, ComparisonRow, RunRef, RunRow } from '../backend';
import { columnFormat, type NumberFormat } from '../format/column';
import { formatNumber } from '../format/number';
import { formatDuration, formatTime, timeOrNull } from '../format/time';
import { runKey, runRef } from '../run-ref';
import { columnTitle } from '../runs/columns';
import { numberIn } from '../runs/table-columns';

export type SectionName = 'metrics' | 'params' | 'datasets' | 'attributes' | 'tags';

export interface Section {
  name: SectionName;
  title: string;
  rows: ComparisonRow[];
  total: number;
  differing: number;
}

const TITLES: Record<SectionName, string> = {
  metrics: 'Metrics',
  params: 'Params',
  datasets: 'Datasets',
  attributes: 'Attributes',
  tags: 'Tags',
};

/** A metric that only one run has says little beside the others: such rows come last. */
function comparable(row: ComparisonRow): boolean {
  return row.cells.length < 2 || row.cells.filter((cell) => cell !== null).length > 1;
}

/** The sections with the rows to show: all of them or only those that differ, and only keys that hold all words. */
export function sectionsOf(comparison: Comparison, onlyDiffering: boolean, words: string): Section[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return (['metrics', 'params', 'datasets', 'attributes', 'tags'] as const).map((name) => {
    const all = comparison[name];
    return {
      name,
      title: TITLES[name],
      rows: all
        .filter(
          ({ key, differs }) =>
            (differs || !onlyDiffering) && wanted.every((word) => key.toLowerCase().includes(word)),
        )
        .toSorted((a, b) => (name === 'metrics' ? Number(comparable(b)) - Number(comparable(a)) : 0)),
      total: all.length,
      differing: all.filter(({ differs }) => differs).length,
    };
  });
}

/** How the numbers of a row are written: with the same number of decimals. */
export function formatOf(row: ComparisonRow): NumberFormat {
  return columnFormat(row.cells.flatMap((cell) => numberIn(cell) ?? []));
}

/** A cell in words; the attributes of runs are moments, durations and states as well as numbers. */
export function textOf(
  cell: Cell | null | undefined,
  section?: SectionName,
  key?: string,
  format: NumberFormat = formatNumber,
): string {
  if (!cell) return '';
  const number = numberIn(cell);
  if (section === 'attributes') {
    if (number !== undefined && (key === 'start_time' || key === 'end_time'))
      return timeOrNull(number) === null ? '' : formatTime(number);
    if (number !== undefined && key === 'duration') return formatDuration(number);
    if (key === 'status') return String(cell.value).toLowerCase();
  }
  return number === undefined ? String(cell.value) : format(number);
}

export function keyTitle(section: SectionName, key: string): string {
  return section === 'attributes' ? columnTitle({ kind: 'attribute', key }) : key;
}

/** The best finite value of a row, where it is known which way is better and there is more than one. */
export function bestOf(row: ComparisonRow): number | undefined {
  const { better } = row.direction;
  const values = row.cells.map(numberIn).filter((value) => value !== undefined && Number.isFinite(value));
  const different = new Set(values as number[]);
  if (!better || different.size < 2) return undefined;
  return Math[better === 'higher' ? 'max' : 'min'](...different);
}

/** Runs in a new order: `run` becomes the baseline, the others stay as they were. */
export function withBaseline(runs: readonly RunRef[], run: RunRef): RunRef[] {
  return [runRef(run), ...without(runs, run)];
}

export function without(runs: readonly RunRef[], run: RunRef): RunRef[] {
  return runs.filter((other) => runKey(other) !== runKey(run));
}

export interface ComparedRun extends RunRef, Pick<RunRow, 'displayName' | 'color' | 'duration'> {
  dash: number;
}
