// What is where in a chart of parallel coordinates: axes, lines, and the ranges that are brushed on axes.
import type { Axis, ParallelAxisLayout, Rect } from '../backend';
import { shareOf, valueAt } from './frame';

export type Range = readonly [number, number];
interface Place {
  x: number;
  y: number;
}

/** How near to an axis a press begins a brush, and how near to an end of one it takes that end. */
const AXIS_REACH_PX = 9;
const END_REACH_PX = 5;

/** The axis at a place, by its index. */
export function axisAt(axes: readonly ParallelAxisLayout[], x_px: number): number | undefined {
  const at = axes.findIndex((axis) => Math.abs(axis.xPx - x_px) <= AXIS_REACH_PX);
  return at < 0 ? undefined : at;
}

/** The run whose line passes nearest to a place, if one passes near enough; `among` says which count. */
export function nearestLine(
  axes: readonly ParallelAxisLayout[],
  place: Place,
  among: readonly number[] | undefined,
  reach_px = 8,
): number | undefined {
  const right = axes.findIndex((axis) => axis.xPx >= place.x);
  const at = right < 0 ? axes.length - 1 : right;
  const [from, to] = [axes[Math.max(0, at - 1)], axes[at]];
  if (!from || !to || place.x < from.xPx - reach_px || place.x > to.xPx + reach_px) return undefined;
  const gap = to.xPx - from.xPx;
  const share = gap > 0 ? Math.min(1, Math.max(0, (place.x - from.xPx) / gap)) : 0;
  let best: number | undefined;
  let least = reach_px;
  const look = (run: number) => {
    const [a, b] = [(from.yTenths[run] ?? NaN) / 10, (to.yTenths[run] ?? NaN) / 10];
    // A steep line is nearer than it is upright.
    const away = Math.abs(a + (b - a) * share - place.y) * (gap > 0 ? gap / Math.hypot(gap, b - a) : 1);
    if (away > least || Number.isNaN(away)) return;
    least = away;
    best = run;
  };
  if (among) among.forEach(look);
  else for (let run = 0; run < from.yTenths.length; run++) look(run);
  return best;
}

/** Where a height in the picture is along an axis: 0 at its least value, 1 at its largest. */
export function shareAt({ flipped }: ParallelAxisLayout, plot: Rect, y_px: number): number {
  const up = Math.min(1, Math.max(0, (plot.y + plot.height - y_px) / plot.height));
  return flipped ? 1 - up : up;
}

export function heightOf({ flipped }: ParallelAxisLayout, plot: Rect, share: number): number {
  return plot.y + plot.height * (flipped ? share : 1 - share);
}

/** The values between two shares of an axis. An end of the axis takes in what only rounding puts beyond it. */
export function rangeOf(axis: Axis, a: number, b: number): Range {
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  const dust = axis.scale === 'log' ? 0 : (axis.max - axis.min) * 1e-9;
  const factor = axis.scale === 'log' ? 1 + 1e-9 : 1;
  return [
    low <= 0 ? axis.min / factor - dust : valueAt(axis, low),
    high >= 1 ? axis.max * factor + dust : valueAt(axis, high),
  ];
}

/** The shares of an axis that a range of values takes. */
export function sharesOf(axis: Axis, [low, high]: Range): [number, number] {
  const share = (value: number) => Math.min(1, Math.max(0, shareOf(axis, value)));
  return [share(low), share(high)];
}

/** What a drag does, from where it begins on an axis: as shares of it. */
export type Grip = { kind: 'new'; from: number } | { kind: 'move'; from: number; of: [number, number] };

export function gripAt(layout: ParallelAxisLayout, plot: Rect, brush: Range | undefined, y_px: number): Grip {
  const from = shareAt(layout, plot, y_px);
  if (!brush) return { kind: 'new', from };
  const shares = sharesOf(layout.dimension.axis, brush);
  const reach = END_REACH_PX / plot.height;
  // Who takes an end draws a new one from the other end.
  if (Math.abs(shares[0] - from) <= reach) return { kind: 'new', from: shares[1] };
  if (Math.abs(shares[1] - from) <= reach) return { kind: 'new', from: shares[0] };
  return from > shares[0] && from < shares[1] ? { kind: 'move', from, of: shares } : { kind: 'new', from };
}

/** The shares of a brush that was taken so and has been dragged to `to`. */
export function dragged(grip: Grip, to: number): [number, number] {
  if (grip.kind === 'new') return grip.from < to ? [grip.from, to] : [to, grip.from];
  const [low, high] = grip.of;
  // It keeps its length at the ends of the axis.
  const by = Math.min(1 - high, Math.max(-low, to - grip.from));
  return [low + by, high + by];
}

/** What a key does to the shares of a brush: the arrows move its lower end, with Shift its upper one. */
export function brushByKey(
  event: { key: string; shiftKey: boolean },
  [low, high]: readonly [number, number],
): [number, number] | undefined {
  const STEP = 0.05;
  const by = event.key === 'ArrowUp' ? STEP : event.key === 'ArrowDown' ? -STEP : undefined;
  if (by === undefined) return undefined;
  if (event.shiftKey) return [low, Math.min(1, Math.max(low, high + by))];
  return [Math.max(0, Math.min(high, low + by)), high];
}

/** The place among the axes that a head dropped here takes, the dragged one counted out. */
export function dropPlace(axes: readonly { xPx: number }[], from: number, x_px: number): number {
  return axes.filter((axis, i) => i !== from && axis.xPx < x_px).length;
}
