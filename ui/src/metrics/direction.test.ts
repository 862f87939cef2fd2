// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest';
import { commands, type Direction } from '../backend';
import type { MenuItem } from '../components/menu';
import { directionEntries, directionWords } from './direction';

afterEach(() => void vi.restoreAllMocks());

const items = (direction: Direction) => directionEntries('p', 'gap', direction).slice(1) as MenuItem[];

test('the menu marks the direction in force, by choice or by name', () => {
  const checked = (direction: Direction) => items(direction).map((item) => item.checked);
  expect(checked({ better: 'higher', chosen: false })).toEqual([true, false, false]);
  expect(checked({ better: 'lower', chosen: true })).toEqual([false, true, false]);
  expect(checked({ better: null, chosen: true })).toEqual([false, false, true]);
  expect(checked({ better: null, chosen: false })).toEqual([false, false, false]);
});

test('to choose again what one chose lets the name decide', () => {
  const send = vi.spyOn(commands, 'chooseDirection').mockResolvedValue(null);
  items({ better: null, chosen: false })[1]?.onselect?.();
  items({ better: 'lower', chosen: true })[1]?.onselect?.();
  // What the name says is kept when the user says it too.
  items({ better: 'lower', chosen: false })[1]?.onselect?.();
  expect(send.mock.calls.map(([, metric, choice]) => [metric, choice])).toEqual([
    ['gap', 'lower'],
    ['gap', null],
    ['gap', 'lower'],
  ]);
});

test('it says who says so', () => {
  expect(directionWords({ better: 'lower', chosen: false })).toBe('lower is better, by its name');
  expect(directionWords({ better: null, chosen: true })).toBe('no direction, as you said');
});
