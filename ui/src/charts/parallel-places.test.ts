// Where lines and brushes of parallel coordinates are.
import { expect, it } from 'vitest';
import type { ParallelAxisLayout } from '../backend';
import {
  axisAt,
  brushByKey,
  dragged,
  dropPlace,
  gripAt,
  heightOf,
  nearestLine,
  rangeOf,
  shareAt,
  sharesOf,
} from './parallel-places';

const plot = { x: 0, y: 20, width: 200, height: 100 };
const axis = (xPx: number, yTenths: number[], flipped = false, scale: 'linear' | 'log' = 'linear') =>
  ({
    xPx,
    yTenths,
    flipped,
    dimension: { axis: { min: 1, max: 100, scale } },
  }) as unknown as ParallelAxisLayout;
// Two runs: one straight along the top, one that falls steeply.
const axes = [axis(0, [200, 200]), axis(100, [200, 1200]), axis(200, [200, 1200])];

it('the nearest line is the one that passes there, if it is near and counts', () => {
  expect(nearestLine(axes, { x: 150, y: 25 }, undefined)).toBe(0);
  expect(nearestLine(axes, { x: 50, y: 66 }, undefined)).toBe(1);
  expect(nearestLine(axes, { x: 50, y: 61 }, undefined)).toBe(1);
  expect(nearestLine(axes, { x: 150, y: 70 }, undefined)).toBe(undefined);
  expect(nearestLine(axes, { x: 150, y: 25 }, [1])).toBe(undefined);
  expect(nearestLine(axes, { x: 230, y: 20 }, undefined)).toBe(undefined);
  expect(nearestLine([], { x: 0, y: 0 }, undefined)).toBe(undefined);
  expect(nearestLine([axis(50, [200, 900])], { x: 52, y: 88 }, undefined)).toBe(1);
});

it('a brush reads the same values wherever its axis is flipped or logarithmic', () => {
  for (const flipped of [false, true]) {
    for (const scale of ['linear', 'log'] as const) {
      const of = axis(0, [], flipped, scale);
      const [a, b] = [shareAt(of, plot, 45), shareAt(of, plot, 95)];
      const range = rangeOf(of.dimension.axis, a, b);
      const shares = sharesOf(of.dimension.axis, range);
      const ends = shares.map((share) => heightOf(of, plot, share)).sort((x, y) => x - y);
      expect(ends[0]).toBeCloseTo(45, 6);
      expect(ends[1]).toBeCloseTo(95, 6);
      // To the ends, and a hair beyond: what stands there is inside.
      const all = rangeOf(of.dimension.axis, shareAt(of, plot, -50), shareAt(of, plot, 500));
      expect(all[0]).toBeLessThan(1);
      expect(all[1]).toBeGreaterThan(100);
      expect(all[1]).toBeLessThan(100.001);
    }
  }
});

it('a drag begins a brush, takes an end of it, or moves it whole', () => {
  const of = axis(0, []);
  const brush = rangeOf(of.dimension.axis, 0.4, 0.6);
  const drag = (from_px: number, to_px: number, range = brush as typeof brush | undefined) =>
    dragged(gripAt(of, plot, range, from_px), shareAt(of, plot, to_px)).map((share) => share.toFixed(2));
  expect(drag(110, 90, undefined)).toEqual(['0.10', '0.30']);
  expect(drag(90, 110, undefined)).toEqual(['0.10', '0.30']);
  expect(drag(61, 50)).toEqual(['0.40', '0.70']);
  expect(drag(79, 40)).toEqual(['0.60', '0.80']);
  expect(drag(70, 60)).toEqual(['0.50', '0.70']);
  expect(drag(70, -300)).toEqual(['0.80', '1.00']);
  expect(drag(30, 25)).toEqual(['0.90', '0.95']);
});

it('keys move the ends of a brush and never past each other', () => {
  const up = (shiftKey: boolean, shares: [number, number]) =>
    brushByKey({ key: 'ArrowUp', shiftKey }, shares);
  expect(up(false, [0, 1])).toEqual([0.05, 1]);
  expect(up(false, [0.58, 0.6])).toEqual([0.6, 0.6]);
  expect(up(true, [0, 0.98])).toEqual([0, 1]);
  expect(brushByKey({ key: 'ArrowDown', shiftKey: true }, [0.5, 0.52])).toEqual([0.5, 0.5]);
  expect(brushByKey({ key: 'x', shiftKey: false }, [0, 1])).toBe(undefined);
});

it('an axis is taken near it, and dropped between others', () => {
  expect([axisAt(axes, 104), axisAt(axes, 120)]).toEqual([1, undefined]);
  expect([-10, 50, 150, 260].map((x) => dropPlace(axes, 0, x))).toEqual([0, 0, 1, 2]);
  expect(dropPlace(axes, 2, 50)).toBe(1);
});
