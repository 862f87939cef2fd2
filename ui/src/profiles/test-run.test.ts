// A test is read at its changes, stopped when it is left, and an old one never shows over a new one.
import { beforeEach, expect, it, vi } from 'vitest';
import type { Change, TestReport } from '../backend';
import { newProfile } from '../backend/new-profile';

const app = vi.hoisted(() => ({
  next: 1,
  reports: new Map<number, TestReport>(),
  stopped: [] as number[],
  hear: undefined as ((change: Change) => void) | undefined,
  fail: undefined as object | undefined,
}));
vi.mock('../backend', () => ({
  asAppError: (thrown: unknown) => thrown,
  onChange: (hear: (change: Change) => void) => {
    app.hear = hear;
    return () => (app.hear = undefined);
  },
  commands: {
    startTest: async () => {
      // What a command fails with is an error as the app writes it, not an Error.
      if (app.fail) throw app.fail;
      const id = app.next++;
      app.reports.set(id, { steps: [], finished: false, text: '' });
      return id;
    },
    readTest: async (id: number) => app.reports.get(id),
    stopTest: async (id: number) => void app.stopped.push(id),
  },
}));

const { TestRun } = await import('./test-run.svelte');
const settled = () => new Promise((resolve) => setTimeout(resolve));
const profile = newProfile();

beforeEach(() => {
  Object.assign(app, { next: 1, stopped: [], hear: undefined, fail: undefined });
  app.reports.clear();
});

it('reads at every change of its own, and is over when the report is', async () => {
  const run = new TestRun();
  await run.start(profile, null);
  expect(run.busy).toBe(true);
  app.reports.set(1, { steps: [], finished: false, text: 'two' });
  app.hear?.({ kind: 'test', id: 7 });
  await settled();
  expect(run.report?.text).toBe('');
  app.hear?.({ kind: 'test', id: 1 });
  await settled();
  expect(run.report?.text).toBe('two');
  app.reports.set(1, { steps: [], finished: true, text: 'end' });
  app.hear?.({ kind: 'test', id: 1 });
  await settled();
  expect([run.busy, run.report?.text]).toEqual([false, 'end']);
});

it('stops when it is left, and hears no more', async () => {
  const run = new TestRun();
  await run.start(profile, null);
  run.end();
  expect(app.stopped).toEqual([1]);
  expect(app.hear).toBeUndefined();
});

it('stops one that was left before it had begun', async () => {
  const run = new TestRun();
  const starting = run.start(profile, null);
  run.end();
  await starting;
  expect(app.stopped).toEqual([1]);
  expect(run.report).toBeUndefined();
});

it('shows only the newest after a second start', async () => {
  const run = new TestRun();
  await run.start(profile, null);
  await run.start(profile, null);
  app.reports.set(1, { steps: [], finished: true, text: 'old' });
  app.reports.set(2, { steps: [], finished: true, text: 'new' });
  app.hear?.({ kind: 'test', id: 1 });
  app.hear?.({ kind: 'test', id: 2 });
  await settled();
  expect([run.report?.text, app.stopped]).toEqual(['new', [1]]);
});

it('says why it could not begin', async () => {
  app.fail = { code: 'refused', message: 'no address' };
  const run = new TestRun();
  await run.start(profile, null);
  expect([run.error?.message, run.busy]).toEqual(['no address', false]);
});
