import { expect, test } from 'vitest';
import type { Comparison, RunRow } from '../backend';
import { numberOf, sectionsOf, textOf, withBaseline, withDashes } from './comparison';

const comparison: Comparison = {
  runs: [],
  attributes: [],
  metrics: [{ key: 'auc', cells: [{ kind: 'number', value: 0.9 }, null], differs: true }],
  params: [
    { key: 'lr', cells: [{ kind: 'text', value: '1' }], differs: true },
    { key: 'optimizer', cells: [{ kind: 'text', value: 'adam' }], differs: false },
  ],
  tags: [],
};

test('only what differs is shown, and the section still says how many there are', () => {
  const [, params] = sectionsOf(comparison, true, '');
  expect(params).toMatchObject({ total: 2, differing: 1 });
  expect(params?.rows.map(({ key }) => key)).toEqual(['lr']);
  expect(sectionsOf(comparison, false, 'OPT')[1]?.rows.map(({ key }) => key)).toEqual(['optimizer']);
});

test('NaN and the infinities are numbers', () => {
  expect(numberOf({ kind: 'number', value: 'NaN' })).toBeNaN();
  expect(textOf({ kind: 'number', value: '-Infinity' })).toBe('−∞');
  expect(numberOf({ kind: 'text', value: '3' })).toBeUndefined();
});

test('another baseline comes first and the rest keep their order', () => {
  expect(withBaseline(['a', 'b', 'c'], 'c')).toEqual(['c', 'a', 'b']);
});

test('runs of one colour are told apart by their dash', () => {
  const run = (runId: string, color: number) => ({ runId, runName: runId, color }) as RunRow;
  expect(withDashes([run('a', 3), run('b', 5), run('c', 3)]).map(({ dash }) => dash)).toEqual([0, 0, 1]);
});
