// Toasts come, act once, and go.
import { expect, it, vi } from 'vitest';
import { Toasts } from './toasts.svelte';

const ctrlZ = { key: 'z', ctrlKey: true, metaKey: false, altKey: false, shiftKey: false };

it('errors stay, the rest leave by themselves', () => {
  const toasts = new Toasts();
  toasts.show({ title: 'Saved' });
  toasts.show({ title: 'Broken', tone: 'error' });
  toasts.show({ title: 'Moved', action: { label: 'Undo', run: () => undefined } });
  expect(toasts.items.map((toast) => toast.timeout_ms)).toEqual([6000, undefined, 12000]);
});

it('an action runs once and its toast leaves', () => {
  const toasts = new Toasts();
  const undo = vi.fn();
  const id = toasts.show({ title: 'Moved', action: { label: 'Undo', run: undo } });
  toasts.act(id);
  toasts.act(id);
  expect(undo).toHaveBeenCalledTimes(1);
  expect(toasts.items).toEqual([]);
});

it('the newest toast answers its key', () => {
  const toasts = new Toasts();
  const done: string[] = [];
  for (const name of ['first', 'second']) {
    toasts.show({ title: name, action: { label: 'Undo', keys: 'Ctrl Z', run: () => done.push(name) } });
  }
  expect(toasts.press(ctrlZ)).toBe(true);
  expect(toasts.press(ctrlZ)).toBe(true);
  expect(toasts.press(ctrlZ)).toBe(false);
  expect(done).toEqual(['second', 'first']);
});

it('keeps the newest five', () => {
  const toasts = new Toasts();
  for (let i = 0; i < 8; i++) toasts.show({ title: String(i) });
  expect(toasts.items.map((toast) => toast.title)).toEqual(['3', '4', '5', '6', '7']);
});
