// What curves are minus: whose, how it is kept, and what a card says of points that it has no value for.
import { describe, expect, it } from 'vitest';
import { baselineOf, differenceWords, nameOfRun, parseMinus } from './difference';

const RUN = { profileId: 'vision', runId: '0123456789ab' };

describe('the baseline', () => {
  it('is the chosen run, or the one that the screen has', () => {
    expect(baselineOf(null, RUN)).toBeNull();
    expect(baselineOf('baseline', RUN)).toBe(RUN);
    expect(baselineOf('baseline', undefined)).toBeNull();
    expect(baselineOf(RUN, null)).toBe(RUN);
  });

  it('comes back as it was saved', () => {
    for (const minus of [null, 'baseline', RUN] as const)
      expect(parseMinus(JSON.parse(JSON.stringify(minus)))).toEqual(minus);
    for (const wrong of [undefined, 'first', {}, { profileId: 'a' }, { profileId: 1, runId: 'b' }])
      expect(parseMinus(wrong)).toBeUndefined();
  });

  it('is called by its name, or by its id where it is not shown', () => {
    expect(nameOfRun(RUN, [{ ...RUN, displayName: 'first' }])).toBe('first');
    expect(nameOfRun(RUN, [{ ...RUN, profileId: 'other', displayName: 'first' }])).toBe('01234567');
  });
});

it('is said with how points were compared', () => {
  const none = { between: 0, without: { runs: 0, points: 0 } };
  expect(differenceWords('a', undefined)).toEqual(['minus a']);
  expect(differenceWords('a', none)).toEqual(['minus a']);
  expect(differenceWords('a', { between: 1200, without: { runs: 1, points: 1 } })).toEqual([
    'minus a',
    '1,200 points between its own',
    '1 run without a value of it',
    '1 point without a value of it',
  ]);
});
