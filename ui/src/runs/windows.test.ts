// Rows stay until newer ones are here, only what is looked at is asked, and late answers are dropped.
import { describe, expect, it } from 'vitest';
import type { RunRow, RunsAnswer, RunsView } from '../backend';
import { RunWindows, type Question } from './windows.svelte';

const QUESTION: Question = {
  scope: [{ profileId: 'p', experimentIds: ['1'] }],
  filter: '',
  sort: [],
  columns: [],
  lifecycleStage: 'active',
};
const FRESH = { syncedAtMs: 0, syncing: false, complete: true, fetched: 0, error: null, parts: [] };

function row(name: string): RunRow {
  return {
    profileId: 'p',
    runId: name,
    displayName: name,
    experimentId: '1',
    userId: '',
    status: 'finished',
    startTimeMs: null,
    endTimeMs: null,
    duration: { kind: 'unknown', why: 'noStart' },
    parentRunId: null,
    color: 0,
    cells: [],
  };
}

function answer(view: RunsView, matching: number): RunsAnswer {
  const count = Math.max(0, Math.min(view.limit, matching - view.offset));
  const rows = Array.from({ length: count }, (_, i) => row(`${view.filter}${view.offset + i}`));
  return {
    window: { matching, total: 10_000, offset: view.offset, rows, elapsedMs: 1 },
    lost: [],
    freshness: [{ profileId: 'p', experimentId: '1', freshness: FRESH }],
  };
}

/** Windows whose answers are given by hand, in order of asking. */
function setUp() {
  const asked: {
    view: RunsView;
    give: (matching: number) => Promise<void>;
    fail: (code?: string) => Promise<void>;
  }[] = [];
  const settled = () => new Promise<void>((resolve) => setTimeout(resolve));
  const windows = new RunWindows(
    (view) =>
      new Promise((resolve, reject) =>
        asked.push({
          view,
          give: (matching) => (resolve(answer(view, matching)), settled()),
          fail: (code = 'badFilter') => (reject({ code, message: 'no' }), settled()),
        }),
      ),
  );
  return { windows, asked };
}

describe('RunWindows', () => {
  it('asks for the windows on screen one at a time, and for no others', async () => {
    const { windows, asked } = setUp();
    windows.need(150, 250);
    windows.ask(QUESTION);
    expect(asked.map(({ view }) => view.offset)).toEqual([0]);
    expect(windows.loading).toBe(true);
    await asked[0]?.give(1000);
    await asked[1]?.give(1000);
    expect(asked.map(({ view }) => view.offset)).toEqual([0, 200]);
    expect([windows.row(199)?.displayName, windows.row(200)?.displayName, windows.row(400)]).toEqual([
      '199',
      '200',
      undefined,
    ]);
    expect([windows.matching, windows.busy, windows.loading]).toEqual([1000, false, false]);
  });

  it('fetches what is scrolled to, and skips what was only passed by', async () => {
    const { windows, asked } = setUp();
    windows.ask(QUESTION);
    await asked[0]?.give(10_000);
    windows.need(2000, 2030);
    windows.need(4000, 4030);
    windows.need(8000, 8030);
    await asked[1]?.give(10_000);
    await asked[2]?.give(10_000);
    expect(asked.map(({ view }) => view.offset)).toEqual([0, 2000, 8000]);
  });

  it('shows the old rows until the new ones are complete', async () => {
    const { windows, asked } = setUp();
    windows.need(190, 210);
    windows.ask(QUESTION);
    await asked[0]?.give(1000);
    await asked[1]?.give(1000);
    windows.ask({ ...QUESTION, filter: 'x' });
    await asked[2]?.give(900);
    expect([windows.row(0)?.displayName, windows.matching]).toEqual(['0', 1000]);
    await asked[3]?.give(900);
    expect([windows.row(0)?.displayName, windows.row(200)?.displayName, windows.matching]).toEqual([
      'x0',
      'x200',
      900,
    ]);
  });

  it('does not wait for rows that a narrower filter no longer has', async () => {
    const { windows, asked } = setUp();
    windows.ask(QUESTION);
    await asked[0]?.give(1000);
    windows.need(600, 640);
    await asked[1]?.give(1000);
    windows.ask({ ...QUESTION, filter: 'x' });
    await asked[2]?.give(3);
    await asked[3]?.give(3);
    expect([windows.matching, windows.row(2)?.displayName, windows.busy]).toEqual([3, 'x2', false]);
  });

  it('drops the answer to a question that was replaced', async () => {
    const { windows, asked } = setUp();
    windows.ask({ ...QUESTION, filter: 'a' });
    windows.ask({ ...QUESTION, filter: 'b' });
    windows.ask({ ...QUESTION, filter: 'c' });
    await asked[0]?.give(5);
    expect(windows.matching).toBe(0);
    await asked[1]?.give(7);
    expect([windows.row(0)?.displayName, asked.length]).toEqual(['c0', 2]);
  });

  it('keeps the rows beside an error, and goes on with what was asked meanwhile', async () => {
    const { windows, asked } = setUp();
    windows.ask(QUESTION);
    await asked[0]?.give(5);
    windows.ask({ ...QUESTION, filter: 'bad' });
    await asked[1]?.fail();
    expect([windows.error?.code, windows.row(0)?.displayName, windows.busy]).toEqual([
      'badFilter',
      '0',
      false,
    ]);
    windows.ask({ ...QUESTION, filter: 'bad too' });
    // Until that is answered too, the error is about the first.
    expect(windows.failed?.filter).toBe('bad');
    windows.ask({ ...QUESTION, filter: 'good' });
    await asked[2]?.fail();
    expect(windows.failed?.filter).toBe('bad too');
    await asked[3]?.give(2);
    expect([windows.error, windows.failed, windows.row(0)?.displayName]).toEqual([
      undefined,
      undefined,
      'good0',
    ]);
  });

  it('keeps the error of a filter while the rows beside it are brought up to date', async () => {
    const { windows, asked } = setUp();
    windows.ask(QUESTION);
    await asked[0]?.give(5);
    windows.ask({ ...QUESTION, filter: 'bad' });
    await asked[1]?.fail();
    windows.refresh();
    await asked[2]?.give(6);
    expect([windows.error?.code, windows.matching, asked[2]?.view.filter]).toEqual(['badFilter', 6, '']);
    windows.ask({ ...QUESTION, filter: 'good' });
    await asked[3]?.give(2);
    expect([windows.error, windows.matching]).toEqual([undefined, 2]);
  });

  it('orders the rows beside a wrong filter, which keep the one they have', async () => {
    const { windows, asked } = setUp();
    windows.ask({ ...QUESTION, filter: 'good' });
    await asked[0]?.give(5);
    const sort = [{ column: { kind: 'metric' as const, key: 'a' }, descending: true }];
    windows.ask({ ...QUESTION, filter: 'bad', sort });
    await asked[1]?.fail();
    expect(asked[2]?.view).toMatchObject({ filter: 'good', sort });
    await asked[2]?.give(5);
    expect([windows.error?.code, windows.failed?.filter, windows.question?.sort, asked.length]).toEqual([
      'badFilter',
      'bad',
      sort,
      3,
    ]);
  });

  it('shows all rows beside a wrong filter where the half of it found none', async () => {
    const { windows, asked } = setUp();
    windows.ask(QUESTION);
    await asked[0]?.give(5);
    windows.ask({ ...QUESTION, filter: 'half' });
    await asked[1]?.give(0);
    windows.ask({ ...QUESTION, filter: 'half bad' });
    await asked[2]?.fail();
    expect(asked[3]?.view.filter).toBe('');
    await asked[3]?.give(5);
    expect([windows.error?.code, windows.failed?.filter, windows.matching]).toEqual([
      'badFilter',
      'half bad',
      5,
    ]);
  });

  it('shows all rows beside a wrong filter where a word of it was asked half typed, and keeps those of a good one', async () => {
    const { windows, asked } = setUp();
    windows.ask({ ...QUESTION, filter: 'm' });
    await asked[0]?.give(2);
    windows.ask({ ...QUESTION, filter: 'metrics.a > and' });
    await asked[1]?.fail();
    expect(asked[2]?.view.filter).toBe('');
    await asked[2]?.give(16);
    expect([windows.matching, windows.error?.code]).toEqual([16, 'badFilter']);

    windows.ask({ ...QUESTION, filter: 'metrics.a > 1' });
    await asked[3]?.give(3);
    windows.ask({ ...QUESTION, filter: 'metrics.a > 1 and' });
    await asked[4]?.fail();
    expect([windows.matching, asked.length]).toEqual([3, 5]);
  });

  it('asks again what failed for another reason', async () => {
    const { windows, asked } = setUp();
    windows.ask(QUESTION);
    await asked[0]?.fail('internal');
    windows.refresh();
    await asked[1]?.give(5);
    windows.ask({ ...QUESTION, filter: 'x' });
    await asked[2]?.fail('internal');
    windows.refresh();
    await asked[3]?.give(3);
    expect([asked[3]?.view.filter, windows.error, windows.matching]).toEqual(['x', undefined, 3]);
  });

  it('finds the rows of a range that was never on screen', async () => {
    const { windows, asked } = setUp();
    windows.ask(QUESTION);
    await asked[0]?.give(3000);
    const rows = windows.range(150, 2499);
    await asked[1]?.give(3000);
    await asked[2]?.give(3000);
    await asked[3]?.give(3000);
    expect(asked.slice(1).map(({ view }) => [view.offset, view.limit])).toEqual([
      [200, 1000],
      [1200, 1000],
      [2200, 300],
    ]);
    expect((await rows).map(({ displayName }) => displayName)).toEqual(
      Array.from({ length: 2350 }, (_, i) => String(150 + i)),
    );
  });
});
