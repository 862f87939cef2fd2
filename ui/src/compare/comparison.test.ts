import { expect, test } from 'vitest';
import type { Comparison } from '../backend';
import { numberIn } from '../runs/table-columns';
import { bestOf, keyTitle, sectionsOf, textOf, withBaseline } from './comparison';

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
  expect(numberIn({ kind: 'number', value: 'NaN' })).toBeNaN();
  expect(textOf({ kind: 'number', value: '-Infinity' })).toBe('−∞');
  expect(numberIn({ kind: 'text', value: '3' })).toBeUndefined();
});

test('another baseline comes first and the rest keep their order', () => {
  expect(withBaseline(['a', 'b', 'c'], 'c')).toEqual(['c', 'a', 'b']);
});

test('attributes read as moments, durations and states', () => {
  const number = (value: number) => ({ kind: 'number', value }) as const;
  expect(textOf(number(0), 'attributes', 'start_time')).toMatch(/^19(70|69)-/);
  expect(textOf(number(61_000), 'attributes', 'duration')).toBe('1 min 1 s');
  expect(textOf({ kind: 'text', value: 'FINISHED' }, 'attributes', 'status')).toBe('finished');
  expect(textOf(number(61_000), 'metrics', 'duration')).toBe('61,000');
  expect([keyTitle('attributes', 'user_id'), keyTitle('params', 'user_id')]).toEqual(['User', 'user_id']);
});

test('the best of a row needs a direction and a difference, and is never NaN', () => {
  const row = (...values: (number | 'NaN' | null)[]) => ({
    key: 'auc',
    differs: true,
    cells: values.map((value) => (value === null ? null : { kind: 'number' as const, value })),
  });
  expect(bestOf(row(0.5, 'NaN', 0.7, null), 'higher')).toBe(0.7);
  expect(bestOf(row(0.5, 'NaN', 0.7, null), 'lower')).toBe(0.5);
  expect(bestOf(row(0.5, 0.5), 'higher')).toBeUndefined();
  expect(bestOf(row(0.5, 0.7), undefined)).toBeUndefined();
});

test('keys that only one run has come after those that can be compared', () => {
  const cell = { kind: 'number', value: 1 } as const;
  const metrics = [
    { key: 'a', cells: [cell, null, null], differs: true },
    { key: 'b', cells: [cell, cell, null], differs: true },
  ];
  expect(sectionsOf({ ...comparison, metrics }, true, '')[0]?.rows.map(({ key }) => key)).toEqual(['b', 'a']);
});
