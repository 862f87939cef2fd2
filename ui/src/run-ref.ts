// Which run is meant: the same run id under another profile is another run.
import type { ProfileExperiments, RunRef } from './backend';

/** The run of anything that names one, without the rest. */
export function runRef({ profileId, runId }: RunRef): RunRef {
  return { profileId, runId };
}

/** The same text for the same run: what lists, maps and selections tell runs apart by. */
export function runKey({ profileId, runId }: RunRef): string {
  return `${profileId}/${runId}`;
}

/** Runs or experiments by profile, in the order in which profiles are first named. */
export function byProfile<T extends { profileId: string }>(all: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const each of all) {
    const those = found.get(each.profileId);
    if (those) those.push(each);
    else found.set(each.profileId, [each]);
  }
  return found;
}

/** Whether this experiment is one of those that a table shows. */
export function isInScope(
  scope: readonly ProfileExperiments[],
  of: { profileId: string; experimentId: string },
): boolean {
  return scope.some(
    ({ profileId, experimentIds }) => profileId === of.profileId && experimentIds.includes(of.experimentId),
  );
}
