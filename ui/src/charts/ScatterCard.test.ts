// @vitest-environment happy-dom
// A scatter card finds the point that is meant, tells its run and values, opens it, and is drawn again when values are new.
import { flushSync, mount, unmount, type Snippet } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { Change, MarkedValues, RunScatter, RunScatterLayout } from '../backend';
import ScatterCard from './ScatterCard.svelte';
import type { ScatterSpec } from './scatter-spec';

interface Drawn {
  draw: (paper: never) => unknown;
  onlayout: (layout: RunScatterLayout) => void;
  children: Snippet;
}
const door = vi.hoisted(() => ({
  drawn: undefined as Drawn | undefined,
  hear: undefined as ((change: Change) => void) | undefined,
  asked: [] as RunScatter[],
}));
vi.mock('./Picture.svelte', () => ({ default: (_: Node, props: Drawn) => (door.drawn = props) }));
vi.mock('../backend', async (original) => ({
  ...(await original<typeof import('../backend')>()),
  onChange: (hear: (change: Change) => void) => {
    door.hear = hear;
    return () => undefined;
  },
  commands: {
    drawScatter: (chart: RunScatter) => void door.asked.push(chart),
    markedValues: async ({ runId }: { runId: string }): Promise<MarkedValues> => ({
      displayName: `name of ${runId}`,
      color: 0,
      cells: [{ kind: 'number', value: 0.001 }, runId === 'b' ? null : { kind: 'number', value: 'NaN' }],
    }),
  },
}));

const spec: ScatterSpec = {
  x: { column: { kind: 'param', key: 'lr' }, log: true },
  y: { column: { kind: 'metric', key: 'acc' }, log: false },
  color: null,
  size: null,
  best: null,
};
const dimension = {
  label: 'lr',
  axis: { min: 0, max: 1, scale: 'linear' },
  categories: null,
  names: null,
  lanes: [],
};
const layout = {
  plot: { x: 40, y: 20, width: 200, height: 100 },
  x: dimension,
  y: { ...dimension, label: 'acc', lanes: [{ lane: 'none', runs: 1 }] },
  xTenths: [500, 2000, 1000],
  yTenths: [300, 1300, 900],
  runs: { profileIds: ['p', 'q'], profiles: [0, 1, 0], runIds: ['a', 'b', 'c'] },
  note: null,
  best: null,
} as unknown as RunScatterLayout;

let card: object | undefined;
function show(shown = spec, drawn = layout) {
  const [onhighlight, onpick, onspec] = [vi.fn(), vi.fn(), vi.fn()];
  const run = (profileId: string, runId: string) => ({ profileId, runId, displayName: runId, color: 0 });
  const of = { runs: [run('p', 'a'), run('q', 'b'), run('p', 'c'), run('p', 'gone')] };
  card = mount(ScatterCard, {
    target: document.body,
    props: { of, spec: shown, columns: [], onspec, onhighlight, onpick },
  });
  door.drawn?.onlayout(drawn);
  flushSync();
  const picture = document.querySelector('[role=application]') as HTMLElement;
  const settled = async () => {
    await new Promise((done) => setTimeout(done));
    flushSync();
  };
  const press = async (key: string) => {
    picture.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    flushSync();
    await settled();
  };
  const live = () => document.querySelector('[aria-live]')?.textContent;
  return { onhighlight, onpick, picture, press, settled, live };
}
afterEach(async () => {
  if (card) await unmount(card);
  card = undefined;
  door.asked = [];
});

it('says of how many runs it is and what has no place', () => {
  show();
  expect(document.body.textContent).toContain('lr × acc');
  expect(document.body.textContent).toContain('3 of 4 runs · 1 without acc');
});

it('asks for listed runs and for the columns of the spec', () => {
  show();
  door.drawn?.draw(undefined as never);
  const [asked] = door.asked;
  expect(asked?.runs).toMatchObject({ kind: 'listed', of: [{ runId: 'a' }, {}, {}, { runId: 'gone' }] });
  expect([asked?.x, asked?.color]).toEqual([spec.x, null]);
});

it('the point nearest to the pointer lights up its run, tells its values, and a click opens it', async () => {
  const { picture, onhighlight, onpick, live, settled } = show();
  picture.getBoundingClientRect = () => ({ left: 0, top: 100 }) as DOMRect;
  const move = (clientX: number, clientY: number) => {
    picture.dispatchEvent(new MouseEvent('pointermove', { clientX, clientY, bubbles: true }));
    flushSync();
  };
  move(150, 150);
  picture.click();
  expect(onpick).not.toHaveBeenCalled();
  move(205, 234);
  await settled();
  expect(onhighlight.mock.lastCall).toEqual(['q/b']);
  expect(live()).toBe('name of b: lr 0.001, acc none');
  picture.click();
  expect(onpick.mock.calls).toEqual([[{ profileId: 'q', runId: 'b' }]]);
  picture.dispatchEvent(new MouseEvent('pointerleave'));
  flushSync();
  expect(onhighlight.mock.lastCall).toEqual([null]);
});

it('keys walk the points across and down, say them, and open the run', async () => {
  const { press, live, onpick, onhighlight } = show();
  await press('ArrowRight');
  expect(live()).toBe('name of a: lr 0.001, acc NaN');
  await press('ArrowRight');
  await press('ArrowDown');
  await press('ArrowDown');
  await press('Enter');
  expect(onpick.mock.calls).toEqual([[{ profileId: 'q', runId: 'b' }]]);
  await press('Escape');
  expect(live()).toBe('');
  expect(onhighlight.mock.calls).toEqual([['p/a'], ['p/c'], ['q/b'], [null]]);
});

it('is drawn again when runs of its profiles or their colours are new, and for no other change', () => {
  show();
  const draw = door.drawn?.draw;
  door.hear?.({ kind: 'runs', profileId: 'another', experimentId: '1' } as Change);
  door.hear?.({ kind: 'histories', profileId: 'p', runIds: ['a'], keys: ['loss'] } as Change);
  flushSync();
  expect(door.drawn?.draw).toBe(draw);
  door.hear?.({ kind: 'runs', profileId: 'q', experimentId: '1' } as Change);
  flushSync();
  expect(door.drawn?.draw).not.toBe(draw);
});

it('with the best runs it is drawn again when directions are new', () => {
  const best = { kind: 'front', xBetter: null, yBetter: null } as const;
  const tell = () => {
    const draw = door.drawn?.draw;
    door.hear?.({ kind: 'directions', profileId: 'p' });
    flushSync();
    return door.drawn?.draw !== draw;
  };
  show();
  expect(tell()).toBe(false);
  if (card) void unmount(card);
  show({ ...spec, best }, { ...layout, best: { ...best, yBetter: 'higher', runs: [0, 2], of: 3 } });
  expect(document.body.textContent).toContain('Pareto: lr × acc');
  expect(document.body.textContent).toContain('2 of 3 on the front');
  expect(tell()).toBe(true);
});
