// @vitest-environment happy-dom
// The keys that work everywhere, unless a part of the window has used the key itself.
import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { route } from '../route.svelte';
import type { Shell } from './shell.svelte';
import WindowKeys from './WindowKeys.svelte';

const shell = {
  paletteOpen: false,
  shortcutsOpen: false,
  sidebar: true,
  narrow: false,
  toggleSidebar: vi.fn(),
  uncover: vi.fn(),
  refresh: vi.fn(),
};
let keys: object;

beforeEach(() => {
  Object.assign(shell, { paletteOpen: false, shortcutsOpen: false, narrow: false });
  keys = mount(WindowKeys, { target: document.body, props: { shell: shell as unknown as Shell } });
});
afterEach(async () => {
  await unmount(keys);
  vi.clearAllMocks();
});

function press(key: string, more: KeyboardEventInit = {}, target: EventTarget = document.body): boolean {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  return event.defaultPrevented;
}

it('act on the window, and keep the webview from acting too', () => {
  expect(press('k', { ctrlKey: true })).toBe(true);
  expect(shell.paletteOpen).toBe(true);
  expect(press('F5')).toBe(true);
  expect(press('b', { ctrlKey: true })).toBe(true);
  expect([shell.refresh.mock.calls.length, shell.toggleSidebar.mock.calls.length]).toEqual([1, 1]);
  route.go({ screen: 'profiles' });
  press('o', { ctrlKey: true });
  expect(route.place).toEqual({ screen: 'welcome' });
  press('ArrowLeft', { altKey: true });
  expect(route.place).toEqual({ screen: 'profiles' });
});

it('leave a key alone that is typed, was used, or means nothing here', () => {
  const field = document.body.appendChild(document.createElement('input'));
  expect(press('?', {}, field)).toBe(false);
  expect(shell.shortcutsOpen).toBe(false);
  expect(press('?')).toBe(true);
  expect(shell.shortcutsOpen).toBe(true);
  field.addEventListener('keydown', (event) => event.preventDefault());
  press('F5', {}, field);
  expect(shell.refresh).not.toHaveBeenCalled();
  field.remove();
});

it('Escape takes away a sidebar that lies over the screen, and no other', () => {
  expect(press('Escape')).toBe(false);
  shell.narrow = true;
  expect(press('Escape')).toBe(true);
  expect(shell.uncover).toHaveBeenCalledOnce();
});
