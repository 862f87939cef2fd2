import { expect, it } from 'vitest';
import { isSmoothing, SMOOTHINGS, smoothingWords } from './smoothing';

it.each([
  ['ema', 0, []],
  ['ema', 0.6, ['EMA 0.60']],
  ['timeWeighted', 0.99, ['time-weighted 0.99']],
  ['gaussian', 0.9, ['Gaussian 0.90']],
  ['mean', 0.5, ['mean of 3 points']],
  ['mean', 0.9, ['mean of 19 points']],
] as const)('%s of %d is %j', (kind, weight, words) => expect(smoothingWords(kind, weight)).toEqual(words));

it('only what is offered is a smoothing', () => {
  expect(SMOOTHINGS.map(({ value }) => value).every(isSmoothing)).toBe(true);
  expect([undefined, 'EMA', 'median'].some(isSmoothing)).toBe(false);
});
