// The arithmetic of scrolling: which rows are drawn, by which member of the pool, and which is under the pointer.
import { describe, expect, it } from 'vitest';
import { firstDrawn, indexIn, poolSize, rowUnder, rowsPerPage } from './row-pool';
import { HEAD_PX, ROW_PX } from './table';

const ROWS = 100_000;

describe('the pool', () => {
  it('fills the view and some more, but never has more members than there are rows', () => {
    expect(poolSize(ROWS, 10 * ROW_PX)).toBe(23);
    expect(poolSize(4, 10 * ROW_PX)).toBe(4);
    expect(poolSize(0, 10 * ROW_PX)).toBe(0);
  });

  it('ends with the last row', () => {
    expect(firstDrawn(50, ROWS, 23)).toBe(50);
    expect(firstDrawn(ROWS - 3, ROWS, 23)).toBe(ROWS - 23);
    expect(firstDrawn(7, 4, 4)).toBe(0);
  });

  it.each([0, 1, 22, 23, 1000, ROWS - 23])('shows each row from %i on exactly once', (first) => {
    const shown = Array.from({ length: 23 }, (_, slot) => indexIn(slot, first, 23));
    expect(shown.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, i) => first + i));
  });

  it('changes one member for one row of scrolling', () => {
    const at = (first: number) => Array.from({ length: 23 }, (_, slot) => indexIn(slot, first, 23));
    const [before, after] = [at(500), at(501)];
    expect(before.filter((index, slot) => index !== after[slot])).toEqual([500]);
  });
});

describe('rowUnder', () => {
  it('knows the row at a height, scrolled or not', () => {
    expect(rowUnder(HEAD_PX, 0, ROWS)).toBe(0);
    expect(rowUnder(HEAD_PX + ROW_PX - 1, 0, ROWS)).toBe(0);
    expect(rowUnder(HEAD_PX, 1000 * ROW_PX, ROWS)).toBe(1000);
  });

  it('finds none in the head, above the view or behind the last row', () => {
    expect(rowUnder(HEAD_PX - 1, 500, ROWS)).toBeUndefined();
    expect(rowUnder(-40, 500, ROWS)).toBeUndefined();
    expect(rowUnder(HEAD_PX + 3 * ROW_PX, 0, 3)).toBeUndefined();
  });
});

it('a page leaves one row in sight, and leads somewhere in the smallest view', () => {
  expect(rowsPerPage(HEAD_PX + 20 * ROW_PX)).toBe(19);
  expect(rowsPerPage(0)).toBe(1);
});
