// @vitest-environment happy-dom
// What is asked about directions is answered with one click, which opens no run.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import BestDirections from './BestDirections.svelte';

let shown: object | undefined;
afterEach(async () => {
  if (shown) await unmount(shown);
  shown = undefined;
});

it('asks of each axis without a direction, and keeps what was said of the other one', () => {
  const [onbest, onclick] = [vi.fn(), vi.fn()];
  const best = { kind: 'front', xBetter: null, yBetter: 'higher' } as const;
  const asked = [{ side: 'xBetter', name: 'gap' }] as const;
  document.body.addEventListener('click', onclick);
  const target = document.body.appendChild(document.createElement('div'));
  shown = mount(BestDirections, { target, props: { asked, best, onbest } });
  flushSync();
  const buttons = [...document.querySelectorAll('button')];
  expect(document.body.textContent).toContain('Which way is gap better?');
  buttons[0]?.click();
  expect(onbest.mock.calls).toEqual([[{ kind: 'front', xBetter: 'lower', yBetter: 'higher' }]]);
  expect(onclick).not.toHaveBeenCalled();
});
