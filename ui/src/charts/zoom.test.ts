// What gestures do to the axes, what can be taken back, and where the old picture goes meanwhile.
import { describe, expect, it, vi } from 'vitest';
import type { Axis } from '../backend';
import { BoardView } from './board-view.svelte';
import { SyncZoom } from './sync-zoom.svelte';
import {
  boxOf,
  isOn,
  moveOf,
  notBeyond,
  panned,
  wantedAxes,
  zoomOf,
  zoomedAround,
  type Axes,
  type Zoom,
} from './zoom';
import { ZoomHand } from './zoom-hand.svelte';
import { zoomWords } from './zoom-words';
import { nextGesture } from './zooms';

const axis = (min: number, max: number, scale: Axis['scale'] = 'linear'): Axis => ({ min, max, scale });
const plot = { x: 40, y: 10, width: 200, height: 100 };
const axes: Axes = { plot, x: axis(0, 100), y: axis(0, 1) };

describe('the box of a drag', () => {
  it.each([
    ['hardly moved', [100, 50], [102, 51], undefined],
    ['along x', [60, 50], [160, 58], { axes: 'x', rect: { x: 60, y: 10, width: 100, height: 100 } }],
    ['along y, upwards', [100, 90], [104, 30], { axes: 'y', rect: { x: 40, y: 30, width: 200, height: 60 } }],
    ['both', [140, 30], [90, 90], { axes: 'both', rect: { x: 90, y: 30, width: 50, height: 60 } }],
    [
      'out of the plot',
      [140, 50],
      [999, 55],
      { axes: 'x', rect: { x: 140, y: 10, width: 100, height: 100 } },
    ],
    [
      'on the numbers of y',
      [20, 90],
      [40, 30],
      { axes: 'y', rect: { x: 40, y: 30, width: 200, height: 60 } },
    ],
    [
      'on the numbers of x',
      [60, 120],
      [80, 60],
      { axes: 'x', rect: { x: 60, y: 10, width: 20, height: 100 } },
    ],
    ['off its axis', [20, 90], [160, 90], undefined],
  ] as const)('%s', (_, from, to, box) => {
    const place = ([x, y]: readonly [number, number]) => ({ x, y });
    expect(boxOf(place(from), place(to), plot)).toEqual(box);
  });

  it('is a part of its axes', () => {
    const rect = { x: 90, y: 30, width: 50, height: 60 };
    expect(zoomOf({ axes: 'both', rect }, axes)).toEqual({
      x: [25, 50],
      y: [expect.closeTo(0.2), expect.closeTo(0.8)],
    });
    expect(zoomOf({ axes: 'x', rect }, axes)).toEqual({ x: [25, 50] });
    const log = { ...axes, y: axis(1, 10_000, 'log') };
    const upper = { axes: 'y', rect: { ...plot, height: 50 } } as const;
    expect(zoomOf(upper, log)).toEqual({ y: [expect.closeTo(100), expect.closeTo(10_000)] });
    // No part where nothing is between its ends any more.
    expect(zoomOf({ axes: 'x', rect }, { ...axes, x: axis(1e15, 1e15 + 1) })).toEqual({});
  });
});

it('zooming and panning keep what is under the pointer, and stop at the ends of what there is', () => {
  expect(zoomedAround(axes.x, 0.5, 0.5)).toEqual([25, 75]);
  expect(zoomedAround(axes.x, 0, 0.5)).toEqual([0, 50]);
  expect(zoomedAround(axis(1, 1), 0.5, 0.5)).toBeUndefined();
  const part = axis(20, 40);
  expect(notBeyond([10, 50], part, axes.x)).toEqual([10, 50]);
  expect(notBeyond([-10, 50], part, axes.x)).toEqual([0, 50]);
  expect(notBeyond([-10, 150], part, axes.x), 'that is all').toBeNull();
  // Another chart has zoomed to what this one does not have.
  expect(notBeyond([70, 320], axis(80, 300), axes.x)).toEqual([70, 300]);
  expect(panned(part, 0.5, axes.x)).toEqual([30, 50]);
  expect(panned(part, -5, axes.x)).toEqual([0, 20]);
  expect(panned(axes.x, 0.5, axes.x), 'all is shown').toBeUndefined();
  expect(panned(axis(1, 10, 'log'), 1, undefined)).toEqual([expect.closeTo(10), expect.closeTo(100)]);
  expect([isOn('log', [0, 1]), isOn('log', [0.1, 1]), isOn('symlog', [-1, 1]), isOn('linear', null)]).toEqual(
    [false, true, true, false],
  );
});

describe('the old picture', () => {
  it('goes to where its values are on the wanted axes', () => {
    expect(moveOf(axes, axes)).toBeUndefined();
    // The middle half of x fills the plot.
    const half = moveOf(axes, { ...axes, x: axis(25, 75) });
    expect(half).toEqual({ scaleX: 2, scaleY: 1, x_px: -100, y_px: -0 });
    // The upper half of y: its top edge stays.
    expect(moveOf(axes, { ...axes, y: axis(0.5, 1) })).toMatchObject({ scaleY: 2, y_px: -0 });
    expect(moveOf(axes, { ...axes, y: axis(0, 0.5) })).toMatchObject({ scaleY: 2, y_px: -100 });
    // One decade of four.
    const log = moveOf({ ...axes, x: axis(1, 10_000, 'log') }, { ...axes, x: axis(10, 100, 'log') });
    expect(log).toMatchObject({ scaleX: expect.closeTo(4), x_px: expect.closeTo(-200) });
    const out = moveOf({ ...axes, x: axis(25, 75) }, axes);
    expect(out).toMatchObject({ scaleX: 0.5, x_px: 50 });
  });
  it('is not shown where nothing of it could be recognised', () => {
    expect(moveOf({ ...axes, x: axis(0, 1) }, { ...axes, x: axis(0, 1e9) })).toBeUndefined();
    expect(moveOf({ ...axes, x: axis(1, 9, 'log') }, { ...axes, x: axis(-1, 9) })).toBeUndefined();
  });
});

it('what will be drawn is known where it was seen before', () => {
  const whole = { x: axes.x, y: axes.y };
  const of = (zoom: Zoom) => ({ x: axis(20, 40), y: axis(0.2, 0.4), zoom });
  const ends = ({ x, y }: { x: Axis; y: Axis }) => [x.min, x.max, y.min, y.max];
  const [zoomed, none] = [{ x: [20, 40], y: null } as const, { x: null, y: null }];
  expect(ends(wantedAxes(of(zoomed), { x: [25, 30], y: [0, 2] }, whole))).toEqual([25, 30, 0, 2]);
  expect(ends(wantedAxes(of(zoomed), none, whole))).toEqual([0, 100, 0, 1]);
  expect(ends(wantedAxes(of(zoomed), none, {})), 'not known').toEqual([20, 40, 0.2, 0.4]);
  // y follows what is shown of x, which only the drawing finds out.
  expect(ends(wantedAxes(of({ x: [20, 40], y: [0.2, 0.4] }), zoomed, whole))).toEqual([20, 40, 0.2, 0.4]);
  expect(ends(wantedAxes(of(none), none, whole))).toEqual([20, 40, 0.2, 0.4]);
});

describe('looking at a board', () => {
  const view = (on = true) => {
    const sync = new SyncZoom({
      getValue: () => Promise.resolve(null),
      setValue: () => Promise.resolve(null),
    });
    if (!on) sync.switch();
    return { sync, view: new BoardView(sync) };
  };
  const zoom = (of: BoardView, card: string, change: Partial<Zoom>, gesture = nextGesture()) =>
    of.zoom(card, 'step', change, gesture);

  it('zooms x of all charts together and y of each by itself', () => {
    const { view: of } = view();
    zoom(of, 'loss', { x: [1, 5], y: [0, 1] });
    expect(of.zoomOf('loss', 'step')).toEqual({ x: [1, 5], y: [0, 1] });
    expect(of.zoomOf('lr', 'step')).toEqual({ x: [1, 5], y: null });
    expect(of.zoomOf('lr', 'time')).toEqual({ x: null, y: null });
  });

  it('goes back gesture by gesture, whichever chart it was made in', () => {
    const { view: of } = view();
    expect(of.canStepBack('loss', 'step')).toBe(false);
    zoom(of, 'loss', { x: [0, 50], y: [0, 1] });
    const wheel = nextGesture();
    for (const to of [40, 30, 20]) zoom(of, 'lr', { x: [10, to] }, wheel);
    expect(of.zoomOf('loss', 'step')).toEqual({ x: [10, 20], y: [0, 1] });
    of.stepBack('loss', 'step');
    expect(of.zoomOf('loss', 'step'), 'all turns of the wheel are one step').toEqual({
      x: [0, 50],
      y: [0, 1],
    });
    of.stepBack('loss', 'step');
    expect(of.zoomOf('loss', 'step'), 'a box is one step').toEqual({ x: null, y: null });
    expect(of.canStepBack('loss', 'step')).toBe(false);
    of.stepBack('loss', 'step');
    expect(of.zoomOf('loss', 'step')).toEqual({ x: null, y: null });
  });

  it('shows everything at once, with nothing to go back to', () => {
    const { view: of } = view();
    zoom(of, 'loss', { x: [0, 50] });
    zoom(of, 'loss', { y: [0, 1] });
    of.showWhole('loss', 'step');
    expect([of.zoomOf('loss', 'step'), of.canStepBack('loss', 'step')]).toEqual([
      { x: null, y: null },
      false,
    ]);
  });

  it('lets each chart go on by itself from what all have shown, and all join again', () => {
    const { view: of, sync } = view();
    zoom(of, 'loss', { x: [0, 50] });
    sync.switch();
    expect(of.zoomOf('lr', 'step').x).toEqual([0, 50]);
    zoom(of, 'lr', { x: [0, 5] });
    expect([of.zoomOf('loss', 'step').x, of.zoomOf('lr', 'step').x]).toEqual([
      [0, 50],
      [0, 5],
    ]);
    of.stepBack('lr', 'step');
    expect(of.zoomOf('lr', 'step').x).toEqual([0, 50]);
    of.showWhole('lr', 'step');
    expect([of.zoomOf('loss', 'step').x, of.zoomOf('lr', 'step').x]).toEqual([[0, 50], null]);
    sync.switch();
    expect(of.zoomOf('lr', 'step').x).toEqual([0, 50]);
    sync.switch();
    expect(of.zoomOf('lr', 'step').x, 'what it was before is forgotten').toEqual([0, 50]);
  });

  it('remembers whether charts zoom together', async () => {
    let kept: string | null = null;
    const app = {
      getValue: () => Promise.resolve(kept),
      setValue: (_: string, json: string | null) => ((kept = json), Promise.resolve(null)),
    };
    new SyncZoom(app).switch();
    const again = new SyncZoom(app);
    expect(again.on).toBe(true);
    await again.restore();
    expect(again.on).toBe(false);
  });
});

describe('the hand', () => {
  function hold(zoom: Zoom = { x: null, y: null }, whole: Partial<Axes> = {}) {
    const done: [Partial<Zoom>, number][] = [];
    const hand = new ZoomHand({
      axes: () => ({
        plot,
        x: zoom.x ? axis(...zoom.x) : axes.x,
        y: zoom.y ? axis(...zoom.y) : axes.y,
      }),
      whole: () => whole,
      zoom: () => zoom,
      onzoom: (change, gesture) => done.push([change, gesture]),
    });
    return { hand, done };
  }
  const turn = (of: Partial<WheelEvent>) =>
    ({ deltaX: 0, deltaY: 0, deltaMode: 0, ctrlKey: false, metaKey: false, ...of }) as WheelEvent;
  const middle = { x: 140, y: 60 };
  vi.stubGlobal('WheelEvent', { DOM_DELTA_PIXEL: 0 });

  it('leaves the wheel to the page unless it is asked for', () => {
    const { hand, done } = hold({ x: [20, 40], y: null }, { x: axes.x });
    expect(hand.wheel(turn({ deltaY: -60 }), middle, false)).toBe(false);
    expect(hand.wheel(turn({ deltaY: -60, ctrlKey: true }), middle, false)).toBe(true);
    expect(hand.wheel(turn({ deltaY: -60 }), middle, true)).toBe(true);
    expect(done).toHaveLength(2);
    const [first, second] = done;
    expect(first?.[0].x?.map((end) => end - 30)).toEqual([expect.closeTo(-8.19, 2), expect.closeTo(8.19, 2)]);
    expect(second?.[1], 'one gesture').toBe(first?.[1]);
    // Over the numbers of y it is y, and another gesture.
    hand.wheel(turn({ deltaY: -60 }), { x: 20, y: 60 }, true);
    expect(Object.keys(done[2]?.[0] ?? {})).toEqual(['y']);
    expect(done[2]?.[1]).not.toBe(first?.[1]);
    // With Shift it pans.
    hand.wheel(turn({ deltaY: 100, shiftKey: true }), middle, false);
    expect(done[3]?.[0]).toEqual({ x: [30, 50] });
  });

  it('lets the page scroll on where there is no more to zoom out to', () => {
    const { hand, done } = hold(undefined, { x: axes.x });
    expect(hand.wheel(turn({ deltaY: 60 }), middle, true)).toBe(false);
    expect(hand.wheel(turn({ deltaY: 60, ctrlKey: true }), middle, true), 'nor does the page zoom').toBe(
      true,
    );
    expect(done).toEqual([]);
  });

  it('frames by a drag, and a press is none', () => {
    const { hand, done } = hold();
    hand.press({ x: 60, y: 50 }, 'box');
    hand.move({ x: 61, y: 50 });
    expect(hand.release()).toBe(false);
    hand.press({ x: 60, y: 50 }, 'box');
    hand.move({ x: 160, y: 52 });
    expect(hand.box?.axes).toBe('x');
    expect(hand.release()).toBe(true);
    expect(done).toEqual([[{ x: [10, 60] }, expect.any(Number)]]);
    hand.press({ x: 60, y: 50 }, 'box');
    hand.move({ x: 160, y: 52 });
    hand.drop();
    expect([hand.release(), done.length]).toEqual([false, 1]);
  });

  it('pans by a drag from where it was taken, y only where it is zoomed', () => {
    const inX = hold({ x: [20, 40], y: null }, { x: axes.x });
    inX.hand.press(middle, 'pan');
    inX.hand.move({ x: 90, y: 90 });
    inX.hand.move({ x: 40, y: 90 });
    expect(inX.done.map(([change]) => change)).toEqual([{ x: [25, 45] }, { x: [30, 50] }]);
    expect(inX.done[0]?.[1]).toBe(inX.done[1]?.[1]);
    const both = hold({ x: [20, 40], y: [0, 0.5] }, { x: axes.x });
    both.hand.press(middle, 'pan');
    both.hand.move({ x: 90, y: 110 });
    expect(both.done[0]?.[0]).toEqual({ x: [25, 45], y: [0.25, 0.75] });
  });

  it('takes keys: nearer and farther, along with Ctrl', () => {
    const { hand, done } = hold({ x: [20, 50], y: null }, { x: axes.x });
    const key = (name: string, of: Partial<KeyboardEvent> = {}) =>
      hand.key(
        { key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...of } as KeyboardEvent,
        middle,
      );
    expect(key('+')).toBe(true);
    expect(done.at(-1)?.[0].x).toEqual([expect.closeTo(25), expect.closeTo(45)]);
    expect(key('-', { altKey: true })).toBe(true);
    expect(done.at(-1)?.[0].y).toEqual([expect.closeTo(-0.25), expect.closeTo(1.25)]);
    expect(key('ArrowRight', { ctrlKey: true })).toBe(true);
    expect(done.at(-1)?.[0].x).toEqual([expect.closeTo(26), expect.closeTo(56)]);
    expect(key('ArrowRight')).toBe(false);
  });
});

it('a card says what it is zoomed to, with as many digits as tell the ends apart', () => {
  expect(zoomWords({ x: [1200.3, 3400.8], y: [0.2, 0.4123] }, 'step')).toEqual([
    'step 1,200 – 3,401',
    'y 0.20 – 0.41',
  ]);
  expect(zoomWords({ x: null, y: [1000.001, 1000.004] }, 'step')).toEqual(['y 1,000.0010 – 1,000.0040']);
  expect(zoomWords({ x: [0, 7_980_000], y: null }, 'relative')).toEqual(['0 ms – 2 h 13 min']);
  expect(zoomWords({ x: null, y: null }, 'step')).toEqual([]);
});
