// What a card chooses by itself is said, comes back as it was saved, and is given back to the board one by one.
import { describe, expect, it } from 'vitest';
import { chooseFor, START_LAYOUT, type OwnChoices } from './board';
import { formatLayout, parseLayout } from './board-saved';
import { ownMeta, ownWords } from './own-choices';

const ALL: Required<OwnChoices> = {
  xAxis: 'metric.epoch',
  xLog: true,
  yLog: false,
  symlog: false,
  smoothing: 0.6,
  smoothingKind: 'gaussian',
  minus: { profileId: 'vision', runId: 'r' },
  xEnds: { of: 'metric.epoch', from: 10, to: null },
  yEnds: { from: 0, to: 1.2 },
  grouping: {
    by: [{ kind: 'param', key: 'lr' }],
    aggregate: { middle: 'median', spread: 'minMax', atLeast: 2 },
  },
};

describe('own choices', () => {
  it('are all said', () => {
    expect(ownWords({})).toEqual([]);
    expect(ownMeta({})).toEqual([]);
    expect(ownWords(ALL).map(({ of }) => of)).toEqual(Object.keys(ALL));
    expect(ownWords(ALL).map(({ words }) => words)).toEqual([
      'x: epoch',
      'log x',
      'linear y',
      'log y above zero only',
      'smoothing 0.60',
      'Gaussian',
      'difference to a baseline',
      'x from 10',
      'y 0.0 – 1.2',
      'groups: lr · median, min–max',
    ]);
    expect(ownMeta({ smoothing: 0, grouping: null, xAxis: 'time' })).toEqual([
      'own x axis, smoothing, groups',
    ]);
  });

  it('come back as they were saved, none of the groups as well', () => {
    const each: OwnChoices[] = [
      ALL,
      { grouping: null },
      { minus: null },
      { minus: 'baseline' },
      { smoothing: 0 },
      { symlog: true, yLog: true },
      { yEnds: { from: null, to: 3 } },
      { xEnds: { of: 'time', from: 1.7e12, to: 1.8e12 } },
    ];
    for (const own of each) {
      const layout = chooseFor(START_LAYOUT, 'loss', own);
      const saved: unknown = JSON.parse(JSON.stringify(formatLayout(layout)));
      expect(parseLayout(saved)).toEqual(layout);
    }
  });

  it('are left out where they are not valid', () => {
    const choices = {
      a: {
        smoothingKind: 'cubic',
        minus: { runId: 3 },
        grouping: { by: [] },
        xLog: 1,
        symlog: null,
        smoothing: 2,
      },
      b: { xLog: false, grouping: 'none' },
      c: { yEnds: { from: 3, to: 3 }, xEnds: { of: 'epoch', from: 0, to: 1 } },
      d: { yEnds: { from: null, to: null }, xEnds: { from: 0, to: 1 } },
      e: { yEnds: { from: 'NaN', to: 1 } },
    };
    expect(parseLayout({ choices }).choices).toEqual({ b: { xLog: false } });
  });

  it('are given back one by one', () => {
    let layout = chooseFor(START_LAYOUT, 'loss', { xLog: true, grouping: null });
    layout = chooseFor(layout, 'loss', { grouping: undefined });
    expect(layout.choices).toEqual({ loss: { xLog: true } });
    expect(chooseFor(layout, 'loss', { xLog: undefined })).toEqual(START_LAYOUT);
  });
});
