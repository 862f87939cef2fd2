import { expect, test } from 'vitest';
import type { Row, Section } from './comparison';
import { columnsIn, lineColumns } from './line-columns';
import { linesOf } from './lines';

const row = (key: string, ...values: number[]): Row => ({
  key,
  differs: true,
  direction: { better: 'higher', chosen: false },
  cells: values.map((value) => ({ kind: 'number', value })),
});
const section = (name: Section['name'], rows: Row[]): Section => ({
  name,
  title: name,
  rows,
  differing: rows.length,
});
const lines = (sections: Section[], folded: string[] = []) =>
  linesOf(sections, { onlyDiffering: true, words: '', folded: new Set(folded) });

test('each column is as wide as its own name and numbers need, and stands behind the one before', () => {
  const short = row('a', 1, 2);
  const long = row('b', 123_456.5, 223_456.25);
  const { columns, groups, width_px } = lineColumns(
    lines([section('metrics', [short, long, row('a_rather_long_name_of_a_metric', 1, 2)])]),
  );
  const [a, b, c] = columns;
  expect(columns).toHaveLength(3);
  expect(b?.width_px).toBeGreaterThan(a?.width_px ?? Infinity);
  expect(b?.value_px).toBeGreaterThan(a?.value_px ?? Infinity);
  expect(c?.width_px).toBeGreaterThan(a?.width_px ?? Infinity);
  for (const [i, column] of columns.entries())
    expect(column.left_px).toBe(
      i === 0 ? 0 : (columns[i - 1]?.left_px ?? 0) + (columns[i - 1]?.width_px ?? 0),
    );
  expect(groups).toHaveLength(1);
  expect(groups[0]).toMatchObject({ first: 0, end: 3, width_px });
});

test('a folded section and a folded branch keep a column to open them again', () => {
  const params = section('params', [row('optim.lr', 1, 2), row('optim.name', 1, 2), row('seed', 1, 2)]);
  const all = [section('metrics', [row('acc', 1, 2)]), params];
  const open = lineColumns(lines(all));
  expect(open.columns.map(({ line }) => line.kind)).toEqual(['row', 'branch', 'row', 'row', 'row']);
  const folded = lineColumns(lines(all, ['metrics', 'params branch optim.']));
  expect(folded.columns.map(({ line }) => line.kind)).toEqual(['section', 'branch', 'row']);
  expect(folded.groups.map(({ first, end, folded }) => [first, end, folded])).toEqual([
    [0, 1, true],
    [1, 3, false],
  ]);
});

test('a heading is not cut off by the only narrow column of its section', () => {
  const { groups } = lineColumns(lines([section('metrics', [row('a', 1, 2)])]));
  expect(groups[0]?.width_px).toBeGreaterThanOrEqual(150);
});

test('only the columns on screen are drawn, and some beside them', () => {
  const { columns } = lineColumns(
    lines([
      section(
        'metrics',
        Array.from({ length: 1000 }, (_, i) => row(`m${i}`, i, 2 * i)),
      ),
    ]),
  );
  const [first, end] = columnsIn(columns, 20_000, 1000);
  expect(end - first).toBeLessThan(40);
  expect(columns[first]?.left_px).toBeLessThan(20_000);
  expect((columns[end - 1]?.left_px ?? 0) + (columns[end - 1]?.width_px ?? 0)).toBeGreaterThan(21_000);
  expect(columnsIn(columns, 0, 1000)[0]).toBe(0);
  expect(columnsIn([], 0, 1000)).toEqual([0, 0]);
});
