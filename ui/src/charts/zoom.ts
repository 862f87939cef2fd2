// From a gesture in a chart to the part of its axes that is shown next, and where the old picture goes until then. Pure.
import type { Axis, Rect, Scale } from '../backend';
import { shareOf, valueAt } from './frame';
import type { Range } from './zooms';

/** The part of each axis that is shown; null: what the chart shows by itself. */
export interface Zoom {
  x: Range | null;
  y: Range | null;
}
export const WHOLE: Zoom = { x: null, y: null };

export interface Place {
  x: number;
  y: number;
}
/** The axes of a chart, and where in the picture they are. */
export interface Axes {
  plot: Rect;
  x: Axis;
  y: Axis;
}

/** A drag shorter than this is a press. */
export const LEAST_DRAG_PX = 4;
/** A drag that goes so little in one direction goes in the other only. */
const ALONG = 0.25;
const ALONG_PX = 10;

/** What a drag frames: a part of x over the whole height, a part of y over the whole width, or a part of both. */
export interface Box {
  axes: 'x' | 'y' | 'both';
  rect: Rect;
}

/** A drag that begins beside the plot, where the numbers of an axis are, is along that axis. */
export function boxOf(from: Place, to: Place, plot: Rect): Box | undefined {
  const [right, bottom] = [plot.x + plot.width, plot.y + plot.height];
  const inside = ({ x, y }: Place): Place => ({
    x: Math.min(right, Math.max(plot.x, x)),
    y: Math.min(bottom, Math.max(plot.y, y)),
  });
  const [a, b] = [inside(from), inside(to)];
  const [wide, high] = [Math.abs(b.x - a.x), Math.abs(b.y - a.y)];
  if (Math.hypot(to.x - from.x, to.y - from.y) < LEAST_DRAG_PX) return undefined;
  const isAlong = (other: number, main: number) => other < Math.max(ALONG_PX, main * ALONG);
  const alongX = from.y > bottom || (from.x >= plot.x && isAlong(high, wide) && wide >= high);
  const alongY = !alongX && (from.x < plot.x || isAlong(wide, high));
  const left = Math.min(a.x, b.x);
  const top = Math.min(a.y, b.y);
  if ((alongX ? wide : alongY ? high : Math.min(wide, high)) < LEAST_DRAG_PX) return undefined;
  if (alongX) return { axes: 'x', rect: { ...plot, x: left, width: wide } };
  if (alongY) return { axes: 'y', rect: { ...plot, y: top, height: high } };
  return { axes: 'both', rect: { x: left, y: top, width: wide, height: high } };
}

/** What is inside a box, as values of the axes. */
export function zoomOf({ axes, rect }: Box, of: Axes): Partial<Zoom> {
  const x = part(of.x, (rect.x - of.plot.x) / of.plot.width, rect.width / of.plot.width);
  const below = of.plot.y + of.plot.height - rect.y - rect.height;
  const y = part(of.y, below / of.plot.height, rect.height / of.plot.height);
  return { ...(axes !== 'y' && x && { x }), ...(axes !== 'x' && y && { y }) };
}

/** The range from a share of an axis on. Undefined where it has no length any more. */
function part(axis: Axis, from: number, length: number): Range | undefined {
  const range = [valueAt(axis, from), valueAt(axis, from + length)] as const;
  return isRange(range) ? range : undefined;
}

/** Whether there is room between the ends for the app to draw. */
function isRange([from, to]: Range): boolean {
  return Number.isFinite(to - from) && to - from > 1e-12 * Math.max(Math.abs(from), Math.abs(to));
}

/**
 * The axis moved by a share of its length, positive to larger values, as far as there is something to see. Undefined
 * where it cannot move.
 */
export function panned(axis: Axis, by: number, whole: Axis | undefined): Range | undefined {
  const least = whole ? Math.min(0, shareOf(axis, whole.min)) : -Infinity;
  const most = whole ? Math.max(0, shareOf(axis, whole.max) - 1) : Infinity;
  const allowed = Math.min(most, Math.max(least, by));
  return allowed === 0 ? undefined : part(axis, allowed, 1);
}

/** A range zoomed around a share of the axis that stays where it is; `factor` below 1 comes nearer. */
export function zoomedAround(axis: Axis, share: number, factor: number): Range | undefined {
  return part(axis, share - share * factor, factor);
}

/** Not farther out than all there is, or than what is shown already; null where that is everything. */
export function notBeyond(range: Range, shown: Axis, whole: Axis | undefined): Range | null {
  if (!whole) return range;
  const [least, most] = [Math.min(shown.min, whole.min), Math.max(shown.max, whole.max)];
  const [from, to] = [Math.max(range[0], least), Math.min(range[1], most)];
  if (from <= whole.min && to >= whole.max) return null;
  return to > from ? [from, to] : range;
}

/**
 * The axes that will be drawn: where a range is taken away again, what was seen there last, if that is known. y without
 * a range is what is needed of x, which only the drawing tells.
 */
export function wantedAxes(
  drawn: { x: Axis; y: Axis; zoom: Zoom },
  zoom: Zoom,
  whole: { x?: Axis | undefined; y?: Axis | undefined },
): { x: Axis; y: Axis } {
  const of = (axis: Axis, range: Range | null, all: Axis | undefined) =>
    range ? { ...axis, min: range[0], max: range[1] } : (all ?? axis);
  const wasZoomed = drawn.zoom.x !== null || drawn.zoom.y !== null;
  return {
    x: of(drawn.x, zoom.x, drawn.zoom.x ? whole.x : undefined),
    y: of(drawn.y, zoom.y, wasZoomed && zoom.x === null ? whole.y : undefined),
  };
}

/** Whether a scale has a place for all of a range. */
export function isOn(scale: Scale, range: Range | null): range is Range {
  return range !== null && (scale !== 'log' || range[0] > 0);
}

/** Where a picture goes, from where it was drawn: first scaled from its upper left corner, then moved. */
export interface Move {
  scaleX: number;
  scaleY: number;
  x_px: number;
  y_px: number;
}

/** How the plot of a drawn picture lies in the axes that are wanted; undefined where it stays, or goes too far. */
export function moveOf({ plot, x, y }: Axes, wanted: Pick<Axes, 'x' | 'y'>): Move | undefined {
  const [left, right] = [shareOf(x, wanted.x.min), shareOf(x, wanted.x.max)];
  const [bottom, top] = [shareOf(y, wanted.y.min), shareOf(y, wanted.y.max)];
  if (left === 0 && right === 1 && bottom === 0 && top === 1) return undefined;
  const [scaleX, scaleY] = [1 / (right - left), 1 / (top - bottom)];
  const move = {
    scaleX,
    scaleY,
    x_px: -left * scaleX * plot.width,
    y_px: -(1 - top) * scaleY * plot.height,
  };
  const isSane = [scaleX, scaleY].every((scale) => scale > 1e-4 && scale < 1e4);
  return isSane && Object.values(move).every(Number.isFinite) ? move : undefined;
}
