// @vitest-environment happy-dom
// A card says of its own curves whether they are being read, could not be read, or are not there.
import { flushSync, mount, unmount, type Snippet } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { commands, type AppError, type CurveLayout, type Freshness } from '../backend';
import { START_CHOICES, type CurveChoices } from './choices';
import CurveCard from './CurveCard.svelte';
import type { ProbeValue } from './probe';

const DENIED: AppError = { code: 'forbidden', message: 'http://ml refuses this (403)', part: null };
interface ChartProps {
  draw: unknown;
  probe: (x: number) => Promise<ProbeValue[]>;
  onlayout: (layout: CurveLayout) => void;
  empty: Snippet;
}
let drawn: ChartProps | undefined;
vi.mock('./Chart.svelte', () => ({
  default: (anchor: Node, props: ChartProps) => {
    drawn = props;
    // As the chart does where there are no points.
    (props.empty as unknown as (anchor: Node) => void)(anchor);
  },
}));

function freshness(asOfMs: number | null, error: AppError | null, failed = 0): Freshness {
  const part = { what: 'histories' as const, asOfMs, error, failed };
  return { syncedAtMs: asOfMs, syncing: false, complete: asOfMs !== null, fetched: 0, error, parts: [part] };
}

let card: object | undefined;
function show(
  note: CurveLayout['note'],
  of: Freshness,
  choices: CurveChoices = START_CHOICES,
  layout: Partial<CurveLayout> = {},
): string {
  card = mount(CurveCard, {
    target: document.body,
    props: {
      metric: 'loss',
      runCount: 1,
      runs: [{ profileId: 'vision', runId: 'r', displayName: 'r', color: 0, dash: 0 }],
      choices,
      onchoices: () => undefined,
    },
  });
  drawn?.onlayout({ note, freshness: of, ...layout } as CurveLayout);
  flushSync();
  return document.body.textContent ?? '';
}

afterEach(async () => {
  vi.useRealTimers();
  if (card) await unmount(card);
  card = undefined;
});

it.each([
  [freshness(null, null), 'Reading curves'],
  [freshness(null, DENIED), DENIED.message],
  [freshness(1, DENIED), DENIED.message],
  [freshness(1, null), 'No points yet'],
])('%#: without points', (of, words) => {
  const said = show('noPoints', of);
  expect(said).toContain(words);
  if (words !== 'No points yet') expect(said).not.toContain('No points');
});

it('says beside the curves it has which it could not read', () => {
  expect(show(null, freshness(1, DENIED, 3))).toMatch(/3 curves could not be read: .*403/);
});

it('watches its curves while it is there, and is not drawn again where nothing is new', async () => {
  vi.useFakeTimers();
  const watch = vi.spyOn(commands, 'watch');
  show(null, freshness(1, null));
  const draw = drawn?.draw;
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  flushSync();
  expect(drawn?.draw).toBe(draw);
  const scope = { kind: 'histories', of: { runIds: ['r'], keys: ['loss'] } };
  expect(watch.mock.calls).toEqual([[[['vision', scope]]]]);
  if (card) await unmount(card);
  card = undefined;
  await vi.advanceTimersByTimeAsync(0);
  expect(watch.mock.lastCall).toEqual([[]]);
});

describe('groups', () => {
  const groups = [
    { name: 'lr 0.1', color: 3, dash: 0, runs: [0], withPoints: 4 },
    { name: 'lr not set', color: 5, dash: 1, runs: [], withPoints: 0 },
  ];
  const layout = {
    groups,
    bins: null,
    withoutX: { runs: 0, points: 0 },
    xKind: 'step',
    pointsTotal: 9,
  } as const;
  const by = [{ kind: 'param', key: 'lr' } as const];

  it('are one curve each: the card says of how many runs, and their values with the band', async () => {
    const aggregate = { middle: 'mean', spread: 'deviation', atLeast: 1 } as const;
    const said = show(null, freshness(1, null), { ...START_CHOICES, grouping: { by, aggregate } }, layout);
    expect(said).toContain('mean of 4');
    expect(said).toMatch(/lr 0\.1\s*×4/);
    expect(said, 'a group without points is not drawn').not.toContain('not set');
    const probed = { name: 'lr 0.1', color: 3, dash: 0, x: 8, value: 2, low: 1, high: 3, runs: 4 };
    const without = { ...probed, low: 'NaN', high: 'NaN', runs: 1 } as const;
    vi.spyOn(commands, 'probeGroups').mockResolvedValueOnce([probed, without]);
    const row = { id: 'lr 0.1', name: 'lr 0.1', color: 3, dash: 0, x: 8, value: 2 };
    expect(await drawn?.probe(7)).toEqual([
      { ...row, runs: 4, band: [1, 3] },
      { ...row, runs: 1 },
    ]);
  });

  it('colour every run where each is drawn', async () => {
    const said = show(
      null,
      freshness(1, null),
      { ...START_CHOICES, grouping: { by, aggregate: null } },
      layout,
    );
    expect(said).toContain('1 group');
    vi.spyOn(commands, 'probeChart').mockResolvedValueOnce([
      { profileId: 'vision', runId: 'r', x: 1, value: 2, smoothed: 2 },
    ]);
    expect(await drawn?.probe(7)).toMatchObject([{ name: 'r', color: 3, value: 2 }]);
  });
});

it('says what a formula leaves out and how many runs it is of, and watches all its metrics', async () => {
  const watch = vi.spyOn(commands, 'watch');
  card = mount(CurveCard, {
    target: document.body,
    props: {
      metric: 'val/loss - train/loss',
      formulaOf: ['val/loss', 'train/loss'],
      runs: [{ profileId: 'vision', runId: 'r', displayName: 'r', color: 0, dash: 0 }],
      choices: { ...START_CHOICES, minus: 'baseline' },
      baseline: { profileId: 'vision', runId: 'base-run' },
      onchoices: () => undefined,
    },
  });
  const none = { runs: 0, points: 0 };
  drawn?.onlayout({
    ...{ note: null, freshness: freshness(1, null), groups: [], bins: null, inks: null },
    ...{ withoutX: none, xKind: 'step', pointsTotal: 9, pointsMost: 9, seriesTotal: 1, seriesAtOneX: 0 },
    ...{ withoutPart: { runs: 0, points: 7 }, runsWithPoints: 1 },
    difference: { between: 2, without: { runs: 0, points: 3 } },
  } as unknown as CurveLayout);
  flushSync();
  expect(document.body.textContent).toContain(
    'minus base-run · 2 points between its own · 3 points without a value of it · 7 points without all its metrics · 1 of 1',
  );
  const of = { runIds: ['r', 'base-run'], keys: ['val/loss', 'train/loss'] };
  await vi.waitFor(() => expect(watch.mock.calls).toContainEqual([[['vision', { kind: 'histories', of }]]]));
});
