// @vitest-environment happy-dom
// A card of panels finds the run that is meant in the panel under the pointer, lights it in all, and is walked by keys.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { MarkedValues, RunPanels, RunPanelsLayout } from '../backend';
import PanelsCard from './PanelsCard.svelte';
import { startSlices } from './panels-spec';

const door = vi.hoisted(() => ({ asked: [] as RunPanels[], layout: {} as unknown }));
vi.mock('./Picture.svelte', async () => ({
  default: (await import('./PictureStandIn.test.svelte')).default,
}));
vi.mock('../backend', async (original) => ({
  ...(await original<typeof import('../backend')>()),
  onChange: () => () => undefined,
  commands: {
    drawPanels: async (chart: RunPanels) => {
      door.asked.push(chart);
      return door.layout;
    },
    markedValues: async ({ runId }: { runId: string }): Promise<MarkedValues> => ({
      displayName: `name of ${runId}`,
      color: 0,
      cells: [{ kind: 'number', value: 0.001 }, null, { kind: 'number', value: 'NaN' }, null],
    }),
  },
}));

const lr = { kind: 'param', key: 'lr' } as const;
const depth = { kind: 'param', key: 'depth' } as const;
const loss = { kind: 'metric', key: 'loss' } as const;
const side = (fromPx: number, label: string, tenths: (number | null)[]) => ({
  fromPx,
  lengthPx: 80,
  dimension: { label, axis: { min: 0, max: 1, scale: 'linear' }, categories: null, names: null, lanes: [] },
  tenths,
});
door.layout = {
  columns: [side(40, 'lr', [500, 900, null]), side(140, 'depth', [1500, 1900, 1600])],
  rows: [side(20, 'loss', [300, 700, 500])],
  isMatrix: false,
  hidden: 2,
  x: [lr, depth],
  runs: { profileIds: ['p'], profiles: [0, 0, 0], runIds: ['a', 'b', 'c'] },
  note: null,
} as unknown as RunPanelsLayout;

let card: object | undefined;
async function show(highlighted: string | null = null) {
  const [onhighlight, onpick, onselect, onspec] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  const runs = ['a', 'b', 'c'].map((runId) => ({ profileId: 'p', runId, displayName: runId, color: 0 }));
  const columns = [lr, depth, loss].map((column) => ({
    column,
    runCount: 3,
    numeric: true,
    direction: { better: null, chosen: false },
  }));
  const settled = async () => {
    await new Promise((done) => setTimeout(done));
    flushSync();
  };
  card = mount(PanelsCard, {
    target: document.body,
    props: {
      of: { runs },
      spec: startSlices(columns),
      columns,
      onspec,
      onhighlight,
      onpick,
      onselect,
      highlighted,
    },
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
  const press = async (key: string, shiftKey = false) => {
    picture.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true }));
    flushSync();
    await settled();
  };
  const circles = () =>
    [...document.querySelectorAll('circle.lit')].map((at) => Number(at.getAttribute('cx')));
  const live = () => document.querySelector('[aria-live]')?.textContent;
  return { onhighlight, onpick, onselect, picture, move, press, circles, live };
}
afterEach(async () => {
  if (card) await unmount(card);
  card = undefined;
  door.asked = [];
});

it('asks for all params, those first that say most, and says how many are drawn', async () => {
  await show();
  expect(door.asked[0]).toMatchObject({ x: [{ column: lr }, { column: depth }], byAssociation: true });
  expect(document.body.textContent).toContain('loss by param');
  expect(document.body.textContent).toContain('the first 2 of 4 params');
});

it('a run is found in the panel under the pointer, stands out in every panel, and is opened', async () => {
  const { move, circles, picture, onhighlight, onpick, live } = await show();
  await move(189, 69);
  expect(onhighlight.mock.lastCall).toEqual(['p/b']);
  expect(circles()).toEqual([90, 190]);
  expect(live()).toBe('name of b: lr 0.001, depth none, loss NaN, Started none');
  picture.click();
  expect(onpick.mock.calls).toEqual([[{ profileId: 'p', runId: 'b' }]]);
  await move(161, 52);
  expect(circles()).toEqual([160]);
  await move(125, 52);
  expect(onhighlight.mock.lastCall).toEqual([null]);
});

it('what others point at stands out here', async () => {
  const { circles } = await show('p/a');
  expect(circles()).toEqual([50, 150]);
});

it('arrows walk the runs of a panel, with Shift they go on to the next one', async () => {
  const { press, onhighlight, onpick, onselect, live } = await show();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) await press(key);
  expect(onhighlight.mock.lastCall).toEqual(['p/b']);
  await press('ArrowRight', true);
  await press('ArrowLeft');
  expect(onhighlight.mock.lastCall).toEqual(['p/c']);
  await press('Enter');
  expect(onpick.mock.calls).toEqual([[{ profileId: 'p', runId: 'c' }]]);
  await press('Enter', true);
  expect([onpick.mock.calls.length, onselect.mock.calls]).toEqual([1, [[{ profileId: 'p', runId: 'c' }]]]);
  await press('Escape');
  expect(live()).toBe('');
});
