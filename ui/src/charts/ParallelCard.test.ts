// @vitest-environment happy-dom
// Parallel coordinates: brushes choose runs and are taken away, axes move and flip, lines are told and opened.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { MarkedValues, RunParallel, RunParallelLayout } from '../backend';
import { BoardView } from './board-view.svelte';
import ParallelCard from './ParallelOwner.test.svelte';
import type { ParallelSpec } from './parallel-spec';

const door = vi.hoisted(() => ({ asked: [] as RunParallel[], answer: undefined as unknown }));
vi.mock('./Picture.svelte', async () => ({
  default: (await import('./PictureStandIn.test.svelte')).default,
}));
vi.mock('../backend', async (original) => ({
  ...(await original<typeof import('../backend')>()),
  onChange: () => () => undefined,
  commands: {
    drawParallel: async (chart: RunParallel) => {
      door.asked.push(chart);
      return layoutFor(chart);
    },
    markedValues: async ({ runId }: { runId: string }): Promise<MarkedValues> => ({
      displayName: `name of ${runId}`,
      color: 0,
      cells: [{ kind: 'text', value: 'adam' }, { kind: 'number', value: 0.5 }, null],
    }),
  },
}));

const heights = { optimizer: [1200, 200, 700], lr: [200, 700, 1200], acc: [300, 500, 1100] };
/** As the app would answer: whoever is brushed on `acc` is run 0 and 1. */
function layoutFor(chart: RunParallel): RunParallelLayout {
  const axes = chart.axes.map((axis, i) => ({
    xPx: 50 + 100 * i,
    head: { x: 10 + 100 * i, y: 0, width: 80, height: 22 },
    flipped: axis.flipped,
    dimension: {
      label: axis.column.key,
      axis: { min: 0, max: 1, scale: 'linear' },
      categories: null,
      names: null,
      lanes: [],
    },
    yTenths: heights[axis.column.key as keyof typeof heights],
  }));
  return {
    plot: { x: 50, y: 20, width: 200, height: 100 },
    axes,
    runsTotal: 3,
    inside: chart.axes.some(({ brush }) => brush) ? [0, 1] : null,
    runs: { profileIds: ['p'], profiles: [0, 0, 0], runIds: ['a', 'b', 'c'] },
    note: null,
  } as unknown as RunParallelLayout;
}

const axis = (kind: 'param' | 'metric', key: string) => ({
  column: { kind, key },
  log: false,
  flipped: false,
});
const spec: ParallelSpec = {
  axes: [axis('param', 'optimizer'), axis('param', 'lr'), axis('metric', 'acc')],
  color: null,
};
const keysOf = (of: ParallelSpec) => of.axes.map(({ column }) => column.key).join(' ');

let card: object | undefined;
async function show(view = new BoardView()) {
  const [onhighlight, onpick, onspec, onselect] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  const runs = ['a', 'b', 'c'].map((runId) => ({ profileId: 'p', runId, displayName: runId, color: 0 }));
  card = mount(ParallelCard, {
    target: document.body,
    props: { of: { runs }, spec, columns: [], onspec, onhighlight, onpick, onselect, view, card: '*1' },
  });
  const settled = async () => {
    flushSync();
    for (let i = 0; i < 4; i++) await new Promise((done) => setTimeout(done));
    flushSync();
  };
  await settled();
  const picture = document.querySelector('[role=application]') as HTMLElement;
  picture.setPointerCapture = () => undefined;
  picture.getBoundingClientRect = () => ({ left: 0, top: 0 }) as DOMRect;
  const pointer = (type: string, clientX: number, clientY: number, more: MouseEventInit = {}) => {
    const place = { clientX, clientY, button: 0, bubbles: true, ...more };
    picture.dispatchEvent(new MouseEvent(`pointer${type}`, place));
    // As a browser does after each press.
    if (type === 'up') picture.dispatchEvent(new MouseEvent('click', place));
  };
  const press = async (key: string, on: Element = picture, more: KeyboardEventInit = {}) => {
    on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }));
    await settled();
  };
  const heads = () => [...document.querySelectorAll<HTMLButtonElement>('.heads button')];
  const live = () => document.querySelector('[aria-live]')?.textContent;
  return { view, onhighlight, onpick, onspec, onselect, pointer, press, settled, heads, live };
}
afterEach(async () => {
  if (card) await unmount(card);
  card = undefined;
  door.asked = [];
});

it('a brush tells its runs and how many, and Escape takes it away', async () => {
  const { pointer, press, settled, view, onpick } = await show();
  pointer('down', 252, 30);
  pointer('move', 252, 80);
  pointer('up', 252, 80);
  await settled();
  const range = door.asked.at(-1)?.axes[2]?.brush;
  expect(range?.map((end) => end.toFixed(2))).toEqual(['0.40', '0.90']);
  expect(view.inside).toEqual(['p/a', 'p/b']);
  expect(document.body.textContent).toContain('2 of 3 ×');
  expect(onpick).not.toHaveBeenCalled();
  await press('Escape');
  expect(door.asked.at(-1)?.axes.map(({ brush }) => brush)).toEqual([null, null, null]);
  expect(view.inside).toBeNull();
  expect(document.body.textContent).not.toContain('2 of 3 ×');
});

it('a click on an axis takes its brush away', async () => {
  const { pointer, settled, view } = await show();
  pointer('down', 252, 30);
  pointer('move', 252, 60);
  pointer('up', 252, 60);
  await settled();
  expect(view.inside).toEqual(['p/a', 'p/b']);
  pointer('down', 252, 110);
  pointer('up', 252, 110);
  await settled();
  expect(door.asked.at(-1)?.axes[2]?.brush).toBe(null);
  expect(view.inside).toBeNull();
});

it('a brush is there again when the card comes back on screen, and goes with the card', async () => {
  const first = await show();
  first.pointer('down', 252, 30);
  first.pointer('move', 252, 80);
  first.pointer('up', 252, 80);
  await first.settled();
  if (card) await unmount(card);
  expect(first.view.inside, 'the table goes on showing which').toEqual(['p/a', 'p/b']);
  door.asked = [];
  await show(first.view);
  expect(door.asked.at(-1)?.axes[2]?.brush?.map((end) => end.toFixed(2))).toEqual(['0.40', '0.90']);
  expect(document.body.textContent).toContain('2 of 3 ×');
  first.view.keepOnly(new Set());
  expect([first.view.inside, first.view.brushesOf('*1')]).toEqual([null, {}]);
});

it('the runs inside the brushes of all cards are those inside each', () => {
  const view = new BoardView();
  view.found('*1', ['a', 'b', 'c']);
  view.found('*2', ['c', 'b', 'x']);
  expect(view.inside).toEqual(['b', 'c']);
  view.found('*1', null);
  expect(view.inside).toEqual(['c', 'b', 'x']);
});

it('the line under the pointer lights up its run, tells its values, and a click opens it', async () => {
  const { pointer, settled, live, onhighlight, onpick, onselect } = await show();
  pointer('move', 100, 70);
  await settled();
  expect(onhighlight.mock.lastCall).toEqual(['p/a']);
  expect(live()).toBe('name of a: optimizer adam, lr 0.5, acc none');
  pointer('down', 100, 70);
  pointer('up', 100, 70);
  expect(onpick.mock.calls).toEqual([[{ profileId: 'p', runId: 'a' }]]);
  pointer('down', 100, 70, { shiftKey: true });
  pointer('up', 100, 70, { shiftKey: true });
  expect([onpick.mock.calls.length, onselect.mock.calls]).toEqual([1, [[{ profileId: 'p', runId: 'a' }]]]);
  pointer('leave', 0, 0);
  await settled();
  expect(onhighlight.mock.lastCall).toEqual([null]);
});

it('keys walk the lines along an axis and open one', async () => {
  const { press, onpick, onhighlight } = await show();
  await press('ArrowDown');
  expect(onhighlight.mock.lastCall).toEqual(['p/b']);
  await press('ArrowRight');
  await press('ArrowDown');
  expect(onhighlight.mock.lastCall).toEqual(['p/c']);
  await press('Enter');
  expect(onpick.mock.calls).toEqual([[{ profileId: 'p', runId: 'c' }]]);
});

it('axes are moved by drag and by key, and flipped', async () => {
  const { heads, press, settled, onspec } = await show();
  const [first, second] = heads();
  if (!first || !second) throw new Error('no heads');
  first.setPointerCapture = () => undefined;
  const drag = (type: string, clientX: number) =>
    first.dispatchEvent(new MouseEvent(`pointer${type}`, { clientX, button: 0, bubbles: true }));
  drag('down', 50);
  drag('move', 180);
  await settled();
  drag('up', 180);
  expect(keysOf(onspec.mock.lastCall?.[0] as ParallelSpec)).toBe('lr optimizer acc');
  await settled();
  second.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
  const flipped = onspec.mock.lastCall?.[0] as ParallelSpec;
  expect(flipped.axes.map((axis) => axis.flipped)).toEqual([false, true, false]);
  await press('ArrowUp', second);
  expect(door.asked.at(-1)?.axes[1]?.brush?.[0]).toBeCloseTo(0.05);
});

it('keys move the axis that they began with, whatever is drawn by then, and the focus goes with it', async () => {
  const { heads, settled, onspec } = await show();
  heads()[0]?.focus();
  const step = (key: string) => {
    const event = new KeyboardEvent('keydown', { key, altKey: true, bubbles: true });
    document.activeElement?.dispatchEvent(event);
    flushSync();
  };
  step('ArrowRight');
  step('ArrowRight');
  expect(keysOf(onspec.mock.lastCall?.[0] as ParallelSpec)).toBe('lr acc optimizer');
  await settled();
  expect(document.activeElement?.getAttribute('aria-label')).toContain('optimizer, axis 3 of 3');
  step('ArrowRight');
  expect(onspec, 'it is at the end').toHaveBeenCalledTimes(2);
  step('ArrowLeft');
  expect(keysOf(onspec.mock.lastCall?.[0] as ParallelSpec)).toBe('lr optimizer acc');
});
