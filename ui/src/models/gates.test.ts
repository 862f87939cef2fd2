import { expect, test } from 'vitest';
import type { Gate, Verdict } from '../backend';
import { blocking, countsOf } from './gates';

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
