import { expect, test } from 'vitest';
import { datasetOf, metricTitle } from './name';

const on = (name: string, digest: string) => ({ key: 'acc', dataset: { name, digest } });

test('a metric says on what it was measured', () => {
  expect(metricTitle({ key: 'acc', dataset: null })).toBe('acc');
  expect(metricTitle(on('birds', '1'))).toBe('acc on birds');
});

test('two datasets of one name are told apart by their digests', () => {
  const names = [on('birds', '1'), on('birds', '2'), on('cats', '3')];
  expect(names.map((name) => datasetOf(name, names))).toEqual(['birds 1', 'birds 2', 'cats']);
});
