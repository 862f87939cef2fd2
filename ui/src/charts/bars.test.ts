// Bars say in which order they stand and of how many runs; pointer and keys find the row.
import { expect, it } from 'vitest';
import { barWords, rowAt, rowByKey } from './bars';

const row = (y: number) => ({ x: 0, y, width: 300, height: 20 });
const rows = [row(4), row(24), row(44)];

it('says the order, how many runs have a value, and how many have room', () => {
  const layout = { better: 'lower', missing: 3, hidden: 0, rows } as const;
  expect(barWords(undefined, 10)).toEqual(['one value per run']);
  expect(barWords(layout, 10)).toEqual(['one value per run', 'best first', '7 of 10']);
  expect(barWords({ ...layout, better: null }, 10)).toContain('largest first');
  expect(barWords({ ...layout, missing: 0, hidden: 1997 }, 2000)).toEqual([
    'one value per run',
    'best first',
    '2,000 of 2,000',
    'the first 3 drawn',
  ]);
});

it('finds the row at a height, and none beside them', () => {
  expect([3, 4, 23.9, 24, 63, 64].map((y) => rowAt(rows, y))).toEqual([undefined, 0, 0, 1, 2, undefined]);
  expect(rowAt([], 5)).toBeUndefined();
});

it('keys walk the rows and stop at the ends', () => {
  expect(rowByKey('ArrowDown', undefined, 3)).toBe(0);
  expect(rowByKey('ArrowDown', 2, 3)).toBe(2);
  expect(rowByKey('ArrowUp', undefined, 3)).toBe(2);
  expect(rowByKey('ArrowUp', 0, 3)).toBe(0);
  expect([rowByKey('Home', 1, 3), rowByKey('End', 1, 3)]).toEqual([0, 2]);
  expect(rowByKey('a', 1, 3)).toBeUndefined();
  expect(rowByKey('ArrowDown', undefined, 0)).toBeUndefined();
});
