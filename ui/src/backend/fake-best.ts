// The best runs of a scatter plot: only to have something to look at in a browser.
import type { Best, BestLayout, Better, Column, Direction, ValueAxis } from './bindings';

export type DirectionOf = (kind: Column['kind'], key: string) => Direction;
type Numbers = readonly (number | undefined)[];

export function bestOf(
  { kind, xBetter, yBetter }: Best,
  [xAxis, yAxis]: [ValueAxis, ValueAxis],
  [x, y]: [Numbers, Numbers],
  directionOf: DirectionOf,
): BestLayout {
  const known = ({ column }: ValueAxis) => directionOf(column.kind, column.key).better;
  const [a, b] = [xBetter ?? known(xAxis), yBetter ?? known(yAxis)];
  // The lower, the better.
  const turned = (values: Numbers, better: Better | null) =>
    values.map((value) => (better === 'higher' ? -(value ?? NaN) : (value ?? NaN)));
  const [xs, ys] = [turned(x, kind === 'front' ? a : 'lower'), turned(y, b)];
  const runs = xs.flatMap((_, run) => (Number.isFinite(xs[run]) && Number.isFinite(ys[run]) ? [run] : []));
  const sorted = [...runs].sort((i, j) => (xs[i] ?? 0) - (xs[j] ?? 0) || (ys[i] ?? 0) - (ys[j] ?? 0));
  let best = Infinity;
  const first = sorted.filter((run) => {
    const beats = (ys[run] ?? 0) < best;
    if (beats) best = ys[run] ?? 0;
    return beats;
  });
  const isKnown = b !== null && (kind === 'soFar' || a !== null);
  return { kind, xBetter: a, yBetter: b, runs: isKnown ? first : null, of: runs.length };
}
