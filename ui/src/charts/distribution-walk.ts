// Which group or bin of a distribution is meant, and which run in it: by a place in the picture, or by keys. Pure.
import type { DistributionLayout } from '../backend';
import { nearestPoint } from './marks';

export type Walked = Pick<DistributionLayout, 'form' | 'lies' | 'stops' | 'points' | 'xTenths' | 'yTenths'>;

export interface At {
  /** A group, or a bin of a histogram, by its index. */
  stop: number;
  /** A run in it, by its mark. */
  mark: number | undefined;
}

/** What is meant by a place in the picture, in CSS pixels. A run is, where it is a point of its own. */
export function atPlace(layout: Walked, place: { x: number; y: number }): At | undefined {
  const mark = markAt(layout, place);
  if (mark !== undefined) return { stop: stopOf(layout, mark), mark };
  // Lines go everywhere: nothing but their runs is meant.
  if (layout.form === 'edf') return undefined;
  const stop = layout.stops.findIndex(
    ({ rect: { x, y, width, height } }) =>
      place.x >= x && place.x < x + width && place.y >= y && place.y < y + height,
  );
  return stop < 0 ? undefined : { stop, mark: undefined };
}

function markAt({ form, points, xTenths, yTenths }: Walked, place: { x: number; y: number }) {
  if (form === 'edf' || points === null)
    return nearestPoint(xTenths, yTenths, place, form === 'edf' ? 14 : 6);
  const of = (tenths: readonly number[]) => points.map((mark) => tenths[mark] ?? NaN);
  const nearest = nearestPoint(of(xTenths), of(yTenths), place, 6);
  return nearest === undefined ? undefined : points[nearest];
}

/** The stop that has a mark. */
export function stopOf({ stops }: Walked, mark: number): number {
  return stops.findIndex(({ firstMark, marks }) => mark >= firstMark && mark < firstMark + marks);
}

/** Where a key leads; undefined: this key leads nowhere. */
export function atKey(layout: Walked, at: At | undefined, key: string): At | undefined {
  const { form, lies, stops } = layout;
  const last = stops.length - 1;
  if (last < 0) return undefined;
  if (key === 'Home') return { stop: 0, mark: undefined };
  if (key === 'End') return { stop: last, mark: undefined };
  const across = { ArrowRight: 1, ArrowLeft: -1 }[key];
  const upwards = { ArrowUp: 1, ArrowDown: -1 }[key];
  // Values go along the lines and the boxes that lie; bins stand beside each other.
  const alongX = lies && form !== 'histogram';
  const [between, within] = alongX ? [upwards && -upwards, across] : [across, upwards];
  if (between !== undefined) {
    if (!at) return { stop: between > 0 ? 0 : last, mark: undefined };
    const stop = Math.min(last, Math.max(0, at.stop + between));
    return { stop, mark: form === 'edf' ? nearestAcross(layout, stop, at.mark) : undefined };
  }
  if (within === undefined) return undefined;
  const stop = at?.stop ?? 0;
  const { firstMark = 0, marks = 0 } = stops[stop] ?? {};
  if (marks === 0) return { stop, mark: undefined };
  const end = firstMark + marks - 1;
  if (at?.mark === undefined) return { stop, mark: within > 0 ? firstMark : end };
  return { stop, mark: Math.min(end, Math.max(firstMark, at.mark + within)) };
}

/** The run of another line that is nearest in its value. */
function nearestAcross({ stops, xTenths }: Walked, stop: number, mark: number | undefined) {
  const { firstMark = 0, marks = 0 } = stops[stop] ?? {};
  if (mark === undefined || marks === 0) return undefined;
  const away = (other: number) => Math.abs((xTenths[other] ?? 0) - (xTenths[mark] ?? 0));
  let best = firstMark;
  for (let other = firstMark; other < firstMark + marks; other++) if (away(other) < away(best)) best = other;
  return best;
}
