// @vitest-environment happy-dom
// A contour says how its surface was made and what it is worth, and tells its height only where it has one.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { MarkedValues, RunContour, RunContourLayout } from '../backend';
import ContourCard from './ContourCard.svelte';
import { contourTitle, heightAt, parseContourSpec, startContour, surfaceWords } from './contour-spec';

const door = vi.hoisted(() => ({ asked: [] as RunContour[], layout: {} as unknown }));
vi.mock('./Picture.svelte', async () => ({
  default: (await import('./PictureStandIn.test.svelte')).default,
}));
vi.mock('../backend', async (original) => ({
  ...(await original<typeof import('../backend')>()),
  onChange: () => () => undefined,
  commands: {
    drawContour: async (chart: RunContour) => {
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

const column = (kind: 'param' | 'metric', key: string, numeric = true) => ({
  column: { kind, key },
  runCount: 3,
  numeric,
  direction: { better: null, chosen: false },
});
const columns = [
  column('param', 'optimizer', false),
  column('param', 'depth'),
  column('param', 'lr'),
  column('metric', 'loss'),
];
const dimension = (label: string, lanes: object[] = []) => ({
  label,
  axis: { min: 0, max: 1, scale: 'linear' },
  categories: null,
  names: null,
  lanes,
});
const surface = {
  plot: { x: 40, y: 20, width: 200, height: 100 },
  columns: 3,
  rows: 2,
  heights: [1, 2, null, 3, 4, 5],
};
door.layout = {
  ...surface,
  x: dimension('lr', [{ lane: 'none', runs: 1 }]),
  y: dimension('depth'),
  value: dimension('loss'),
  verdict: { kind: 'fitted', runs: 9, width: 0.1, explained: 0.62 },
  xTenths: [500, 2000, null],
  yTenths: [300, 1000, 300],
  runs: { profileIds: ['p'], profiles: [0, 0, 0], runIds: ['a', 'b', 'c'] },
  note: null,
} as unknown as RunContourLayout;

let card: object | undefined;
async function show() {
  const [onhighlight, onpick, onselect, onspec] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  const runs = ['a', 'b', 'c'].map((runId) => ({ profileId: 'p', runId, displayName: runId, color: 0 }));
  const settled = async () => {
    await new Promise((done) => setTimeout(done));
    flushSync();
  };
  const spec = startContour(columns);
  const props = { of: { runs }, spec, columns, onspec, onhighlight, onpick, onselect };
  card = mount(ContourCard, { target: document.body, props });
  flushSync();
  await settled();
  const picture = document.querySelector('[role=application]') as HTMLElement;
  picture.getBoundingClientRect = () => ({ left: 0, top: 0 }) as DOMRect;
  const move = async (clientX: number, clientY: number) => {
    picture.dispatchEvent(new MouseEvent('pointermove', { clientX, clientY, bubbles: true }));
    flushSync();
    await settled();
  };
  const live = () => document.querySelector('[aria-live]')?.textContent;
  return { onhighlight, onpick, onselect, picture, move, live };
}
afterEach(async () => {
  if (card) await unmount(card);
  card = undefined;
  door.asked = [];
});

it('starts with params that are numbers, and says of how many runs the surface is and what it is worth', async () => {
  await show();
  expect(door.asked[0]).toMatchObject({
    x: { column: { key: 'lr' }, log: true },
    y: { column: { key: 'depth' } },
    value: { column: { key: 'loss' } },
  });
  expect(document.body.textContent).toContain('Contour: loss over lr × depth');
  expect(document.body.textContent).toContain(
    '3 runs · explains 62 % · mean of 9 runs by distance (Gaussian, 10 % of an axis) · 1 without lr',
  );
});

it('the pointer means the surface, where there is one, or the run right under it', async () => {
  const { move, picture, onhighlight, onpick, onselect, live } = await show();
  await move(90, 70);
  expect(live()).toBe('loss about 2.5');
  picture.click();
  expect(onpick).not.toHaveBeenCalled();
  await move(190, 70);
  expect(live(), 'one corner has no surface').toBe('');
  await move(51, 31);
  expect(onhighlight.mock.lastCall).toEqual(['p/a']);
  expect(live()).toMatch(/^name of a: lr 0\.001, depth 4, loss none\. The surface: about /);
  picture.dispatchEvent(new MouseEvent('click', { shiftKey: true, bubbles: true }));
  expect([onpick.mock.calls, onselect.mock.calls]).toEqual([[], [[{ profileId: 'p', runId: 'a' }]]]);
});

it('why there is no surface, and that one tells nothing, is said', () => {
  expect(surfaceWords({ kind: 'words' })).toEqual(['no surface: words have no distances']);
  const few = { kind: 'tooFewPlaces', places: 3, needed: 8 } as const;
  expect(surfaceWords(few)).toEqual(['no surface: 3 of the 8 places that it takes']);
  const fitted = { kind: 'fitted', runs: 30, width: 0.2, explained: -0.1 } as const;
  expect(surfaceWords(fitted)[0]).toBe('tells no more than one mean');
  expect(surfaceWords({ ...fitted, explained: null })[0]).toBe('the same everywhere');
});

it('a height is between those around it, and nowhere else', () => {
  expect(heightAt(surface, { x: 40, y: 20 })).toBe(1);
  expect(heightAt(surface, { x: 40, y: 120 })).toBe(3);
  expect(heightAt(surface, { x: 39, y: 60 })).toBe(undefined);
  expect(heightAt({ ...surface, columns: 0, rows: 0, heights: [] }, { x: 90, y: 70 })).toBe(undefined);
});

it('keeps what is valid', () => {
  const start = startContour(columns);
  expect(contourTitle(start)).toBe('Contour: loss over lr × depth');
  for (const each of [null, 3, 'x', [], { x: 3 }]) expect(parseContourSpec(each, start)).toEqual(start);
  expect(parseContourSpec(JSON.parse(JSON.stringify(start)), startContour([]))).toEqual(start);
});
