// @vitest-environment happy-dom
// A card of a distribution finds the group or the run that is meant, tells it, opens the run, and says what it is of.
import { flushSync, mount, unmount, type Snippet } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { Change, MarkedValues, RunDistribution, RunDistributionLayout } from '../backend';
import DistributionCard from './DistributionCard.svelte';
import type { DistributionSpec } from './distribution-spec';

interface Drawn {
  draw: (paper: never) => unknown;
  onlayout: (layout: RunDistributionLayout) => void;
  children: Snippet;
}
const door = vi.hoisted(() => ({
  drawn: undefined as Drawn | undefined,
  hear: undefined as ((change: Change) => void) | undefined,
  asked: [] as RunDistribution[],
}));
vi.mock('./Picture.svelte', () => ({ default: (_: Node, props: Drawn) => (door.drawn = props) }));
vi.mock('../backend', async (original) => ({
  ...(await original<typeof import('../backend')>()),
  onChange: (hear: (change: Change) => void) => {
    door.hear = hear;
    return () => undefined;
  },
  commands: {
    drawDistribution: (chart: RunDistribution) => void door.asked.push(chart),
    markedValues: async ({ runId }: { runId: string }): Promise<MarkedValues> => ({
      displayName: `name of ${runId}`,
      color: 0,
      cells: [
        { kind: 'number', value: 0.9 },
        { kind: 'text', value: 'sgd' },
      ],
    }),
  },
}));

const spec: DistributionSpec = {
  form: 'box',
  value: { column: { kind: 'metric', key: 'acc' }, log: false },
  by: [{ kind: 'param', key: 'optimizer' }],
  overlaid: false,
};
const summary = {
  min: 0.1,
  low: 0.1,
  q1: 0.2,
  median: 0.5,
  q3: 0.8,
  high: 0.9,
  max: 0.9,
  mean: 0.5,
  outliers: 0,
};
const layout = {
  form: 'box',
  lies: false,
  value: { label: 'acc', categories: null, lanes: [{ lane: 'nan', runs: 1 }] },
  groups: [
    { name: 'adam', color: 0, values: 1, lanes: [], summary },
    { name: 'sgd', color: 1, values: 2, lanes: [{ lane: 'nan', runs: 1 }], summary },
  ],
  groupsTotal: 5,
  runsTotal: 4,
  bins: [],
  stops: [
    { rect: { x: 40, y: 10, width: 100, height: 100 }, firstMark: 0, marks: 1 },
    { rect: { x: 140, y: 10, width: 100, height: 100 }, firstMark: 1, marks: 2 },
  ],
  xTenths: [900, 1900, 1900],
  yTenths: [600, 900, 200],
  points: null,
  runs: { profileIds: ['p', 'q'], profiles: [0, 1, 0], runIds: ['a', 'b', 'c'] },
  better: null,
  note: null,
} as unknown as RunDistributionLayout;

let card: object | undefined;
function show() {
  const [onhighlight, onpick, onspec] = [vi.fn(), vi.fn(), vi.fn()];
  const run = (profileId: string, runId: string) => ({ profileId, runId, displayName: runId, color: 0 });
  const of = { runs: [run('p', 'a'), run('q', 'b'), run('p', 'c'), run('p', 'd'), run('p', 'gone')] };
  card = mount(DistributionCard, {
    target: document.body,
    props: { of, spec, columns: [], onspec, onhighlight, onpick },
  });
  flushSync();
  door.drawn?.onlayout(layout);
  flushSync();
  const picture = document.querySelector('[role=application]') as HTMLElement;
  picture.getBoundingClientRect = () => ({ left: 0, top: 100 }) as DOMRect;
  const settled = async () => {
    await new Promise((done) => setTimeout(done));
    flushSync();
  };
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
  return { onhighlight, onpick, picture, move, press, live };
}
afterEach(async () => {
  if (card) await unmount(card);
  card = undefined;
  door.asked = [];
});

it('says of how many groups and runs it is, and what has no place', () => {
  show();
  expect(document.body.textContent).toContain('acc by optimizer');
  expect(document.body.textContent).toContain('2 of 5 groups · 4 of 5 runs · 1 NaN in acc');
  door.drawn?.draw(undefined as never);
  expect(door.asked[0]).toMatchObject({ ...spec, runs: { kind: 'listed' } });
});

it('tells the group under the pointer, and lights and opens the run of a point', async () => {
  const { move, picture, onhighlight, onpick, live } = show();
  await move(200, 150);
  expect(live()).toBe('sgd, n 2, Median 0.5, Quartiles 0.2 – 0.8, Whiskers 0.1 – 0.9, Mean 0.5, NaN 1');
  picture.click();
  expect(onpick).not.toHaveBeenCalled();
  await move(191, 189);
  expect(onhighlight.mock.lastCall).toEqual(['q/b']);
  expect(live()).toBe('name of b: acc 0.9, optimizer sgd');
  picture.click();
  expect(onpick.mock.calls).toEqual([[{ profileId: 'q', runId: 'b' }]]);
  picture.dispatchEvent(new MouseEvent('pointerleave'));
  flushSync();
  expect(onhighlight.mock.lastCall).toEqual([null]);
  expect(live()).toBe('');
});

it('keys walk the groups and the runs in them, and step back', async () => {
  const { press, onpick, onhighlight, live } = show();
  await press('ArrowRight');
  await press('ArrowRight');
  await press('ArrowUp');
  expect(onhighlight.mock.lastCall).toEqual(['q/b']);
  await press('ArrowUp');
  await press('Enter');
  expect(onpick.mock.calls).toEqual([[{ profileId: 'p', runId: 'c' }]]);
  await press('Escape');
  expect(live()).toContain('sgd, n 2');
  await press('Escape');
  expect(live()).toBe('');
});

it('a run that is still there is still meant in the next picture', async () => {
  const { press, live, onhighlight } = show();
  await press('End');
  await press('ArrowUp');
  const runs = { ...layout.runs, profiles: [0, 0, 1], runIds: ['a', 'c', 'b'] };
  door.drawn?.onlayout({ ...layout, runs });
  flushSync();
  expect(onhighlight.mock.lastCall).toEqual(['q/b']);
  door.drawn?.onlayout({ ...layout, runs: { ...runs, runIds: ['a', 'c', 'z'] } });
  flushSync();
  expect([onhighlight.mock.lastCall, live()]).toEqual([[null], '']);
});
