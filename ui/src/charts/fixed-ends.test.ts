// @vitest-environment happy-dom
// Ends of axes that a card keeps: what is saved and typed, what is asked for, and how one gives them up.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { commands, type CurveChart, type CurveLayout, type Paper } from '../backend';
import { askedFormula } from './axis-words';
import { BoardView } from './board-view.svelte';
import { START_CHOICES, type CurveChoices } from './choices';
import CurveCard from './CurveCard.svelte';
import EndsFields from './EndsFields.svelte';
import { AUTOMATIC, parseEnds, parseFixedX, withEnd, xEndsWords, yEndsWords } from './fixed-ends';
import type { Zoom } from './zoom';

interface ChartProps {
  draw: (paper: Paper, zoom: Zoom) => unknown;
  onlayout: (layout: CurveLayout) => void;
  onkeep: (() => void) | undefined;
}
const door = vi.hoisted(() => ({ props: undefined as ChartProps | undefined }));
vi.mock('./Chart.svelte', () => ({ default: (_: Node, props: ChartProps) => (door.props = props) }));

let mounted: object[] = [];
afterEach(async () => {
  await Promise.all(mounted.map((each) => unmount(each)));
  mounted = [];
});

it('an end may follow the values, both together are no fixed range, and the first is below the last', () => {
  expect(withEnd(AUTOMATIC, { from: 0 })).toEqual({ from: 0, to: null });
  expect(withEnd({ from: 0, to: 1 }, { from: null })).toEqual({ from: null, to: 1 });
  expect(withEnd({ from: 0, to: null }, { from: null })).toBe(undefined);
  expect(withEnd({ from: 0, to: 1 }, { from: 1 })).toBe(undefined);
  const anything = [
    undefined,
    null,
    3,
    'x',
    [],
    {},
    { from: 'a', to: 1 },
    { from: Infinity, to: null },
    { from: 0 },
  ];
  for (const each of anything) expect([parseEnds(each), parseFixedX(each)]).toEqual([undefined, undefined]);
  expect(parseFixedX({ from: 3, to: null, of: 'metric.epoch' })).toEqual({
    from: 3,
    to: null,
    of: 'metric.epoch',
  });
  expect(parseFixedX({ from: 3, to: null, of: 'metric' })).toBe(undefined);
});

it('are said in the words of their axis', () => {
  expect([yEndsWords({ from: 0, to: 1 }), yEndsWords({ from: null, to: 0.5 })]).toEqual([
    'y 0.0 – 1.0',
    'y to 0.5',
  ]);
  expect(xEndsWords({ of: 'step', from: 100, to: null })).toBe('x from step 100');
  expect(xEndsWords({ of: 'metric.epoch', from: null, to: 20 })).toBe('x to 20');
  expect(xEndsWords({ of: 'relative', from: 0, to: 60_000 })).toMatch(/^0.* – 1 ?m/);
});

describe('a card', () => {
  const layout = { note: null, xKind: 'step', groups: [], inks: null, outliers: { points: 3 } };
  const counts = { withoutX: { runs: 0, points: 0 }, withoutPart: { runs: 0, points: 0 }, pointsTotal: 9 };
  function show(own: object, choices: CurveChoices = START_CHOICES) {
    const onown = vi.fn();
    const view = new BoardView();
    const runs = [{ profileId: 'vision', runId: 'r', displayName: 'r', color: 0, dash: 0 }];
    const props = { metric: 'loss', runs, choices, own, onown, onchoices: () => undefined, view };
    mounted.push(mount(CurveCard, { target: document.body, props }));
    door.props?.onlayout({ ...layout, ...counts, difference: null } as unknown as CurveLayout);
    flushSync();
    const asked = () => {
      const draw = vi.spyOn(commands, 'drawChart').mockResolvedValueOnce(new ArrayBuffer(0));
      door.props?.draw({} as Paper, { x: null, y: null });
      return draw.mock.lastCall?.[0] as CurveChart;
    };
    const button = () => document.querySelector<HTMLButtonElement>('[aria-label^="Range "]');
    return { onown, view, asked, button };
  }

  it('asks for what it keeps, says it, and one click makes it automatic', () => {
    const own = { yEnds: { from: 0, to: 1 }, xEnds: { of: 'step', from: 10, to: null } };
    const { asked, button, onown } = show(own);
    expect(asked()).toMatchObject({ yEnds: own.yEnds, xEnds: { from: 10, to: null }, yRange: null });
    expect(document.body.textContent).toContain('own x range, y range');
    expect(button()?.textContent).toContain('x from step 10 · y 0.0 – 1.0');
    button()?.click();
    expect(onown.mock.calls).toEqual([[{ xEnds: undefined, yEnds: undefined }]]);
  });

  it('has none by itself, nor of an x that is another one, nor among differences', () => {
    expect(show({}).button()).toBe(null);
    expect(show({ xEnds: { of: 'time', from: 10, to: null } }).asked()).toMatchObject({ xEnds: AUTOMATIC });
    const minus = { ...START_CHOICES, minus: { profileId: 'vision', runId: 'base' } };
    expect(show({ yEnds: { from: 0, to: 1 } }, minus).asked()).toMatchObject({ yEnds: AUTOMATIC });
  });

  it('may be over a formula, all of whose metrics are watched', async () => {
    const watch = vi.spyOn(commands, 'watch');
    const xAxis = askedFormula({ text: 'a + b', names: ['a', 'b'] });
    const { asked } = show({}, { ...START_CHOICES, xAxis });
    expect(asked()).toMatchObject({ xAxis: 'metric', xMetric: 'a + b', xFormulaOf: ['a', 'b'] });
    const of = { runIds: ['r'], keys: ['loss', 'a', 'b'] };
    await vi.waitFor(() =>
      expect(watch.mock.calls).toContainEqual([[['vision', { kind: 'histories', of }]]]),
    );
  });

  it('keeps what it is zoomed to', () => {
    const { view, onown } = show({});
    expect(door.props?.onkeep).toBe(undefined);
    view.zoom('loss', 'step', { y: [0.2, 0.4] }, 1);
    flushSync();
    door.props?.onkeep?.();
    expect(onown.mock.calls).toEqual([[{ yEnds: { from: 0.2, to: 0.4 } }]]);
    expect(view.zoomOf('loss', 'step')).toEqual({ x: null, y: null });
  });
});

it('are typed, in the unit that is said, and what cannot be is not taken', () => {
  const onchange = vi.fn();
  const props = {
    label: 'X',
    ends: { from: 60_000, to: null },
    unit: { size: 1000, word: 'seconds' },
    onchange,
  };
  mounted.push(mount(EndsFields, { target: document.body, props }));
  flushSync();
  const [from, to] = document.querySelectorAll('input');
  const type = (field: HTMLInputElement | undefined, value: string) => {
    if (field) field.value = value;
    field?.dispatchEvent(new Event('change', { bubbles: true }));
    flushSync();
  };
  expect([from?.value, to?.value]).toEqual(['60', '']);
  type(to, '30');
  expect(document.querySelector('[role=alert]')?.textContent).toContain('begin below');
  expect(onchange).not.toHaveBeenCalled();
  type(to, '90.5');
  type(from, '');
  expect(onchange.mock.calls).toEqual([[{ from: 60_000, to: 90_500 }], [undefined]]);
  expect(document.querySelector('[role=alert]')).toBe(null);
});
