// Curves minus the one of a baseline: whose, what is kept of the choice, and what a card says of it.
import type { CurveLayout, RunRef } from '../backend';
import { formatCount } from '../format/number';
import { runKey } from '../run-ref';
import { asRecord, isText } from '../saved';
import type { CurveChoices } from './choices';

type Minus = CurveChoices['minus'];

/** The run that curves are drawn minus; a screen without a baseline has none to take. */
export function baselineOf(minus: Minus, baseline: RunRef | null | undefined): RunRef | null {
  return minus === 'baseline' ? (baseline ?? null) : minus;
}

/** What was saved, or undefined where it is not valid. */
export function parseMinus(value: unknown): Minus | undefined {
  if (value === null || value === 'baseline') return value;
  const { profileId, runId } = asRecord(value);
  return isText(profileId) && isText(runId) ? { profileId, runId } : undefined;
}

type Named = RunRef & { displayName: string };

/** What the run is called, by its id where it is not among those that are shown. */
export function nameOfRun(run: RunRef, runs: readonly Named[]): string {
  return runs.find((each) => runKey(each) === runKey(run))?.displayName ?? run.runId.slice(0, 8);
}

/** "minus resnet-01 · 12 points between its own · 3 points without a value of it". */
export function differenceWords(name: string, said: CurveLayout['difference'] | undefined): string[] {
  if (!said) return [`minus ${name}`];
  const amount = (count: number, what: string) => `${formatCount(count)} ${count === 1 ? what : `${what}s`}`;
  const { between, without } = said;
  return [
    `minus ${name}`,
    ...(between === 0 ? [] : [`${amount(between, 'point')} between its own`]),
    ...(without.runs === 0 ? [] : [`${amount(without.runs, 'run')} without a value of it`]),
    ...(without.points === 0 ? [] : [`${amount(without.points, 'point')} without a value of it`]),
  ];
}
