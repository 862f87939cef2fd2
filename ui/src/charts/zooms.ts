// What is zoomed to, and the steps that led there, each of which can be taken back. Pure.
export type Range = readonly [number, number];

interface Zoomed {
  range: Range | null;
  /** What it was before each gesture, the latest last. */
  before: readonly { gesture: number; range: Range | null }[];
}

/** By what is zoomed: an axis of one chart, or one that several share. */
export type Zooms = Readonly<Record<string, Zoomed>>;

/** So many steps can be taken back. */
const MOST_STEPS = 50;

let gestures = 0;
/** All that one gesture does is one step: a number for it. */
export const nextGesture = (): number => ++gestures;

/** `range` null is everything. `start` is what was seen before the first zoom. */
export function zoomedTo(
  all: Zooms,
  key: string,
  range: Range | null,
  gesture: number,
  start: Range | null = null,
): Zooms {
  const { range: now, before } = all[key] ?? { range: start, before: [] };
  if (isSame(now, range)) return all;
  const goesOn = before.at(-1)?.gesture === gesture;
  const steps = goesOn ? before : [...before, { gesture, range: now }].slice(-MOST_STEPS);
  return { ...all, [key]: { range, before: steps } };
}

export function canStepBack(all: Zooms, keys: readonly string[]): boolean {
  return keys.some((key) => (all[key]?.before.length ?? 0) > 0);
}

/** Takes back the latest gesture, in each of these that it changed. */
export function steppedBack(all: Zooms, keys: readonly string[]): Zooms {
  const latest = Math.max(...keys.map((key) => all[key]?.before.at(-1)?.gesture ?? -Infinity));
  const changed = keys.flatMap((key): [string, Zoomed][] => {
    const before = all[key]?.before ?? [];
    const last = before.at(-1);
    return last?.gesture === latest ? [[key, { range: last.range, before: before.slice(0, -1) }]] : [];
  });
  return changed.length === 0 ? all : { ...all, ...Object.fromEntries(changed) };
}

/** All is shown, and there is nothing to step back to. */
export function shownWhole(all: Zooms, keys: readonly string[]): Zooms {
  return { ...all, ...Object.fromEntries(keys.map((key) => [key, { range: null, before: [] }])) };
}

function isSame(a: Range | null, b: Range | null): boolean {
  return a === b || (a !== null && b !== null && a[0] === b[0] && a[1] === b[1]);
}
