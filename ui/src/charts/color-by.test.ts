// The choice of colours by a value comes back as it was saved, and asks the app for what the screen has.
import { describe, expect, it } from 'vitest';
import { asColorBy, colorLabel, greyWords, parseColorChoice, type ColorChoice } from './color-by';

const BASELINE = { profileId: 'vision', runId: 'base' };
const BY_LR: ColorChoice = { column: { kind: 'param', key: 'lr' }, log: true, around: null };

describe('colours by a value', () => {
  it('come back as they were saved', () => {
    for (const choice of [BY_LR, { ...BY_LR, around: 'zero' }, { ...BY_LR, around: 'baseline' }] as const)
      expect(parseColorChoice(JSON.parse(JSON.stringify(choice)))).toEqual(choice);
    expect(parseColorChoice({ ...BY_LR, around: 'mean' })).toEqual(BY_LR);
    for (const wrong of [null, 'lr', {}, { column: { kind: 'planet', key: 'lr' } }])
      expect(parseColorChoice(wrong)).toBeNull();
  });

  it('are around zero where there is no baseline to be around', () => {
    expect(asColorBy(BY_LR, BASELINE)).toMatchObject({ column: BY_LR.column, log: true, around: null });
    expect(asColorBy({ ...BY_LR, around: 'baseline' }, BASELINE).around).toEqual({
      kind: 'run',
      of: BASELINE,
    });
    expect(asColorBy({ ...BY_LR, around: 'baseline' }, null).around).toEqual({ kind: 'zero' });
  });

  it('say what they are of and why runs are grey', () => {
    expect(colorLabel(BY_LR)).toBe('Colour: lr');
    expect(greyWords([])).toBe('');
    expect(
      greyWords([
        { lane: 'none', runs: 1200 },
        { lane: 'nan', runs: 1 },
      ]),
    ).toBe('1,200 without it, 1 NaN');
  });
});
