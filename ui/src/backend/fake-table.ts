// The values of a chart as rows, page by page: only to have something to look at in a browser.
import type { AnyChart, Cell, ChartTable, TablePage } from './types';
import { curveOf, findRun } from './fake-data';

type Row = (Cell | null)[];
const text = (value: string): Cell => ({ kind: 'text', value });
const number = (value: Extract<Cell, { kind: 'number' }>['value']): Cell => ({ kind: 'number', value });

export function chartTable(chart: AnyChart, { sort, offset, limit }: TablePage): ChartTable {
  const { columns, rows } = chart.kind === 'curves' ? points(chart.of) : values(chart);
  if (sort) {
    const of = (row: Row) => row[sort.column]?.value ?? '';
    rows.sort((a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0) * (sort.descending ? -1 : 1));
  }
  return { columns, rows: rows.slice(offset, offset + limit), total: rows.length };
}

type Table = { columns: ChartTable['columns']; rows: Row[] };
const RUN: ChartTable['columns'] = [
  { name: 'run', kind: 'text' },
  { name: 'run_id', kind: 'text' },
];

function points({ runs, key }: Extract<AnyChart, { kind: 'curves' }>['of']): Table {
  const rows = runs.flatMap(({ runId }) => {
    const run = findRun(runId);
    return run
      ? curveOf(run, key).map(({ step, value }): Row => [
          text(run.displayName),
          text(runId),
          number(step),
          number(value),
        ])
      : [];
  });
  return { columns: [...RUN, { name: 'step', kind: 'number' }, { name: 'value', kind: 'number' }], rows };
}

function values(chart: Exclude<AnyChart, { kind: 'curves' }>): Table {
  const runs = chart.kind === 'bars' ? chart.of.runs : [];
  const rows = runs.flatMap(({ runId }): Row[] => {
    const run = findRun(runId);
    const value = chart.kind === 'bars' ? run?.metrics[chart.of.key] : undefined;
    return run ? [[text(run.displayName), text(runId), value === undefined ? null : number(value)]] : [];
  });
  return { columns: [...RUN, { name: 'value', kind: 'number' }], rows };
}
