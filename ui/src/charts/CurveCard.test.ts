// @vitest-environment happy-dom
// A card says of its own curves whether they are being read, could not be read, or are not there.
import { flushSync, mount, unmount, type Snippet } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { commands, type AppError, type CurveLayout, type Freshness } from '../backend';
import { START_CHOICES } from './choices';
import CurveCard from './CurveCard.svelte';

const DENIED: AppError = { code: 'forbidden', message: 'http://ml refuses this (403)', part: null };
let drawn: { draw: unknown; onlayout: (layout: CurveLayout) => void; empty: Snippet } | undefined;
vi.mock('./Chart.svelte', () => ({
  default: (anchor: Node, props: NonNullable<typeof drawn>) => {
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
function show(note: CurveLayout['note'], of: Freshness): string {
  card = mount(CurveCard, {
    target: document.body,
    props: {
      metric: 'loss',
      runCount: 1,
      runs: [{ profileId: 'vision', runId: 'r', displayName: 'r', color: 0, dash: 0 }],
      choices: START_CHOICES,
      onchoices: () => undefined,
    },
  });
  drawn?.onlayout({ note, freshness: of } as CurveLayout);
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
