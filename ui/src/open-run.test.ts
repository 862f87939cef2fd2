// @vitest-environment happy-dom
// Leaving the runs table by any of its ways to a run throws nothing, seen or unseen.
import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { commands } from './backend';
import { route } from './route.svelte';
import { runsOf } from './runs/runs.svelte';

const thrown: unknown[] = [];
const heard = (event: Event) => thrown.push((event as ErrorEvent).error ?? event);
let app: object | undefined;

async function settle() {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    await tick();
  }
}

beforeEach(() => {
  thrown.length = 0;
  addEventListener('error', heard);
  addEventListener('unhandledrejection', heard);
});
afterEach(async () => {
  if (app) await unmount(app);
  app = undefined;
  removeEventListener('error', heard);
  removeEventListener('unhandledrejection', heard);
  vi.restoreAllMocks();
});

async function open() {
  route.go({ screen: 'experiment', profileId: 'vision', experimentIds: ['1'] });
  app = mount(App, { target: document.body, props: { launch: await commands.launch() } });
  await settle();
  const runs = runsOf([{ profileId: 'vision', experimentIds: ['1'] }]);
  const row = runs.windows.row(1);
  if (!row) throw new Error('no run');
  runs.selection.clear();
  runs.selection.toggle(row, 1);
  flushSync();
  await settle();
  return row;
}
const button = (name: string) =>
  [...document.querySelectorAll<HTMLElement>('button, [role="menuitem"]')].find(
    (each) => (each.getAttribute('aria-label') ?? each.textContent?.trim()) === name,
  );
const rowOf = (name: string) => button(`Open ${name}`)?.closest<HTMLElement>('[role="row"]');
const bubbles = { bubbles: true, cancelable: true };

it.each<[string, (name: string) => void | Promise<void>]>([
  ['the tray', () => button('Open')?.click()],
  ['the arrow at its name', (name) => button(`Open ${name}`)?.click()],
  ['a double click', (name) => void rowOf(name)?.dispatchEvent(new MouseEvent('dblclick', bubbles))],
  [
    'the keyboard',
    () => {
      const grid = document.querySelector<HTMLElement>('[role="grid"]');
      grid?.focus();
      for (const key of ['ArrowDown', 'Enter'])
        grid?.dispatchEvent(new KeyboardEvent('keydown', { key, ...bubbles }));
    },
  ],
])('a run is opened by %s', async (_by, act) => {
  const row = await open();
  await act(row.displayName);
  await settle();
  expect(route.place).toMatchObject({ screen: 'run' });
  expect(thrown).toEqual([]);
});
