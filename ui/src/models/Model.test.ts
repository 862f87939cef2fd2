// @vitest-environment happy-dom
// The keys of a model's page take back what was moved on it, and nothing from a page that was left long ago.
import { createRawSnippet, getAllContexts, mount, tick, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { commands, type Promotion } from '../backend';
import { MODELS } from '../backend/fake-data';
import Overlays from '../shell/Overlays.svelte';
import { toasts } from '../components/toasts.svelte';
import { profiles } from '../workspace.svelte';
import Model from './Model.svelte';
import { undo } from './undo.svelte';

const name = MODELS[0]?.name ?? '';
const move = { id: 'm1', model: name, alias: 'champion', fromVersion: '1', toVersion: '2', warnings: [] };
const promotion = move as unknown as Promotion;
let page: object | undefined;

// What a hand would do on the page: only what these are given matters.
let table: { onmove: (alias: string, version: string) => void } | undefined;
let card: { onmoved: (promotion: Promotion) => void } | undefined;
vi.mock('./VersionTable.svelte', () => ({
  default: (_anchor: unknown, props: typeof table) => void (table = props),
}));
vi.mock('./PromotionCard.svelte', () => ({
  default: (_anchor: unknown, props: typeof card) => void (card = props),
}));

async function settle() {
  await new Promise((resolve) => setTimeout(resolve, 20));
  await tick();
}

async function open() {
  // Inside of what the window is wrapped in: tooltips need it.
  const children = createRawSnippet(() => ({
    render: () => '<div></div>',
    setup: (target) => {
      const inner = mount(Model, {
        target,
        props: { profileId: 'dev', name },
        context: getAllContexts(),
      });
      return () => void unmount(inner);
    },
  }));
  page = mount(Overlays, { target: document.body, props: { children } });
  await settle();
}

async function leave() {
  if (page) await unmount(page);
  page = undefined;
}

const dismiss = () => toasts.items.forEach(({ id }) => toasts.dismiss(id));
const press = (key: string, ctrlKey = false) => dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey }));

async function start() {
  const send = vi.spyOn(commands, 'undoPromotion').mockResolvedValue(promotion);
  await profiles.refresh();
  await open();
  undo.offer(promotion, 'dev');
  return send;
}

afterEach(async () => {
  await leave();
  dismiss();
  vi.restoreAllMocks();
});

it('takes a move back by key as long as one stays, with the toast and without', async () => {
  const send = await start();
  dismiss();
  press('u');
  expect(send).toHaveBeenCalledExactlyOnceWith('dev', 'm1', null);
});

it('takes it back on a page that the user came back to while the toast offers it', async () => {
  const send = await start();
  await leave();
  await open();
  press('z', true);
  expect(send).toHaveBeenCalledExactlyOnceWith('dev', 'm1', null);
});

it('takes nothing back by key once the page was left and the toast is gone', async () => {
  const send = await start();
  await leave();
  dismiss();
  await open();
  press('u');
  press('z', true);
  expect(send).not.toHaveBeenCalled();
});

it('nor a move that the server made only after the page was left', async () => {
  const send = await start();
  table?.onmove('champion', '2');
  await settle();
  const moved = card?.onmoved;
  expect(moved).toBeDefined();
  await leave();
  moved?.(promotion);
  dismiss();
  await open();
  press('u');
  expect(send).not.toHaveBeenCalled();
});
