// The table's pure parts: selection, widths, sorting, keys.
import { describe, expect, it } from 'vitest';
import { moveBy } from './grid-keys';
import { Selection } from './selection.svelte';
import { columnWidth_px, nextSort } from './table';

interface Run {
  id: string;
}
const runs: Run[] = Array.from({ length: 20 }, (_, i) => ({ id: `r${i}` }));
const between = async (first: number, last: number) => runs.slice(first, last + 1);
const at = (i: number): Run => runs[i] ?? { id: 'none' };

describe('Selection', () => {
  const select = () => new Selection<Run>((run) => run.id);

  it('a click selects one, a toggle adds and takes away', () => {
    const selection = select();
    selection.only(at(3), 3);
    selection.toggle(at(5), 5);
    expect(selection.ids).toEqual(['r3', 'r5']);
    selection.toggle(at(3), 3);
    expect(selection.ids).toEqual(['r5']);
    selection.only(at(1), 1);
    expect(selection.ids).toEqual(['r1']);
  });

  it('a range grows and shrinks from where it started', async () => {
    const selection = select();
    selection.only(at(5), 5);
    await selection.extend(8, between);
    expect(selection.ids).toEqual(['r5', 'r6', 'r7', 'r8']);
    await selection.extend(6, between);
    expect(selection.ids).toEqual(['r5', 'r6']);
    await selection.extend(4, between);
    expect(selection.ids).toEqual(['r4', 'r5']);
  });

  it('what was picked before a range stays', async () => {
    const selection = select();
    selection.only(at(0), 0);
    selection.toggle(at(10), 10);
    await selection.extend(12, between);
    expect(selection.ids).toEqual(['r0', 'r10', 'r11', 'r12']);
  });

  it('a range whose rows come late gives way to a newer pick', async () => {
    const selection = select();
    selection.only(at(0), 0);
    let give: (rows: Run[]) => void = () => undefined;
    const late = selection.extend(3, () => new Promise((resolve) => (give = resolve)));
    selection.only(at(9), 9);
    give(runs.slice(0, 4));
    await late;
    expect(selection.ids).toEqual(['r9']);
  });

  it('painting adds and removes without doubling', () => {
    const selection = select();
    selection.add([at(1), at(2), at(1)]);
    selection.remove('r2');
    selection.remove('unknown');
    expect(selection.ids).toEqual(['r1']);
    selection.clear();
    expect(selection.size).toBe(0);
  });
});

it('widths stay usable', () => {
  expect([2, 133.4, 1e6].map(columnWidth_px)).toEqual([44, 133, 900]);
});

describe('nextSort', () => {
  it('goes first direction, other direction, none', () => {
    let sort = nextSort([], 'acc', { firstDescending: true });
    expect(sort).toEqual([{ id: 'acc', descending: true }]);
    sort = nextSort(sort, 'acc', { firstDescending: true });
    expect(sort).toEqual([{ id: 'acc', descending: false }]);
    expect(nextSort(sort, 'acc', { firstDescending: true })).toEqual([]);
  });

  it('adds a second key and changes it where it stands', () => {
    const two = nextSort([{ id: 'acc', descending: false }], 'lr', { add: true });
    expect(two.map(({ id }) => id)).toEqual(['acc', 'lr']);
    expect(nextSort(two, 'acc', { add: true })).toEqual([
      { id: 'acc', descending: true },
      { id: 'lr', descending: false },
    ]);
    expect(nextSort(two, 'acc')).toEqual([{ id: 'acc', descending: true }]);
  });
});

describe('moveBy', () => {
  const grid = { rows: 100, cols: 5, page: 20 };
  it.each([
    ['ArrowDown', { row: 99, col: 0 }, false, { row: 99, col: 0 }],
    ['ArrowUp', { row: 0, col: 2 }, false, { row: -1, col: 2 }],
    ['ArrowUp', { row: 50, col: 2 }, true, { row: 0, col: 2 }],
    ['PageDown', { row: 90, col: 1 }, false, { row: 99, col: 1 }],
    ['PageUp', { row: 5, col: 1 }, false, { row: 0, col: 1 }],
    ['Home', { row: 40, col: 3 }, false, { row: 0, col: 3 }],
    ['End', { row: 40, col: 3 }, true, { row: 99, col: 4 }],
    ['ArrowRight', { row: -1, col: 4 }, false, { row: -1, col: 4 }],
  ])('%s from %o', (key, from, ctrl, to) => expect(moveBy(key, from, grid, ctrl)).toEqual(to));

  it('other keys do not move, an empty grid has its head', () => {
    expect(moveBy('x', { row: 0, col: 0 }, grid, false)).toBeUndefined();
    expect(moveBy('ArrowDown', { row: -1, col: 0 }, { ...grid, rows: 0 }, false)).toEqual({
      row: -1,
      col: 0,
    });
  });
});
