import { expect, test } from 'vitest';
import type { Better, Comparison } from '../backend';
import { numberIn } from '../runs/table-columns';
import { bestOf, inOrderOf, keyTitle, textOf, withBaseline, without } from './comparison';

const of = (profileId: string, runId: string) => ({ profileId, runId });

test('NaN and the infinities are numbers', () => {
  expect(numberIn({ kind: 'number', value: 'NaN' })).toBeNaN();
  expect(textOf({ kind: 'number', value: '-Infinity' })).toBe('−∞');
  expect(numberIn({ kind: 'text', value: '3' })).toBeUndefined();
});

test('another baseline comes first and the rest keep their order', () => {
  const runs = [of('p', 'a'), of('q', 'a'), of('p', 'c')];
  expect(withBaseline(runs, of('p', 'c'))).toEqual([of('p', 'c'), of('p', 'a'), of('q', 'a')]);
  expect(withBaseline(runs, of('q', 'a'))).toEqual([of('q', 'a'), of('p', 'a'), of('p', 'c')]);
  expect(without(runs, of('q', 'a'))).toEqual([of('p', 'a'), of('p', 'c')]);
});

test('attributes read as moments, durations and states', () => {
  const number = (value: number) => ({ kind: 'number', value }) as const;
  expect(textOf(number(1), 'attributes', 'start_time')).toMatch(/^19(70|69)-/);
  // How MLflow writes that there is none.
  expect(textOf(number(0), 'attributes', 'end_time')).toBe('');
  expect(textOf(number(61_000), 'attributes', 'duration')).toBe('1 min 1 s');
  expect(textOf({ kind: 'text', value: 'FINISHED' }, 'attributes', 'status')).toBe('finished');
  expect(textOf(number(61_000), 'metrics', 'duration')).toBe('61,000');
  expect([keyTitle('attributes', 'user_id'), keyTitle('params', 'user_id')]).toEqual(['User', 'user_id']);
});

test('the best of a row needs a direction and a difference, and is never NaN', () => {
  const row = (better: Better | null, ...values: (number | 'NaN' | null)[]) => ({
    key: 'auc',
    differs: true,
    direction: { better, chosen: false },
    cells: values.map((value) => (value === null ? null : { kind: 'number' as const, value })),
  });
  expect(bestOf(row('higher', 0.5, 'NaN', 0.7, null))).toBe(0.7);
  expect(bestOf(row('lower', 0.5, 'NaN', 0.7, null))).toBe(0.5);
  expect(bestOf(row('higher', 0.5, 0.5))).toBeUndefined();
  expect(bestOf(row(null, 0.5, 0.7))).toBeUndefined();
});

test('a comparison is put in the order of the baseline with all of its cells, whoever is missing', () => {
  const cell = (value: number) => ({ kind: 'number' as const, value });
  const row = {
    key: 'acc',
    cells: [cell(1), null, cell(3)],
    differs: true,
    direction: { better: null, chosen: false },
  };
  const runs = [of('p', 'a'), of('q', 'a'), of('p', 'c')] as never[];
  const none = { attributes: [], params: [], datasets: [], tags: [] };
  const comparison: Comparison = { ...none, runs, metrics: [row] };
  const asked = [of('p', 'c'), of('p', 'a'), of('gone', 'x'), of('q', 'a')];
  const moved = inOrderOf(comparison, asked);
  expect(moved.runs).toEqual([of('p', 'c'), of('p', 'a'), of('q', 'a')]);
  expect(moved.metrics[0]?.cells).toEqual([cell(3), cell(1), null]);
  expect(inOrderOf(comparison, runs), 'nothing is made anew without need').toBe(comparison);
});
