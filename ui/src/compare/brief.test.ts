import { expect, test } from 'vitest';
import type { Comparison, ComparisonRow } from '../backend';
import { brief, decidingMetric, type Sentence } from './brief';
import type { Row } from './comparison';
import { placesOf, standings } from './standing';

type Value = number | 'NaN' | null;
const metric = (key: string, better: 'higher' | 'lower' | null, ...values: Value[]): Row => ({
  key,
  cells: values.map((value) => (value === null ? null : { kind: 'number', value })),
  differs: true,
  direction: { better, chosen: false },
});
const text = (key: string, ...values: (string | null)[]): ComparisonRow => ({
  ...metric(key, null),
  cells: values.map((value) => (value === null ? null : { kind: 'text', value })),
});
const runs = ['base', 'large', 'small'].map((runId) => ({
  profileId: 'p',
  runId,
  displayName: runId,
  color: 0,
  dash: 0,
  status: 'finished' as const,
  duration: { kind: 'ended' as const, durationMs: 1 },
}));
const none: Comparison = { runs: [], attributes: [], metrics: [], params: [], datasets: [], tags: [] };
const words = (sentences: Sentence[]) =>
  sentences.map(({ pieces }) => pieces.map((piece) => piece.text).join(''));
const metrics = [
  metric('latency_ms', 'lower', 20, 36, 19),
  metric('train_acc', 'higher', 0.99, 0.98, 0.97),
  metric('val_acc', 'higher', 0.8, 0.9, 0.7),
];

test('the metric that decides was logged by most, has a direction, and rather not on data that was learned from', () => {
  expect(decidingMetric(metrics)?.key).toBe('val_acc');
  expect(decidingMetric([metric('val_acc', 'higher', 1, null), metric('x', 'lower', 1, 2)])?.key).toBe('x');
  expect(decidingMetric([metric('x', null, 1, 2), metric('y', 'lower', 1, 'NaN')])).toBeUndefined();
  const chosen = metric('cost', 'lower', 1, 2, 3);
  chosen.direction.chosen = true;
  expect(decidingMetric([...metrics, chosen])?.key).toBe('cost');
});

test('the best is named with its price', () => {
  expect(words(brief(none, metrics, runs, 0))).toEqual([
    'large has the best val_acc, 0.9, +0.1 to the baseline, at 1.8× the latency_ms, and worse in 1 more.',
  ]);
  const free = [metric('val_acc', 'higher', 0.8, 0.9, 0.7), metric('loss', 'lower', 1, 0.5, 2)];
  expect(words(brief(none, free, runs, 0))).toEqual([
    'large has the best val_acc, 0.9, +0.1 to the baseline, and is not worse in any of 1 other.',
  ]);
  const small = [metric('val_acc', 'higher', 0.8, 0.9, 0.7), metric('loss', 'lower', 1, 1.05, 2)];
  expect(words(brief(none, small, runs, 0))[0]).toMatch(/, at \+0.05 in loss\.$/);
});

test('a baseline that is best, and runs that are as good, are said to be so', () => {
  const [first] = words(brief(none, [metric('acc', 'higher', 0.9, 0.8, 0.7)], runs, 0));
  expect(first).toBe('base has the best acc, 0.9. It is the baseline.');
  const [tie] = words(brief(none, [metric('acc', 'higher', 0.5, 0.8, 0.8)], runs, 0));
  expect(tie).toBe('2 runs share the best acc, 0.8.');
  const [all] = words(brief(none, [metric('acc', 'higher', 0.8, 0.8, 0.8)], runs, 0));
  expect(all).toBe('All runs are as good in acc.');
  expect(words(brief(none, [metric('acc', null, 1, 2, 3)], runs, 0))[0]).toContain('Of no metric');
  const [two] = words(brief(none, [metric('acc', 'higher', null, 0.8, 0.7)], runs, 0));
  expect(two).toBe(
    'large has the best acc of the 2 with a number for it, 0.8. The baseline has no number for it.',
  );
  expect(brief(none, metrics, runs.slice(0, 1), 0)).toEqual([]);
});

test('data, source and ends are told', () => {
  const all = (datasets: ComparisonRow[], tags: ComparisonRow[] = []) =>
    words(brief({ ...none, datasets, tags }, [], runs, 0));
  expect(all([text('churn', 'd1', 'd1', 'd1')])).toEqual(['All 3 runs read the same data, d1.']);
  expect(all([text('churn', 'd1', 'd2', 'd1'), text('eval', 'x', 'x', 'x')])).toEqual([
    'The runs read different data: churn.',
  ]);
  expect(all([text('churn', 'd1', null, 'd1')])).toEqual(['One run did not record which data it read.']);
  expect(all([])).toEqual([]);
  expect(all([], [text('mlflow.source.git.dirty', 'True', 'False', null)])).toEqual([
    'One run was made from uncommitted source.',
  ]);
  const failed = runs.map((run) => ({ ...run, status: 'failed' as const }));
  expect(words(brief(none, [], failed, 0))).toEqual(['3 runs did not get to the end.']);
});

test('how runs stand is counted in metrics with a direction, within the tolerance', () => {
  expect(standings(metrics, 3, 0)?.slice(1)).toEqual([
    { better: 1, worse: 2, same: 0 },
    { better: 1, worse: 2, same: 0 },
  ]);
  expect(standings(metrics, 3, 0.02)?.[1]).toEqual({ better: 1, worse: 1, same: 1 });
  expect(standings([metric('x', null, 1, 2)], 2, 0)).toBeUndefined();
});

test('a value has its place between the least and the greatest, however large they are', () => {
  const place = placesOf(metric('x', null, -1e308, 1e308, 'NaN', 0));
  expect([place(-1e308), place(0), place(1e308), place(NaN)]).toEqual([0, 0.5, 1, undefined]);
  expect(placesOf(metric('x', null, 1, 1))(1)).toBeUndefined();
});
