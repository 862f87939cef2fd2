// How runs are grouped comes back as it was saved, and a card says of how many runs a line is.
import { describe, expect, it } from 'vitest';
import type { CurveGroup, Grouping } from '../backend';
import { groupingLabel, groupWords, parseGrouping, withMiddle } from './groups';

const BY_LR: Grouping = {
  by: [{ kind: 'param', key: 'lr' }],
  aggregate: { middle: 'mean', spread: 'minMax', atLeast: 1 },
};
const group = (withPoints: number): CurveGroup => ({ name: '', color: 0, dash: 0, runs: [], withPoints });

describe('a grouping', () => {
  it('comes back as it was saved', () => {
    for (const grouping of [
      BY_LR,
      { ...BY_LR, aggregate: null },
      { ...BY_LR, aggregate: { middle: 'median', spread: 'none', atLeast: 5 } },
      {
        by: [
          { kind: 'attribute', key: 'dataset' },
          { kind: 'tag', key: 'a b' },
        ],
        aggregate: { middle: 'mean', spread: 'interval95', atLeast: 2 },
      },
    ] satisfies Grouping[])
      expect(parseGrouping(JSON.parse(JSON.stringify(grouping)))).toEqual(grouping);
  });

  it.each([null, 3, {}, { by: 'lr' }, { by: [{ kind: 'metric', key: 'a' }, { kind: 'param', key: '' }, 7] }])(
    'is none where %j was saved',
    (value) => expect(parseGrouping(value)).toBeNull(),
  );

  it('takes its start for each part that is not valid', () => {
    const strange = { middle: 'mode', spread: 'iqr', atLeast: 0.5 };
    expect(parseGrouping({ ...BY_LR, aggregate: strange })).toEqual(BY_LR);
    expect(parseGrouping({ by: Array(9).fill(BY_LR.by[0]) })?.by).toHaveLength(3);
  });

  it('has a band of the mean only around a mean', () => {
    const interval = { middle: 'mean', spread: 'interval95', atLeast: 3 } as const;
    expect(withMiddle(interval, 'median')).toEqual({ middle: 'median', spread: 'minMax', atLeast: 3 });
    expect(withMiddle({ ...interval, spread: 'none' }, 'max').spread).toBe('none');
    expect(parseGrouping({ ...BY_LR, aggregate: { ...interval, middle: 'min' } })?.aggregate?.spread).toBe(
      'minMax',
    );
  });

  it('says by what and how', () => {
    expect(groupingLabel(null)).toBe('Group');
    expect(groupingLabel(BY_LR)).toBe('lr · mean, min–max');
    expect(groupingLabel({ ...BY_LR, aggregate: null })).toBe('lr · every run');
    const by = [{ kind: 'attribute', key: 'parent_run' } as const, ...BY_LR.by];
    expect(groupingLabel({ by, aggregate: { middle: 'max', spread: 'none', atLeast: 1 } })).toBe(
      'Parent run, lr · max.',
    );
  });
});

describe('groupWords', () => {
  const atLeast3: Grouping = { ...BY_LR, aggregate: { middle: 'median', spread: 'none', atLeast: 3 } };
  it.each([
    [null, [group(4)], []],
    [BY_LR, undefined, []],
    [BY_LR, [], []],
    [BY_LR, [group(4), group(4), group(0)], ['mean of 4']],
    [atLeast3, [group(2), group(5)], ['median of 2–5', 'at least 3 runs']],
    [{ ...BY_LR, aggregate: null }, [group(2), group(0)], ['1 group']],
  ] as const)('%#', (grouping, groups, words) =>
    expect(groupWords(grouping, groups && { groups: [...groups], bins: null, xKind: 'step' })).toEqual(words),
  );

  it('says where x is cut into bins', () => {
    const layout = { groups: [group(500)], bins: 2000, xKind: 'relative' } as const;
    expect(groupWords(BY_LR, { ...layout, groups: [group(500)] })).toEqual([
      'mean of 500',
      'over 2,000 bins of time',
    ]);
  });
});
