// A run that is dragged to the far left of a comparison, or to its top row, becomes the baseline.
import type { RunRef } from '../backend';
import type { Load } from '../drag/gestures.svelte';
import type { Cargo, Zone } from '../drag/drag.svelte';
import { runRef } from '../run-ref';

interface RunCargo extends Cargo {
  kind: 'compared run';
  run: RunRef;
}

export function loadOf(run: RunRef & { displayName: string }): Load {
  const cargo: RunCargo = { kind: 'compared run', run: runRef(run) };
  return { cargo, label: run.displayName };
}

export function baselineZone(onbaseline: (run: RunRef) => void): Zone {
  return {
    label: 'the baseline',
    accepts: ({ kind }) => kind === 'compared run',
    ondrop: (cargo) => onbaseline((cargo as RunCargo).run),
  };
}

/** The run, by its key, whose column, row or chip is under the pointer, or else has the focus. */
export function runPointedAt(): string | undefined {
  const under = document.querySelector<HTMLElement>('[data-run]:hover');
  return (under ?? document.activeElement?.closest<HTMLElement>('[data-run]'))?.dataset['run'];
}
