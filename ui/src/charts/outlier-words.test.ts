// The button over a chart says what its range leaves out, and what a click does.
import { expect, it } from 'vitest';
import { START_CHOICES, withOutliers } from './choices';
import { outlierLabel, outlierTitle } from './outlier-words';

const UP = { points: 214, series: 1, low: 0.1, high: 17.25, restLow: 0.1, restHigh: 2.3 };

it('says how many, how far, and what to do', () => {
  expect(outlierLabel(UP)).toBe('214 far out');
  expect(outlierTitle(UP, false)).toBe(
    '214 values of 1 run lie beyond this range (up to 17.25) and are marked at its edge. Click to show them.',
  );
  expect(outlierTitle({ ...UP, points: 1, series: 1, low: -90, restHigh: 17.25 }, true)).toBe(
    '1 value of 1 run lies far from all others (down to −90). Click to leave it out of the range.',
  );
  expect(outlierTitle({ ...UP, series: 2 }, false, 'group')).toContain('214 values of 2 groups lie beyond');
});

it('is chosen for one metric and leaves those of the others', () => {
  const loss = { ...START_CHOICES, withOutliers: withOutliers(START_CHOICES, 'loss', true) };
  expect(withOutliers(loss, 'acc', true)).toEqual(['loss', 'acc']);
  expect(withOutliers(loss, 'loss', true)).toEqual(['loss']);
  expect(withOutliers(loss, 'loss', false)).toEqual([]);
});
