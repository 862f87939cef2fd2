// @vitest-environment happy-dom
// A card of importances asks for what differs, says how it knows, tells the bar that is meant, and why there is none.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { Change, ColumnInfo, RunImportance, RunImportanceLayout } from '../backend';
import ImportanceCard from './ImportanceCard.svelte';
import { importanceWords, nothingWords, type ImportanceSpec } from './importance-spec';

interface Drawn {
  draw: (paper: never) => unknown;
  onlayout: (layout: RunImportanceLayout) => void;
}
const door = vi.hoisted(() => ({
  drawn: undefined as Drawn | undefined,
  hear: undefined as ((change: Change) => void) | undefined,
  asked: [] as RunImportance[],
}));
vi.mock('./Picture.svelte', () => ({ default: (_: Node, props: Drawn) => (door.drawn = props) }));
vi.mock('../backend', async (original) => ({
  ...(await original<typeof import('../backend')>()),
  onChange: (hear: (change: Change) => void) => {
    door.hear = hear;
    return () => undefined;
  },
  commands: { drawImportance: (chart: RunImportance) => void door.asked.push(chart) },
}));

const metric = { column: { kind: 'metric' as const, key: 'acc' }, log: false };
const row = (y: number) => ({ x: 0, y, width: 300, height: 20 });
const layout = {
  plot: { x: 60, y: 4, width: 200, height: 40 },
  rows: [row(4), row(24)],
  hidden: 0,
  params: [
    { column: { kind: 'param', key: 'lr' }, share: 0.75, spread: 0.0312, trend: 'down' },
    { column: { kind: 'param', key: 'optimizer' }, share: 0.25, spread: 0.02, trend: null },
  ],
  runsUsed: 48,
  leftOut: 2,
  verdict: { kind: 'explained', share: 0.874 },
  note: null,
} as unknown as RunImportanceLayout;
const columns = (['param.lr', 'param.optimizer', 'tag.team', 'metric.acc'] as const).map((id): ColumnInfo => {
  const [kind, key] = id.split('.') as ['param' | 'tag' | 'metric', string];
  const direction = { better: null, chosen: false };
  return { column: { kind, key }, runCount: 50, numeric: true, direction };
});

let card: object | undefined;
function show(params: ImportanceSpec['params'] = null) {
  const of = { runs: [{ profileId: 'p', runId: 'a', displayName: 'a', color: 0 }] };
  card = mount(ImportanceCard, {
    target: document.body,
    props: { of, spec: { metric, params }, columns, onspec: vi.fn() },
  });
  flushSync();
  door.drawn?.onlayout(layout);
  flushSync();
  return document.querySelector<HTMLElement>('[role="application"]');
}
async function close() {
  if (card) await unmount(card);
  card = undefined;
  door.asked.length = 0;
}
afterEach(close);

it('asks for all params, or for those that were chosen', async () => {
  show();
  door.drawn?.draw(undefined as never);
  expect(door.asked.at(-1)?.params.map(({ key }) => key)).toEqual(['lr', 'optimizer']);
  await close();
  show([{ kind: 'param', key: 'optimizer' }]);
  door.drawn?.draw(undefined as never);
  expect(door.asked.at(-1)).toEqual({
    runs: { kind: 'listed', of: [{ profileId: 'p', runId: 'a' }] },
    metric,
    params: [{ kind: 'param', key: 'optimizer' }],
  });
});

it('says how it knows, and the bar that the keyboard means', () => {
  const chart = show();
  expect(document.body.textContent).toContain('forest, 48 runs · explains 87 % · 2 without acc');
  const press = (key: string) => {
    chart?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    flushSync();
    return document.querySelector('[aria-live]')?.textContent;
  };
  expect(press('ArrowDown')).toBe(
    'lr, 75.0 % ± 3.1 % of what the params explain, higher: acc tends to be lower',
  );
  expect(press('End')).toBe('optimizer, 25.0 % ± 2.0 % of what the params explain');
  expect(press('Escape')).toBe('');
});

it('is drawn again when values are new, and not for colours or other servers', () => {
  show();
  const before = door.drawn?.draw;
  const hear = (change: unknown) => {
    door.hear?.(change as Change);
    flushSync();
  };
  hear({ kind: 'colors', profileId: 'p' });
  hear({ kind: 'runs', profileId: 'q', experimentId: '1' });
  expect(door.drawn?.draw).toBe(before);
  hear({ kind: 'runs', profileId: 'p', experimentId: '1' });
  expect(door.drawn?.draw).not.toBe(before);
});

it('says in words why nothing can be learnt, and that what explains nothing is not to be trusted', () => {
  const words = (runsUsed: number, verdict: RunImportanceLayout['verdict']) =>
    nothingWords({ runsUsed, verdict }, metric);
  expect(words(8, { kind: 'tooFewRuns', needed: 10 })).toEqual({
    title: 'Too few runs to tell',
    message: '8 runs have acc; 10 are needed.',
  });
  expect(words(48, { kind: 'tooFewRuns', needed: 60 }).message).toBe(
    '48 runs have acc; so many params need 60. Choose fewer params.',
  );
  expect(words(48, { kind: 'sameEverywhere' }).message).toBe('acc is the same in all runs.');
  expect(words(48, { kind: 'nothingVaries' }).title).toBe('No params to compare');
  const poor = { ...layout, verdict: { kind: 'explained' as const, share: -0.2 } };
  expect(importanceWords(poor, metric)[1]).toBe('explains almost nothing: do not trust it');
});
