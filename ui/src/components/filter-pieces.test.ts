// Colours stay where they are while the core reads what was typed.
import { describe, expect, it } from 'vitest';
import { pieces, type FilterToken, type ReadFilter } from './filter-pieces';

const token = (kind: FilterToken['kind'], start: number, end: number) => ({ kind, start, end });
const READ: ReadFilter = {
  text: "metrics.acc > 0.9 and tags.🦀 = 'é'",
  tokens: [
    token('name', 0, 11),
    token('sign', 12, 13),
    token('number', 14, 17),
    token('keyword', 18, 21),
    token('name', 22, 29),
    token('sign', 30, 31),
    token('string', 32, 35),
  ],
};
const coloured = (text: string, read = READ) =>
  pieces(text, read)
    .filter(({ kind }) => kind !== 'plain')
    .map(({ kind, text }) => `${kind}:${text}`);

describe('pieces', () => {
  it('are the tokens and what is between them', () => {
    expect(coloured(READ.text)).toEqual([
      'name:metrics.acc',
      'sign:>',
      'number:0.9',
      'keyword:and',
      'name:tags.🦀',
      'sign:=',
      "string:'é'",
    ]);
    expect(pieces('', { text: '', tokens: [] })).toEqual([]);
    expect(pieces('acc', { text: '', tokens: [] })).toEqual([{ text: 'acc', kind: 'plain' }]);
  });

  it('grow with what is typed behind or within them', () => {
    expect(coloured(READ.text.replace('0.9', '0.95'))[2]).toBe('number:0.95');
    expect(coloured(READ.text.replace('acc', 'a1cc'))[0]).toBe('name:metrics.a1cc');
    expect(coloured(`${READ.text}x`).at(-1)).toBe("string:'é'x");
  });

  it('move with what is typed before them', () => {
    expect(coloured(`(${READ.text}`).slice(0, 2)).toEqual(['name:metrics.acc', 'sign:>']);
    expect(coloured(READ.text.slice(8))[0]).toBe('name:acc');
  });

  it.each([
    '',
    'x',
    READ.text.slice(0, 20),
    READ.text.slice(5),
    READ.text.replace('and', 'or'),
    '損失 > 😀',
    '>>>',
  ])('keep every character of %j', (text) => {
    expect(
      pieces(text, READ)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
    expect(pieces(text, READ).every((piece) => piece.text !== '')).toBe(true);
  });
});
