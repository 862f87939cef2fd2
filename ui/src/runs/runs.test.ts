// The screen's state without a screen: defaults, sorting, filter, selection, charts and what is saved.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Change, ColumnInfo, RunRow, RunsView } from '../backend';
import { RunsState } from './runs.svelte';

const FRESH = { syncedAtMs: 0, syncing: false, complete: true, fetched: 0, error: null, parts: [] };

function row(i: number, profileId = 'p'): RunRow {
  return {
    profileId,
    runId: `id-${i}`,
    displayName: `run-${i}`,
    experimentId: '1',
    userId: '',
    status: 'finished',
    startTimeMs: null,
    endTimeMs: null,
    duration: { kind: 'unknown', why: 'noStart' },
    parentRunId: null,
    color: i % 2,
    cells: [{ kind: 'number', value: i }],
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function setUp(saved: string | null = null, atOnce: (state: RunsState) => void = () => undefined) {
  const infos: ColumnInfo[] = [];
  const asked: RunsView[] = [];
  const kept: [string, string][] = [];
  const colored: string[][] = [];
  let hearer: ((change: Change) => void) | undefined;
  const state = new RunsState(
    [{ profileId: 'p', experimentIds: ['1'] }],
    {
      searchRuns: async (view) => {
        asked.push(view);
        const rows = Array.from({ length: 30 }, (_, i) => row(view.offset + i));
        return {
          window: { matching: 30, total: 30, offset: 0, rows, elapsedMs: 1 },
          lost: [],
          freshness: [{ profileId: 'p', experimentId: '1', freshness: FRESH }],
        };
      },
      listColumns: async () => [...infos],
      listCurves: async () => [],
      colorRuns: async (runs) => {
        colored.push(runs.map(({ runId }) => runId));
        return runs.map((_, i) => 10 + i);
      },
      getValue: async () => saved,
      setValue: async (key, json) => (kept.push([key, json]), null),
    },
    (hear) => {
      hearer = hear;
      return () => (hearer = undefined);
    },
  );
  const stop = state.start();
  atOnce(state);
  await vi.advanceTimersByTimeAsync(1000);
  return { state, infos, asked, kept, colored, stop, change: (change: Change) => hearer?.(change) };
}

describe('RunsState', () => {
  it('takes up the filter and order it was left with', async () => {
    const { asked, state } = await setUp(
      '{"filter":"metrics.a > 1","sort":[{"column":"metric.a","descending":true}],"columns":["metric.a","attribute.status"]}',
    );
    expect(asked.at(-1)).toMatchObject({
      filter: 'metrics.a > 1',
      sort: [{ column: { kind: 'metric', key: 'a' }, descending: true }],
      columns: [{ kind: 'metric', key: 'a' }],
    });
    expect(state.filterText).toBe('metrics.a > 1');
  });

  it('lets what is typed at once stand over what was kept', async () => {
    const type = (begun: RunsState) => begun.setFilter('b > 2');
    const { asked, kept, state } = await setUp('{"filter":"metrics.a > 1"}', type);
    expect([state.filterText, asked.at(-1)?.filter]).toEqual(['b > 2', 'b > 2']);
    expect(kept.at(-1)?.[1]).toContain('b > 2');
  });

  it('asks for a filter once typing pauses, and keeps it', async () => {
    const { state, asked, kept } = await setUp();
    const before = asked.length;
    state.setFilter('me');
    state.setFilter('metrics.a > 1');
    expect(asked.length).toBe(before);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked.slice(before).map(({ filter }) => filter)).toEqual(['metrics.a > 1']);
    expect(kept.at(-1)?.[0]).toBe('runs/p/1');
    expect(JSON.parse(kept.at(-1)?.[1] ?? '')).toMatchObject({ filter: 'metrics.a > 1' });
  });

  it('sorts a metric down first, a name up first, and goes back to newest first', async () => {
    const { state } = await setUp();
    const metric = { kind: 'metric', key: 'a' } as const;
    state.sortBy('metric.a');
    expect(state.view.sort).toEqual([{ column: metric, descending: true }]);
    state.sortBy('metric.a');
    expect(state.view.sort).toEqual([{ column: metric, descending: false }]);
    state.sortBy('metric.a');
    expect(state.view.sort).toEqual([]);
    state.sortBy('attribute.user_id');
    state.sortBy('metric.a', true);
    expect(state.view.sort.map(({ column, descending }) => [column.key, descending])).toEqual([
      ['user_id', false],
      ['a', true],
    ]);
  });

  it('sorts a metric of which less is better up first', async () => {
    const { state, infos } = await setUp();
    const column = { kind: 'metric', key: 'loss' } as const;
    infos.push({ column, runCount: 3, numeric: true, direction: { better: 'lower', chosen: false } });
    await state.infos.refresh();
    state.sortBy('metric.loss');
    expect(state.view.sort).toEqual([{ column, descending: false }]);
  });

  it('asks again when its own runs change, and not for those of others', async () => {
    const { asked, change, stop } = await setUp();
    const before = asked.length;
    change({ kind: 'runs', profileId: 'p', experimentId: '2' });
    change({ kind: 'runs', profileId: 'q', experimentId: '1' });
    await vi.advanceTimersByTimeAsync(10);
    expect(asked.length).toBe(before);
    change({ kind: 'runs', profileId: 'p', experimentId: '1' });
    await vi.advanceTimersByTimeAsync(10);
    expect(asked.length).toBe(before + 1);
    stop();
    change({ kind: 'runs', profileId: 'p', experimentId: '1' });
    await vi.advanceTimersByTimeAsync(10);
    expect(asked.length).toBe(before + 1);
  });

  it('chooses its columns when the first runs arrive, and leaves them alone after that', async () => {
    const { state, infos, asked, change } = await setUp();
    const runs: Change = { kind: 'runs', profileId: 'p', experimentId: '1' };
    expect(state.columns.every(({ kind }) => kind === 'attribute')).toBe(true);
    infos.push({
      column: { kind: 'metric', key: 'a' },
      runCount: 3,
      numeric: true,
      direction: { better: null, chosen: false },
    });
    change(runs);
    await vi.advanceTimersByTimeAsync(10);
    expect(asked.at(-1)?.columns).toEqual([{ kind: 'metric', key: 'a' }]);
    infos.push({
      column: { kind: 'metric', key: 'b_score' },
      runCount: 9,
      numeric: true,
      direction: { better: null, chosen: false },
    });
    change(runs);
    await vi.advanceTimersByTimeAsync(5000);
    expect(state.columns.filter(({ kind }) => kind === 'metric').map(({ key }) => key)).toEqual(['a']);
    expect(state.infos.value?.length).toBe(2);
  });

  it('moves and resizes columns, and asks nothing for that', async () => {
    const { state, asked } = await setUp('{"columns":["metric.a","param.b","attribute.status"]}');
    const before = asked.length;
    state.move('attribute.status', 'metric.a');
    state.move('metric.a', undefined);
    state.resize('param.b', 7);
    expect(state.columns.map(({ key }) => key)).toEqual(['status', 'b', 'a']);
    expect(state.width_px({ kind: 'param', key: 'b' })).toBe(44);
    expect(state.cell(row(3), { kind: 'metric', key: 'a' })).toEqual({ kind: 'number', value: 3 });
    expect(asked.length).toBe(before);
  });

  it('charts the first ten rows, or the selected runs, with dashes where colours repeat', async () => {
    const { state } = await setUp();
    expect(state.charted.length).toBe(10);
    expect(state.looks.slice(0, 5).map(({ dash }) => dash)).toEqual([0, 0, 1, 1, 2]);
    state.selection.toggle(row(7), 7);
    state.selection.toggle(row(3), 3);
    expect(state.looks.map(({ runId, dash }) => [runId, dash])).toEqual([
      ['id-7', 0],
      ['id-3', 1],
    ]);
  });

  it('keeps the same run of two profiles apart in the selection, the charts and the colours', async () => {
    const { state } = await setUp();
    const [here, there] = [
      { ...row(3), color: null },
      { ...row(3, 'q'), color: null },
    ];
    state.selection.toggle(here, 3);
    state.selection.toggle(there, 4);
    expect(state.selection.size).toBe(2);
    expect(state.looks.map(({ profileId, runId }) => [profileId, runId])).toEqual([
      ['p', 'id-3'],
      ['q', 'id-3'],
    ]);
    await state.colorCharted();
    expect([state.colorOf(here), state.colorOf(there)]).toEqual([10, 11]);
    state.selection.remove('p/id-3');
    expect(state.charted).toEqual([there]);
  });

  it('goes on charting what runs are picked from in charts, until the table or the user says otherwise', async () => {
    const { state } = await setUp();
    const shown = () => state.charted.map(({ runId }) => runId);
    const first = shown();
    await state.pick({ profileId: 'p', runId: 'id-2' });
    await state.pick({ profileId: 'p', runId: 'id-4' });
    expect([state.selection.ids, state.isSelectionCharted]).toEqual([['p/id-2', 'p/id-4'], false]);
    expect(shown()).toEqual(first);
    // One that the table found further down is charted beside them.
    await state.pick({ profileId: 'p', runId: 'id-20' });
    expect(shown()).toEqual([...first, 'id-20']);
    await state.pick({ profileId: 'p', runId: 'id-20' });
    state.chartPicked();
    expect(shown()).toEqual(['id-2', 'id-4']);
    // What is picked from them now belongs to a selection that is charted.
    await state.pick({ profileId: 'p', runId: 'id-2' });
    expect(shown()).toEqual(['id-4']);
    await state.pick({ profileId: 'p', runId: 'id-4' });
    expect(shown()).toEqual(first);
    await state.pick({ profileId: 'p', runId: 'id-2' });
    state.selection.toggle(row(5), 5);
    expect(shown(), 'the table has selected').toEqual(['id-2', 'id-5']);
  });

  it('gives charted runs a colour once, and shows it in rows that were read before', async () => {
    const { state, colored } = await setUp();
    await state.colorCharted();
    expect(colored).toEqual([]);
    const plain = { ...row(3), color: null };
    state.selection.toggle(plain, 3);
    state.selection.toggle(row(7), 7);
    expect(state.looks.map(({ color }) => color)).toEqual([null, 1]);
    await state.colorCharted();
    expect(colored).toEqual([['id-3', 'id-7']]);
    expect(state.colorOf(plain)).toBe(10);
    await state.colorCharted();
    expect(colored.length).toBe(1);
  });
});
