import { describe, expect, test } from 'vitest';
import type { Gate, MetricColumn, TriedRule, Verdict } from '../backend';
import { blocking, countWords, countsOf, suggestedRules, triedOf } from './gates';

const gate = (rule: string, verdict: Verdict): Gate => ({ rule, verdict, from: null, to: null, why: '' });

test('what is unknown blocks as what failed does', () => {
  const gates = [gate('a > 1', 'failed'), gate('b > 1', 'unknown'), gate('c > 1', 'passed')];
  expect(blocking(gates)).toEqual(['a > 1', 'b > 1']);
  expect(blocking([gate('c > 1', 'passed')])).toEqual([]);
});

test('the counts leave out what there is none of', () => {
  expect(countsOf([gate('a', 'failed'), gate('b', 'passed'), gate('c', 'passed')])).toBe(
    '1 failed, 2 passed',
  );
  expect(countsOf([gate('a', 'unknown')])).toBe('1 unknown');
});

describe('the editor', () => {
  const tried = (text: string, start?: number): TriedRule => ({
    text,
    error: start === undefined ? null : { code: 'unexpected', message: 'no', start, end: start + 1 },
    passed: 1,
    failed: 0,
    unknown: 2,
  });
  test('a field has what became of its own rule, at its own places', () => {
    const found = triedOf(['a > 1', ' ', '  b >'], [tried('a > 1'), tried('b >', 3)]);
    expect(found.map((rule) => rule?.text)).toEqual(['a > 1', undefined, 'b >']);
    expect(found[2]?.error?.start).toBe(5);
    // The last answer is of an earlier text.
    expect(triedOf(['a > 12', 'b'], [tried('a > 1'), tried('b')]).map((rule) => rule?.text)).toEqual([
      undefined,
      'b',
    ]);
  });
  test('counts say only what there is', () => {
    expect(countWords(tried('a'))).toBe('1 passes · 2 unknown');
  });
  test('suggested rules follow the direction of a metric and quote odd names', () => {
    const column = (key: string, better: 'higher' | 'lower' | null): MetricColumn => ({
      name: { key, dataset: null },
      direction: { better, chosen: false } as MetricColumn['direction'],
      best: null,
    });
    expect(
      suggestedRules([column('f1 macro', 'higher'), column('val/loss', 'lower'), column('x', null)]),
    ).toEqual([
      'metrics.`f1 macro` >= champion',
      'val/loss <= champion * 1.1',
      "tag.validation_status = 'approved'",
      'dataset.digest = champion',
    ]);
  });
});
