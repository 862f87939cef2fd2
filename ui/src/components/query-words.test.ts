// Colouring keeps every character, whatever is typed.
import { expect, it } from 'vitest';
import { queryWords } from './query-words';

it('colours names, words, strings and numbers', () => {
  const kinds = queryWords(`metrics.accuracy > 0.9 or params.optimizer in ('adamw', 'lion')`)
    .filter((word) => word.kind !== 'plain')
    .map((word) => `${word.kind}:${word.text}`);
  expect(kinds).toEqual([
    'name:metrics.accuracy',
    'sign:>',
    'number:0.9',
    'word:or',
    'name:params.optimizer',
    'word:in',
    'sign:(',
    "string:'adamw'",
    'sign:,',
    "string:'lion'",
    'sign:)',
  ]);
});

it('is not misled by words inside names', () => {
  expect(queryWords('order')).toEqual([{ text: 'order', kind: 'name' }]);
  expect(queryWords("`run name` = 'and'")[0]).toEqual({ text: '`run name`', kind: 'name' });
  expect(queryWords('metrics.`top 5 acc` < 1')[0]).toEqual({ text: 'metrics.`top 5 acc`', kind: 'name' });
});

it('ends a string where the backend does', () => {
  const strings = (text: string) =>
    queryWords(text)
      .filter((word) => word.kind === 'string')
      .map((word) => word.text);
  expect(strings("tags.a = 'it''s' and tags.b = 'x'")).toEqual(["'it''s'", "'x'"]);
  expect(strings(String.raw`tags.a = 'C:\data\'`)).toEqual([String.raw`'C:\data\'`]);
  expect(strings(String.raw`tags.a = 'it\'s'`)).toEqual([String.raw`'it\'s'`]);
});

it.each(['', "tags.x = 'unfinished", 'metrics.', '損失 > 1', '😀 = ((', '"\\', "a like '%\\'b%'", '\n\t'])(
  'keeps every character of %j',
  (text) =>
    expect(
      queryWords(text)
        .map((word) => word.text)
        .join(''),
    ).toBe(text),
);
