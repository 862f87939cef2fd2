// Shortcuts match what they say and nothing more.
import { expect, it } from 'vitest';
import { keyNames, matchesKeys } from './keys';

const press = (
  key: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

it('Ctrl is the command key of the platform', () => {
  expect(matchesKeys(press('k', { ctrlKey: true }), 'Ctrl K', false)).toBe(true);
  expect(matchesKeys(press('k', { metaKey: true }), 'Ctrl K', false)).toBe(false);
  expect(matchesKeys(press('k', { metaKey: true }), 'Ctrl K', true)).toBe(true);
  expect(matchesKeys(press('k', { ctrlKey: true }), 'Ctrl K', true)).toBe(false);
});

it('modifiers that are not asked for do not match', () => {
  expect(matchesKeys(press('c'), 'C', false)).toBe(true);
  expect(matchesKeys(press('C', { shiftKey: true }), 'C', false)).toBe(false);
  expect(matchesKeys(press('c', { ctrlKey: true }), 'C', false)).toBe(false);
  expect(matchesKeys(press('P', { ctrlKey: true, shiftKey: true }), 'Ctrl Shift P', false)).toBe(true);
  expect(matchesKeys(press('ArrowLeft', { altKey: true }), 'Alt Left', false)).toBe(true);
});

it('signs match on every keyboard layout', () => {
  expect(matchesKeys(press('?', { shiftKey: true }), '?', false)).toBe(true);
  expect(matchesKeys(press('?'), '?', false)).toBe(true);
});

it('shows the caps of the platform', () => {
  expect(keyNames('Ctrl Shift K', false)).toEqual(['Ctrl', 'Shift', 'K']);
  expect(keyNames('Ctrl Shift K', true)).toEqual(['⌘', '⇧', 'K']);
  expect(keyNames('Alt Left', false)).toEqual(['Alt', '←']);
});
