// @vitest-environment happy-dom
// The one tooltip of the window: when it comes, and that it goes with its control.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { tip, tipped } from './tip.svelte';

const words = () => ({ text: 'Copy' });
let button: HTMLElement;
let stop: void | (() => void);

beforeEach(() => {
  vi.useFakeTimers();
  tip.hide();
  // So that no delay is left out because another tooltip has just gone.
  vi.advanceTimersByTime(10_000);
  button = document.body.appendChild(document.createElement('button'));
  stop = tipped(words)(button);
});
afterEach(() => {
  stop?.();
  button.remove();
  vi.useRealTimers();
});

it('comes under a mouse that rests and goes with it', () => {
  button.dispatchEvent(new PointerEvent('pointerenter', { pointerType: 'mouse' }));
  expect(tip.shown).toBeUndefined();
  vi.advanceTimersByTime(1000);
  expect(tip.shown?.anchor).toBe(button);
  button.dispatchEvent(new PointerEvent('pointerleave'));
  expect(tip.shown).toBeUndefined();
});

it('does not come where its control has gone meanwhile', () => {
  button.dispatchEvent(new PointerEvent('pointerenter', { pointerType: 'mouse' }));
  stop?.();
  button.remove();
  vi.advanceTimersByTime(1000);
  expect(tip.shown).toBeUndefined();
});
