// Charts with a mark for each run, points or lines: of which runs they are, which run is meant, and what is told of it.
import type {
  Cell,
  Change,
  Column,
  ColumnInfo,
  Freshness,
  LaneCount,
  LifecycleStage,
  MarkedRuns,
  ProfileExperiments,
  RunRef,
  RunSet,
} from '../backend';
import { isTime } from '../columns';
import type { AnyLayout } from './frame';
import { exactNumber, formatCount, fromWire } from '../format/number';
import { formatDuration, formatTime } from '../format/time';
import { runKey, runRef } from '../run-ref';

/** The runs of a chart: those of a list, or all that a view finds, however many. */
export type Charted =
  | { runs: readonly (RunRef & { displayName: string; color: number | null })[] }
  | { view: { scope: readonly ProfileExperiments[]; filter: string; lifecycleStage: LifecycleStage } };

/** What the layout of a chart with a mark for each run says. */
export type MarksLayout = AnyLayout & { runs: MarkedRuns; freshness: Freshness };

/** What a card of a chart of values is given. */
export interface ValuesCard<Spec> {
  of: Charted;
  spec: Spec;
  /** The user has changed it. */
  onspec: (spec: Spec) => void;
  /** What can be chosen. */
  columns: readonly ColumnInfo[];
  /** It has all the room. */
  large?: boolean;
  onlarge?: () => void;
}

/** The same where each run has a mark. */
export interface MarksCard<Spec> extends ValuesCard<Spec> {
  /** By the key of the run. */
  highlighted?: string | null;
  /** The run under the pointer, for others to show it too. */
  onhighlight?: (key: string | null) => void;
  onpick?: (run: RunRef) => void;
  /** The run is to be selected, or not any more. */
  onselect?: (run: RunRef) => void;
}

export function runSet(of: Charted): RunSet {
  if ('runs' in of) return { kind: 'listed', of: of.runs.map(runRef) };
  const { scope, filter, lifecycleStage } = of.view;
  return {
    kind: 'found',
    of: { scope: [...scope], filter, sort: [], columns: [], lifecycleStage, offset: 0, limit: 0 },
  };
}

/** Whether the chart may look another way after this change. */
export function concerns(
  of: Charted,
  change: Change,
  kinds: readonly Change['kind'][] = ['runs', 'colors', 'connection'],
): boolean {
  if (!kinds.includes(change.kind) || !('profileId' in change)) return false;
  const those = 'runs' in of ? of.runs : of.view.scope;
  return those.some(({ profileId }) => profileId === change.profileId);
}

/** The run of a mark, by its place among the marks. */
export function markedRun(runs: MarkedRuns, at: number): RunRef | undefined {
  const [profileId, runId] = [runs.profileIds[runs.profiles[at] ?? -1], runs.runIds[at]];
  return profileId === undefined || runId === undefined ? undefined : { profileId, runId };
}

/** The place of a run among the marks, by its key. */
export function markOf(runs: MarkedRuns, key: string): number | undefined {
  const at = runs.runIds.findIndex((runId, i) => {
    if (!key.endsWith(runId)) return false;
    const run = markedRun(runs, i);
    return run !== undefined && runKey(run) === key;
  });
  return at < 0 ? undefined : at;
}

/** What a tip says: of what, in words, and whether that stands for a value that is missing. */
export type Told = [of: string, value: string, isMissing?: boolean];

/** A value as it is told; a run without one has "none". */
export function cellWords(column: Column, cell: Cell | null | undefined): string {
  if (!cell) return 'none';
  if (cell.kind === 'text') return cell.value;
  const value = fromWire(cell.value);
  if (isTime(column)) return formatTime(value);
  if (column.kind === 'attribute' && column.key === 'duration') return formatDuration(value);
  return exactNumber(value);
}

/** What a click on a run of a chart does. */
export interface Choosing {
  onpick?: ((run: RunRef) => void) | undefined;
  onselect?: ((run: RunRef) => void) | undefined;
}

/** A click, or Enter, opens the run; with Shift it selects it, or not any more. */
export function choose(event: { shiftKey: boolean }, run: RunRef | undefined, does: Choosing): void {
  if (run) (event.shiftKey ? does.onselect : does.onpick)?.(runRef(run));
}

/** "48 runs", or "46 of 48 runs" where some of those that were listed are not known. */
export function runsWords(of: Charted, drawn: number): string {
  const asked = 'runs' in of ? of.runs.length : drawn;
  const count = asked === drawn ? formatCount(drawn) : `${formatCount(drawn)} of ${formatCount(asked)}`;
  return `${count} ${asked === 1 ? 'run' : 'runs'}`;
}

const LANES = { none: 'without', nan: 'NaN in', infinite: 'infinite in', nonPositive: 'not positive in' };

/** What stands beside an axis instead of on it: "3 without lr". */
export function laneWords(dimension: { label: string; lanes: readonly LaneCount[] }): string[] {
  return dimension.lanes.map(({ lane, runs }) => `${formatCount(runs)} ${LANES[lane]} ${dimension.label}`);
}

/** The place of the point nearest to a place in the picture, in CSS pixels, if one is near enough. */
export function nearestPoint(
  xTenths: readonly (number | null)[],
  yTenths: readonly (number | null)[],
  place: { x: number; y: number },
  reach_px = 14,
): number | undefined {
  const [x, y] = [place.x * 10, place.y * 10];
  let best: number | undefined;
  let least = (reach_px * 10) ** 2;
  for (let i = 0; i < xTenths.length; i++) {
    const away = ((xTenths[i] ?? Infinity) - x) ** 2 + ((yTenths[i] ?? Infinity) - y) ** 2;
    // Of several at one place it is the last, which may be the one on top.
    if (away > least) continue;
    least = away;
    best = i;
  }
  return best;
}

/** The marks in the order of a coordinate, and where a key leads among them. */
export function stepAlong(
  order: readonly number[],
  at: number | undefined,
  step: -1 | 1,
): number | undefined {
  if (order.length === 0) return undefined;
  const place = at === undefined ? -1 : order.indexOf(at);
  if (place < 0) return step > 0 ? order[0] : order.at(-1);
  return order[Math.min(order.length - 1, Math.max(0, place + step))];
}

export function orderBy(tenths: readonly number[]): number[] {
  return tenths.map((_, i) => i).sort((a, b) => (tenths[a] ?? 0) - (tenths[b] ?? 0) || a - b);
}
