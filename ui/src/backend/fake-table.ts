// The values of a chart as rows, page by page: only to have something to look at in a browser.
import type { AnyChart, Cell, ChartTable, Column, RunRef, RunSet, TablePage } from './types';
import { cellOf, curveOf, findRun } from './fake-data';

type Row = (Cell | null)[];
const text = (value: string): Cell => ({ kind: 'text', value });
const number = (value: Extract<Cell, { kind: 'number' }>['value']): Cell => ({ kind: 'number', value });

export function chartTable(
  chart: AnyChart,
  { sort, offset, limit }: TablePage,
  runsOfSet: (runs: RunSet) => RunRef[],
): ChartTable {
  const runs = (of: RunSet | RunRef[]) => (Array.isArray(of) ? of : runsOfSet(of));
  const { columns, rows } = chart.kind === 'curves' ? points(chart.of) : values(chart, runs(chart.of.runs));
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

function values(chart: Exclude<AnyChart, { kind: 'curves' }>, runs: readonly RunRef[]): Table {
  const columns = columnsOf(chart);
  const rows = runs.flatMap(({ runId }): Row[] => {
    const run = findRun(runId);
    return run ? [[text(run.displayName), text(runId), ...columns.map((column) => cellOf(run, column))]] : [];
  });
  const kindOf = (at: number) => (rows.some((row) => row[at + 2]?.kind === 'text') ? 'text' : 'number');
  return {
    columns: [...RUN, ...columns.map(({ key }, at) => ({ name: key, kind: kindOf(at) }) as const)],
    rows,
  };
}

function columnsOf(chart: Exclude<AnyChart, { kind: 'curves' }>): Column[] {
  const of = (...axes: ({ column: Column } | null)[]) => axes.flatMap((axis) => (axis ? [axis.column] : []));
  switch (chart.kind) {
    case 'bars':
      return [{ kind: 'metric', key: chart.of.key }];
    case 'scatter':
      return of(chart.of.x, chart.of.y, chart.of.color, chart.of.size);
    case 'parallel':
      return of(...chart.of.axes, chart.of.color);
    case 'importance':
      return [...chart.of.params, chart.of.metric.column];
    case 'distribution':
      return [...chart.of.by, chart.of.value.column];
    case 'panels':
      return of(...chart.of.x, chart.of.y, chart.of.color);
    case 'heat':
    case 'contour':
      return of(chart.of.x, chart.of.y, chart.of.value);
  }
}
