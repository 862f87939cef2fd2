// @vitest-environment happy-dom
// The window asks for what a profile has once, however many of its parts show it.
import { mount, tick, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { commands } from './backend';
import { route, type Place } from './route.svelte';

let app: object | undefined;

afterEach(async () => {
  if (app) await unmount(app);
  app = undefined;
  vi.restoreAllMocks();
});

async function open(place: Place) {
  route.go(place);
  app = mount(App, { target: document.body, props: { launch: await commands.launch() } });
  for (let i = 0; i < 6; i++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    await tick();
  }
}

it('the list of models and the sidebar have the models of one answer', async () => {
  const asked = vi.spyOn(commands, 'listModels');
  await open({ screen: 'models', profileId: 'vision' });
  const parts = ['nav[aria-label="Experiments and models"]', 'section[aria-label="Models"]'];
  for (const part of parts) expect(document.querySelector(part)?.textContent).toContain('churn-gbdt');
  expect(asked.mock.calls).toEqual([['vision']]);
});

it('a run and the bars around it have the experiments of one answer', async () => {
  const scope = [{ profileId: 'vision', experimentIds: ['1'] }];
  const view = { scope, filter: '', sort: [], columns: [], lifecycleStage: 'active' as const };
  const { window } = await commands.searchRuns({ ...view, offset: 0, limit: 1 });
  const asked = vi.spyOn(commands, 'listExperiments');
  await open({ screen: 'run', profileId: 'vision', runId: window.rows[0]?.runId ?? '' });
  expect(document.querySelector('nav[aria-label="Where this run is"]')?.textContent).toMatch(/\w/);
  expect(asked.mock.calls).toEqual([['vision']]);
});
