// Formulas come back as they were saved, and names complete what stands before the caret.
import { describe, expect, it } from 'vitest';
import { complete, completionAt, namesIn, parseFormulaSpec, partWords } from './formula-spec';

const NAMES = ['acc', 'train/loss', 'val/loss', 'val/acc', 'f1-macro'];

describe('a formula', () => {
  it('comes back as it was saved', () => {
    const spec = { text: 'val/loss - train/loss', names: ['val/loss', 'train/loss'] };
    expect(parseFormulaSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    expect(parseFormulaSpec({ text: 3, names: ['a', 4] })).toEqual({ text: '', names: ['a'] });
  });

  it('asks only about names that occur in it', () =>
    expect(namesIn('1 - val/acc', NAMES)).toEqual(['acc', 'val/acc']));

  it('says what it leaves out', () => {
    expect(partWords({ runs: 0, points: 0 })).toEqual([]);
    expect(partWords({ runs: 1, points: 2000 })).toEqual([
      '1 run without all its metrics',
      '2,000 points without all its metrics',
    ]);
  });
});

describe('completion', () => {
  it.each([
    ['', 0, ['acc', 'train/loss', 'val/loss', 'val/acc', 'f1-macro']],
    ['va', 2, ['val/loss', 'val/acc']],
    ['acc - LO', 8, ['train/loss', 'val/loss']],
    ['val/', 4, ['val/loss', 'val/acc']],
    ['f1-', 3, ['f1-macro']],
    ['log(tra)', 7, ['train/loss']],
    ['acc', 3, ['val/acc']],
    ['1 -ac', 5, ['acc', 'val/acc', 'f1-macro']],
  ])('%j at %i', (text, caret, names) => expect(completionAt(text, caret, NAMES).names).toEqual(names));

  it('takes the place of the word before the caret', () => {
    const text = 'log(va) - acc';
    expect(complete(text, completionAt(text, 6, NAMES), 'val/loss')).toEqual(['log(val/loss) - acc', 12]);
    const minus = '1 -ac';
    expect(complete(minus, completionAt(minus, 5, NAMES), 'acc')).toEqual(['1 -acc', 6]);
  });
});
