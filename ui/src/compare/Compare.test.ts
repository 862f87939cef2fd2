// @vitest-environment happy-dom
// The page of a comparison: keys walk what differs and fold, files are read where they come near, and faults stay in their cell.
import { mount, tick, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { commands, type Comparison, type ComparisonRow, type RunRef } from '../backend';
import { drag } from '../drag/drag.svelte';
import { route } from '../route.svelte';
import Compare from './Compare.svelte';
import { runsAsRows } from './runs-as-rows.svelte';

const of = (kind: 'text' | 'number', key: string, ...values: (string | number)[]): ComparisonRow => ({
  key,
  cells: values.map((value) => ({ kind, value }) as never),
  differs: new Set(values).size > 1,
  direction: { better: kind === 'number' ? 'higher' : null, chosen: false },
});
const runs = ['base', 'other'].map((runId) => ({
  profileId: 'p',
  runId,
  displayName: runId,
  experimentId: '1',
  userId: 'u',
  status: 'finished' as const,
  startTimeMs: 0,
  endTimeMs: 1,
  duration: { kind: 'ended' as const, durationMs: 1 },
  parentRunId: null,
  color: 0,
  cells: [],
}));
const comparison: Comparison = {
  runs,
  attributes: [],
  metrics: [of('number', 'val_acc', 0.5, 0.75)],
  params: [of('text', 'optim.lr', '0.1', '0.2'), of('text', 'optim.name', 'adam', 'adam')],
  datasets: [],
  tags: [of('text', 'team', 'core', 'edge')],
};

/** Everything is near the screen, or nothing. */
let near = true;
vi.stubGlobal(
  'IntersectionObserver',
  class {
    constructor(private readonly tell: (entries: { isIntersecting: boolean }[]) => void) {}
    observe() {
      queueMicrotask(() => this.tell([{ isIntersecting: near }]));
    }
    disconnect() {}
  },
);

let page: object | undefined;
async function open() {
  vi.spyOn(commands, 'compareRuns').mockResolvedValue({ comparison, missing: [], freshness: [] });
  vi.spyOn(commands, 'listCurves').mockResolvedValue([]);
  vi.spyOn(commands, 'runFiles').mockResolvedValue({ files: [], failures: [], unseen: [] });
  const python = { python: '3.11.9', packages: [{ name: 'torch', version: '2.6' }], complete: true };
  const environments = vi.spyOn(commands, 'runEnvironment').mockImplementation(({ runId }: RunRef) => {
    if (runId === 'other')
      return Promise.reject({ code: 'forbidden', message: 'may not be read', part: null });
    return Promise.resolve({ ...python, files: ['model/requirements.txt'] });
  });
  page = mount(Compare, {
    target: document.body,
    props: { profileId: 'p', asked: runs.map(({ profileId, runId }) => ({ profileId, runId })) },
  });
  await settle();
  return { environments };
}
async function settle() {
  for (let i = 0; i < 8; i++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    await tick();
  }
}
async function press(key: string) {
  window.dispatchEvent(new KeyboardEvent('keydown', { key }));
  await settle();
}
const said = () => document.querySelector('[aria-live="polite"]')?.textContent;
const here = () => document.querySelector('tr.now th')?.textContent.trim();
const row = (key: string) =>
  [...document.querySelectorAll('tbody tr')].find((tr) => tr.querySelector('th')?.textContent.trim() === key);

afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
  if (runsAsRows.on) runsAsRows.switch();
  near = true;
  vi.restoreAllMocks();
});

it('tells who is best, and walks from one difference to the next by keys', async () => {
  await open();
  expect(document.querySelector('[aria-label="In short"]')?.textContent).toContain(
    'other has the best val_acc',
  );
  expect(document.querySelector('thead .sum')?.textContent).toContain('1 better');
  await press('n');
  expect([here(), said()]).toEqual(['val_acc', 'Difference 1 of 3: Metrics, val_acc']);
  await press('p');
  expect(said()).toBe('Difference 3 of 3: Tags, team');
  await press('n');
  await press('n');
  expect([here(), said()]).toEqual(['lr', 'Difference 2 of 3: Params, optim.lr']);
  expect(row('name')).toBeUndefined();
  await press('d');
  expect(row('name')?.textContent).toContain('adam');
});

it('folds a section, and opens it where the walk goes in', async () => {
  await open();
  await press('o');
  expect(row('val_acc')).toBeUndefined();
  await press('n');
  await press('n');
  await press('n');
  await press('n');
  expect(here()).toBe('val_acc');
});

it('reads the environment of each run, and a fault is said in the cell of that run', async () => {
  const { environments } = await open();
  expect(environments).toHaveBeenCalledTimes(2);
  expect(row('Recorded in')?.textContent).toContain('may not be read');
  await press('d');
  expect(row('torch')?.textContent).toContain('2.6');
  const again = document.querySelector<HTMLElement>('[aria-label="Read environment again"]');
  again?.click();
  await settle();
  expect(environments).toHaveBeenCalledTimes(4);
});

it('asks for no file before its section comes near', async () => {
  near = false;
  const { environments } = await open();
  expect(environments).not.toHaveBeenCalled();
  expect(document.querySelector('nav')?.textContent).toContain('not read');
  // The walk halts there.
  await press('n');
  await press('n');
  await press('n');
  expect(said()).toBe('Environment: not read yet');
});

const placed = () => vi.spyOn(route, 'replace').mockImplementation(() => undefined);
const asked = (ids: string[]) => ids.map((runId) => ({ profileId: 'p', runId }));

it('makes the run that is pointed at the baseline by a key', async () => {
  await open();
  const replace = placed();
  document.querySelector<HTMLElement>('thead [data-run="p/other"] button')?.focus();
  await press('b');
  expect(replace).toHaveBeenCalledWith({
    screen: 'compare',
    profileId: 'p',
    runs: asked(['other', 'base']),
  });
});

it('makes a run the baseline that is dragged to the far left', async () => {
  await open();
  const replace = placed();
  drag.start({ kind: 'compared run', run: asked(['other'])[0] } as never, 'other', 'keyboard');
  expect(drag.over?.label).toBe('the baseline');
  expect(drag.drop()).toBe(true);
  expect(replace).toHaveBeenCalledWith({
    screen: 'compare',
    profileId: 'p',
    runs: asked(['other', 'base']),
  });
});

it('shows runs as rows and values as columns, walks them, and keeps it', async () => {
  const kept = vi.spyOn(commands, 'setValue').mockResolvedValue(null);
  await open();
  const button = [...document.querySelectorAll('button')].find(
    (each) => each.textContent.trim() === 'Runs as rows',
  );
  button?.click();
  await settle();
  expect(kept).toHaveBeenCalledWith('compare/runs-as-rows', 'true');
  const heads = () => [...document.querySelectorAll('thead .names th')].map((th) => th.textContent.trim());
  expect(heads().slice(1, 4)).toEqual(['val_acc', 'optim', 'lr']);
  const line = (run: string) => document.querySelector(`tbody [data-run="p/${run}"]`)?.textContent;
  expect(line('base')).toContain('baseline');
  expect(line('other')).toContain('+0.25');
  await press('n');
  await press('n');
  expect(document.querySelector('thead .names .now')?.textContent.trim()).toBe('lr');
  await press('o');
  expect(heads()).not.toContain('lr');
});
