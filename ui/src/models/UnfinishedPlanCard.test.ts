// @vitest-environment happy-dom
// A plan that stopped halfway: what its card says, and when it can be ended.
import { createRawSnippet, getAllContexts, mount, tick, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { commands, type MovePlan, type MovePlanLook, type PlannedMove } from '../backend';
import Overlays from '../shell/Overlays.svelte';
import UnfinishedPlanCard from './UnfinishedPlanCard.svelte';

const planned: PlannedMove = {
  alias: 'champion',
  fromVersion: '31',
  toVersion: '33',
  state: 'done',
  atMs: 1,
  trouble: null,
  overridden: [],
  approvedBy: [],
  promotionId: 'j',
  tagged: true,
};
const plan: MovePlan = {
  id: 'p',
  model: 'churn',
  by: 'ana',
  atMs: 1,
  reason: '',
  moves: [
    planned,
    {
      ...planned,
      alias: 'challenger',
      fromVersion: '33',
      toVersion: '31',
      state: 'waiting',
      promotionId: null,
    },
  ],
  state: 'unfinished',
};
const halfway: MovePlanLook = { plan, now: ['33', '33'], underWay: false, refusal: null };
let page: object | undefined;

async function settle() {
  await new Promise((resolve) => setTimeout(resolve, 20));
  await tick();
}

async function open(onended = () => undefined) {
  const children = createRawSnippet(() => ({
    render: () => '<div></div>',
    setup: (target) => {
      const inner = mount(UnfinishedPlanCard, {
        target,
        props: { profileId: 'dev', plan, onended, onclose: () => undefined },
        context: getAllContexts(),
      });
      return () => void unmount(inner);
    },
  }));
  page = mount(Overlays, { target: document.body, props: { children } });
  await settle();
}

const button = (words: string) =>
  [...document.querySelectorAll('button')].find((each) => each.textContent?.includes(words));

afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
  vi.restoreAllMocks();
});

it('says where the aliases are, and ends the plan by what was seen', async () => {
  vi.spyOn(commands, 'lookAtMovePlan').mockResolvedValue(halfway);
  const end = vi.spyOn(commands, 'endMovePlan').mockResolvedValue({ ...plan, state: 'rolledBack' });
  const ended = vi.fn();
  await open(ended);
  expect(document.body.textContent).toContain('Half done: both aliases are on v33.');
  button('Roll back to v31')?.click();
  await settle();
  expect(end).toHaveBeenCalledExactlyOnceWith('dev', 'p', 'rollBack', ['33', '33'], null);
  expect(ended).toHaveBeenCalledOnce();
});

it('can be ended neither way without the server, and stays', async () => {
  const offline = { code: 'unreachable', message: 'mlflow.corp cannot be reached', part: null };
  vi.spyOn(commands, 'lookAtMovePlan').mockRejectedValue(offline);
  await open();
  expect(document.body.textContent).toContain('mlflow.corp cannot be reached');
  expect([button('Roll back')?.disabled, button('Finish now')?.disabled]).toEqual([true, true]);
});

it('nor while somebody carries it out', async () => {
  vi.spyOn(commands, 'lookAtMovePlan').mockResolvedValue({ ...halfway, underWay: true });
  await open();
  expect(document.body.textContent).toContain('being carried out');
  expect([button('Roll back')?.disabled, button('Finish now')?.disabled]).toEqual([true, true]);
});
