// @vitest-environment happy-dom
// A screen that could not be read says so; only what was read may say that there is nothing.
import { mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import App from '../App.svelte';
import { commands, type AppError, type Freshness, type What } from '../backend';
import { route, type Place } from '../route.svelte';

const DENIED: AppError = { code: 'forbidden', message: 'http://ml refuses this (403)', part: null };
let app: object | undefined;

/** The parts of an answer: those of `failed` could not be read, the others were. */
function freshness(whats: What[], failed: What[]): Freshness {
  const parts = whats.map((what) => ({
    what,
    asOfMs: failed.includes(what) ? null : 0,
    error: failed.includes(what) ? DENIED : null,
    failed: 0,
  }));
  const error = failed.length > 0 ? DENIED : null;
  return { syncedAtMs: null, syncing: false, complete: false, fetched: 0, error, parts };
}

const HERE = { profileId: 'vision' };
const EMPTY_WINDOW = { matching: 0, total: 0, offset: 0, rows: [], elapsedMs: 1 };
const NO_COMPARISON = { runs: [], attributes: [], metrics: [], params: [], tags: [], datasets: [] };

/** What a screen answers with nothing in it, and where it is seen. */
const SCREENS: [string, Place, What, (failed: What[]) => void][] = [
  [
    'experiments',
    { screen: 'models', ...HERE },
    'experiments',
    (failed) =>
      answers('listExperiments', { experiments: [], freshness: freshness(['experiments'], failed) }),
  ],
  [
    'models',
    { screen: 'models', ...HERE },
    'models',
    (failed) =>
      answers('registry', {
        folders: [],
        rows: [],
        offset: 0,
        matching: 0,
        total: 0,
        hasFolders: false,
        facets: [],
        freshness: freshness(['models', 'versions', 'sourceRuns'], failed),
      }),
  ],
  [
    'a model',
    { screen: 'model', ...HERE, name: 'm' },
    'model',
    (failed) =>
      answers('getModel', { board: null, freshness: freshness(['model', 'versions', 'sourceRuns'], failed) }),
  ],
  [
    'versions',
    { screen: 'model', ...HERE, name: 'm' },
    'versions',
    (failed) =>
      answers('getModel', {
        board: {
          model: {
            name: 'm',
            description: '',
            creationTimeMs: null,
            lastUpdatedTimeMs: null,
            tags: [],
            aliases: [],
          },
          versions: [],
          gates: {},
          requests: [],
          promotions: [],
          readOnlyReason: null,
        },
        freshness: freshness(['model', 'versions', 'sourceRuns'], failed),
      }),
  ],
  [
    'runs',
    { screen: 'experiment', ...HERE, experimentIds: ['404'] },
    'runs',
    (failed) =>
      answers('searchRuns', {
        window: EMPTY_WINDOW,
        lost: [],
        freshness: [{ ...HERE, experimentId: '404', freshness: freshness(['runs'], failed) }],
      }),
  ],
  [
    'a run',
    { screen: 'run', ...HERE, runId: 'r' },
    'run',
    (failed) => answers('getRun', { page: null, freshness: freshness(['run'], failed) }),
  ],
  [
    'a comparison',
    { screen: 'compare', ...HERE, runs: ['r', 's'].map((runId) => ({ ...HERE, runId })) },
    'run',
    (failed) =>
      answers('compareRuns', {
        comparison: NO_COMPARISON,
        missing: ['r', 's'].map((runId) => ({ ...HERE, runId, freshness: freshness(['run'], failed) })),
        freshness: [],
      }),
  ],
];

function answers(command: keyof typeof commands, answer: unknown) {
  const mocked = commands as unknown as Record<string, () => Promise<unknown>>;
  vi.spyOn(mocked, command).mockResolvedValue(answer);
}

async function open(place: Place) {
  route.go(place);
  app = mount(App, { target: document.body, props: { launch: await commands.launch() } });
  for (let i = 0; i < 6; i++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    await tick();
  }
}

beforeEach(() => {
  answers('listModels', { models: [], freshness: freshness(['models'], ['models']) });
});
afterEach(async () => {
  if (app) await unmount(app);
  app = undefined;
  vi.restoreAllMocks();
});

const NOTHING =
  /None yet|None registered|no longer|There is no model|No versions yet|No runs yet|No registered/;
const place = (what: What) =>
  document.querySelector(what === 'experiments' ? 'nav[aria-label="Experiments and models"]' : 'main');

describe.each(SCREENS)('%s', (_name, where, what, answer) => {
  it('that could not be read are said to be so', async () => {
    answer([what]);
    await open(where);
    expect(place(what)?.textContent).not.toMatch(NOTHING);
    expect(place(what)?.querySelector('[role="alert"]')?.textContent).toContain(DENIED.message);
  });

  it('that were read and are not there are said to be so', async () => {
    answer([]);
    await open(where);
    expect(place(what)?.textContent).toMatch(NOTHING);
    if (what !== 'experiments')
      expect(place(what)?.querySelector('[role="alert"]')?.textContent ?? '').toBe('');
  });
});

const RUN = { kind: 'run', id: 'r' } as const;
const MODEL = { kind: 'loggedModel', id: 'm-1' } as const;

it.each([
  [[], [{ root: RUN, path: '', error: DENIED }]],
  [
    [{ root: MODEL, path: '', name: 'm-1', isDir: true, sizeBytes: null }],
    [{ root: MODEL, path: '', error: DENIED }],
  ],
  [
    [{ root: RUN, path: 'a.txt', name: 'a.txt', isDir: false, sizeBytes: 1 }],
    [{ root: RUN, path: '', error: DENIED }],
  ],
])(
  '%#: what of a tree of artifacts could not be read is said where it is missed',
  async (entries, failures) => {
    answers('getRun', { page: await firstRun(), freshness: freshness(['run'], []) });
    answers('listArtifacts', { entries, failures });
    await open({ screen: 'run', ...HERE, runId: 'r', tab: 'artifacts' });
    const main = document.querySelector('main');
    expect(main?.textContent).not.toContain('no artifacts');
    expect(main?.textContent).toContain(DENIED.message);
    for (const { name } of entries) expect(main?.textContent).toContain(name);
  },
);

async function firstRun(): Promise<object> {
  const scope = [{ ...HERE, experimentIds: ['1'] }];
  const view = { scope, filter: '', sort: [], columns: [], lifecycleStage: 'active' as const };
  const { window } = await commands.searchRuns({ ...view, offset: 0, limit: 1 });
  const { page } = await commands.getRun({ ...HERE, runId: window.rows[0]?.runId ?? '' });
  return page ?? {};
}

it('names the part that could not be read in the bars of the window', async () => {
  SCREENS.find(([name]) => name === 'versions')?.[3](['versions']);
  await open({ screen: 'model', ...HERE, name: 'm' });
  expect(document.querySelector('[aria-label^="Freshness"]')?.getAttribute('aria-label')).toContain(
    'versions not read',
  );
  expect(document.querySelector('footer')?.textContent).toContain('versions not read');
  expect(document.querySelector('main')?.textContent).not.toContain('0 versions');
});
