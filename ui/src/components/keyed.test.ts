import { expect, it } from 'vitest';
import { keyed } from './keyed';

it('gives every item a key of its own, and the same one again', () => {
  // The third is called as a counted key of the first two could be.
  const names = ['train', 'train', '1 train', '', '', '0 train'];
  const keys = keyed(names, (name) => name).map(({ key }) => key);
  expect(new Set(keys).size).toBe(names.length);
  expect(keyed(names, (name) => name).map(({ key }) => key)).toEqual(keys);
});

it('keeps the key of what stays where others come and go', () => {
  const key = (names: string[], wanted: string) =>
    keyed(names, (name) => name).find(({ item }) => item === wanted)?.key;
  expect(key(['a', 'b', 'c'], 'c')).toBe(key(['c', 'a'], 'c'));
});
