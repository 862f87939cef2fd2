// @vitest-environment happy-dom
// A card of bars says what its rows are, lights up their runs, opens them, and is drawn again when values are new.
import { flushSync, mount, unmount, type Snippet } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { type Change, type MetricBarsLayout } from '../backend';
import BarCard from './BarCard.svelte';

interface Drawn {
  draw: unknown;
  onlayout: (layout: MetricBarsLayout) => void;
  children: Snippet;
}
const door = vi.hoisted(() => ({
  drawn: undefined as Drawn | undefined,
  hear: undefined as ((change: Change) => void) | undefined,
}));
vi.mock('./Picture.svelte', () => ({
  default: (_: Node, props: Drawn) => (door.drawn = props),
}));
vi.mock('../backend', async (original) => ({
  ...(await original<typeof import('../backend')>()),
  onChange: (hear: (change: Change) => void) => {
    door.hear = hear;
    return () => undefined;
  },
}));

const run = (runId: string) => ({ profileId: 'p', runId, displayName: `name of ${runId}`, color: 0 });
const row = (y: number) => ({ x: 0, y, width: 300, height: 20 });
const layout = {
  rows: [row(4), row(24)],
  bars: [
    { profileId: 'p', runId: 'b', value: 0.123456789 },
    { profileId: 'p', runId: 'a', value: 'NaN' },
  ],
  plot: { x: 90, y: 4, width: 200, height: 40 },
  better: 'lower',
  missing: 1,
  hidden: 0,
  note: null,
} as unknown as MetricBarsLayout;

let card: object | undefined;
function show(layout: MetricBarsLayout) {
  const [onhighlight, onpick] = [vi.fn(), vi.fn()];
  card = mount(BarCard, {
    target: document.body,
    props: { metric: 'loss', runs: ['a', 'b', 'c'].map(run), onhighlight, onpick },
  });
  door.drawn?.onlayout(layout);
  flushSync();
  const picture = document.querySelector('[role=application]') as HTMLElement;
  const press = (key: string) => {
    picture.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    flushSync();
  };
  const live = () => document.querySelector('[aria-live]')?.textContent;
  return { onhighlight, onpick, picture, press, live };
}
afterEach(async () => {
  if (card) await unmount(card);
  card = undefined;
});

it('says in which order the bars stand and of how many runs', () => {
  show(layout);
  expect(document.body.textContent).toContain('one value per run · best first · 2 of 3');
});

it('keys walk the rows, say them, and open the run', () => {
  const { press, live, onhighlight, onpick } = show(layout);
  press('Enter');
  expect(onpick).not.toHaveBeenCalled();
  press('ArrowDown');
  expect(live()).toBe('name of b 0.123456789');
  press('ArrowDown');
  expect(live()).toBe('name of a NaN');
  press('Enter');
  expect(onpick.mock.calls).toEqual([[{ profileId: 'p', runId: 'a' }]]);
  press('Escape');
  expect(live()).toBe('');
  expect(onhighlight.mock.calls).toEqual([['p/b'], ['p/a'], [null]]);
});

it('a row under the pointer lights up its run, and a click opens it', () => {
  const { picture, onhighlight, onpick } = show(layout);
  picture.getBoundingClientRect = () => ({ left: 0, top: 100 }) as DOMRect;
  picture.dispatchEvent(new MouseEvent('pointermove', { clientX: 50, clientY: 130, bubbles: true }));
  flushSync();
  expect(onhighlight.mock.lastCall).toEqual(['p/a']);
  picture.click();
  expect(onpick.mock.calls).toEqual([[{ profileId: 'p', runId: 'a' }]]);
  picture.dispatchEvent(new MouseEvent('pointerleave'));
  flushSync();
  expect(onhighlight.mock.lastCall).toEqual([null]);
});

it('is drawn again when runs of its profile or their colours are new, and for no other change', () => {
  show(layout);
  const draw = door.drawn?.draw;
  door.hear?.({ kind: 'runs', profileId: 'another', experimentId: '1' } as Change);
  door.hear?.({ kind: 'histories', profileId: 'p', runIds: ['a'], keys: ['loss'] } as Change);
  flushSync();
  expect(door.drawn?.draw).toBe(draw);
  door.hear?.({ kind: 'runs', profileId: 'p', experimentId: '1' } as Change);
  flushSync();
  const next = door.drawn?.draw;
  expect(next).not.toBe(draw);
  door.hear?.({ kind: 'colors', profileId: 'p' });
  flushSync();
  expect(door.drawn?.draw).not.toBe(next);
});
