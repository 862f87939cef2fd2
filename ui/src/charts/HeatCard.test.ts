// @vitest-environment happy-dom
// A heat map tells the cell under the pointer, and the run where the pointer is right at one.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { MarkedValues, RunHeat, RunHeatLayout } from '../backend';
import HeatCard from './HeatCard.svelte';
import { startHeat } from './heat-spec';

const door = vi.hoisted(() => ({ asked: [] as RunHeat[], layout: {} as unknown }));
vi.mock('./Picture.svelte', async () => ({
  default: (await import('./PictureStandIn.test.svelte')).default,
}));
vi.mock('../backend', async (original) => ({
  ...(await original<typeof import('../backend')>()),
  onChange: () => () => undefined,
  commands: {
    drawHeat: async (chart: RunHeat) => {
      door.asked.push(chart);
      return door.layout;
    },
    markedValues: async ({ runId }: { runId: string }): Promise<MarkedValues> => ({
      displayName: `name of ${runId}`,
      color: 0,
      cells: [{ kind: 'number', value: 0.001 }, { kind: 'number', value: 4 }, null],
    }),
  },
}));

const column = (kind: 'param' | 'metric', key: string) => ({
  column: { kind, key },
  runCount: 3,
  numeric: true,
  direction: { better: null, chosen: false },
});
const columns = [column('param', 'lr'), column('param', 'depth'), column('metric', 'loss')];
const dimension = (label: string, lanes: object[] = []) => ({
  label,
  axis: { min: 0, max: 1, scale: 'linear' },
  categories: null,
  names: null,
  lanes,
});
door.layout = {
  x: dimension('lr', [{ lane: 'none', runs: 1 }]),
  y: dimension('depth'),
  value: dimension('mean of loss'),
  cells: [
    { area: { x: 40, y: 20, width: 50, height: 40 }, x: '0.001', y: '4', runs: 2, counted: 1, value: 0.5 },
  ],
  xTenths: [500, 700, null],
  yTenths: [300, 500, 300],
  runs: { profileIds: ['p'], profiles: [0, 0, 0], runIds: ['a', 'b', 'c'] },
  note: null,
} as unknown as RunHeatLayout;

let card: object | undefined;
async function show() {
  const [onhighlight, onpick, onselect, onspec] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  const runs = ['a', 'b', 'c'].map((runId) => ({ profileId: 'p', runId, displayName: runId, color: 0 }));
  const settled = async () => {
    await new Promise((done) => setTimeout(done));
    flushSync();
  };
  card = mount(HeatCard, {
    target: document.body,
    props: { of: { runs }, spec: startHeat(columns), columns, onspec, onhighlight, onpick, onselect },
  });
  flushSync();
  await settled();
  const picture = document.querySelector('[role=application]') as HTMLElement;
  picture.getBoundingClientRect = () => ({ left: 0, top: 0 }) as DOMRect;
  const move = async (clientX: number, clientY: number) => {
    picture.dispatchEvent(new MouseEvent('pointermove', { clientX, clientY, bubbles: true }));
    flushSync();
    await settled();
  };
  const press = async (key: string) => {
    picture.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    flushSync();
    await settled();
  };
  const live = () => document.querySelector('[aria-live]')?.textContent;
  return { onhighlight, onpick, onselect, picture, move, press, live };
}
afterEach(async () => {
  if (card) await unmount(card);
  card = undefined;
  door.asked = [];
});

it('asks for the params that say most, and says how many cells there are and what is not in them', async () => {
  await show();
  expect(door.asked[0]).toMatchObject({ x: { log: true }, statistic: 'mean', parts: null });
  expect(document.body.textContent).toContain('loss over lr × depth');
  expect(document.body.textContent).toContain('3 runs · 1 cell · 1 without lr');
});

it('the pointer means the cell, or the run right under it', async () => {
  const { move, picture, onhighlight, onpick, onselect, live } = await show();
  await move(80, 28);
  expect(live()).toBe('lr 0.001, depth 4, mean of loss 0.5, 1 of 2 runs');
  picture.click();
  expect(onpick).not.toHaveBeenCalled();
  await move(71, 51);
  expect(onhighlight.mock.lastCall).toEqual(['p/b']);
  expect(live()).toBe('name of b: lr 0.001, depth 4, loss none. Its cell: mean of loss 0.5, 1 of 2 runs');
  picture.click();
  expect(onpick.mock.calls).toEqual([[{ profileId: 'p', runId: 'b' }]]);
  picture.dispatchEvent(new MouseEvent('click', { shiftKey: true, bubbles: true }));
  expect([onpick.mock.calls.length, onselect.mock.calls]).toEqual([1, [[{ profileId: 'p', runId: 'b' }]]]);
  await move(200, 200);
  expect([live(), onhighlight.mock.lastCall]).toEqual(['', [null]]);
});

it('keys walk the runs, and not those without a place', async () => {
  const { press, onhighlight } = await show();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowUp', 'Home', 'Escape']) await press(key);
  expect(onhighlight.mock.calls).toEqual([['p/a'], ['p/b'], ['p/a'], [null]]);
});
