// @vitest-environment happy-dom
// A fault in one part leaves the others on screen, says what it is, and can be tried again.
import { createRawSnippet, flushSync, getAllContexts, mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import Boundary from './Boundary.svelte';
import Overlays from '../shell/Overlays.svelte';
import { reportFault, watchFaults } from './faults';
import { toasts } from './toasts.svelte';

let broken = true;
let page: object | undefined;
let stop: () => void;
const said = () => document.body.textContent ?? '';

/** A part of a screen that cannot be drawn while `broken`. */
const part = createRawSnippet(() => ({
  render: () => '<p>the versions</p>',
  setup: () => {
    if (broken) throw new Error('each_key_duplicate');
  },
}));
const beside = createRawSnippet(() => ({ render: () => '<p>the history</p>' }));

async function show(parts: { part: string; floating?: boolean; children: typeof part }[]) {
  const children = createRawSnippet(() => ({
    render: () => '<main></main>',
    setup: (target) => {
      const context = getAllContexts();
      const mounted = parts.map((props) => mount(Boundary, { target, props, context }));
      return () => mounted.forEach((each) => void unmount(each));
    },
  }));
  page = mount(Overlays, { target: document.body, props: { children } });
  await tick();
}

beforeEach(() => {
  broken = true;
  stop = watchFaults(() => 'Something went wrong');
});
afterEach(async () => {
  stop();
  if (page) await unmount(page);
  page = undefined;
  for (const { id } of [...toasts.items]) toasts.dismiss(id);
});

it('keeps the rest, says which part failed, and tries again', async () => {
  await show([
    { part: 'The list of versions', children: part },
    { part: 'The history', children: beside },
  ]);
  expect(said()).toContain('The list of versions cannot be shown');
  expect(said()).toContain('each_key_duplicate');
  expect(said()).toContain('the history');
  broken = false;
  const again = [...document.querySelectorAll('button')].find((button) =>
    button.textContent?.includes('Try again'),
  );
  flushSync(() => again?.click());
  expect(said()).toContain('the versions');
  expect(said()).not.toContain('cannot be shown');
});

it('tells of a fault in what lies over the screen by a toast, and leaves no gap', async () => {
  await show([{ part: 'The card', floating: true, children: part }]);
  expect(document.querySelector('main')?.textContent).toBe('');
  expect(toasts.items.map(({ title }) => title)).toEqual(['The card cannot be shown']);
});

it('tells of what nothing has caught once, and not of sizes that settle', () => {
  const event = (error: unknown) => Object.assign(new Event('error'), { error });
  dispatchEvent(event(new Error('boom')));
  dispatchEvent(event(new Error('boom')));
  dispatchEvent(Object.assign(new Event('error'), { message: 'ResizeObserver loop completed' }));
  dispatchEvent(
    Object.assign(new Event('unhandledrejection'), { reason: { code: 'timedOut', message: 'late' } }),
  );
  reportFault(new Error('boom'), 'Something went wrong');
  expect(toasts.items.map(({ message }) => message)).toEqual(['boom', 'late']);
});
