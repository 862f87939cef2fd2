// What the place is called, in the status bar and in the title of the window. Pure.
import type { Environment, ExperimentRow } from '../backend';
import type { Place } from '../route.svelte';

/** Empty where the screen shows its own name, as that of a run does. */
export function placeTitle(place: Place, experiments: readonly ExperimentRow[]): string {
  switch (place.screen) {
    case 'experiment': {
      const names = experiments
        .filter(({ experiment }) => place.experimentIds.includes(experiment.experimentId))
        .map(({ experiment }) => experiment.name);
      const count = names.length + (place.beside ?? []).flatMap(({ experimentIds }) => experimentIds).length;
      return count > 1 ? `${count} experiments` : (names[0] ?? '');
    }
    case 'model':
      return place.name;
    case 'version':
      return `${place.name} v${place.version}`;
    case 'models':
      return 'Models';
    case 'profiles':
      return 'Profiles';
    case 'test':
      return 'Test connection';
    case 'compare':
      return `${place.runs.length} runs compared`;
    default:
      return '';
  }
}

/** A window on production says so first, also in the list of windows. */
export function windowTitle(title: string, environment: Environment | undefined): string {
  return [
    ...(environment === 'production' ? ['PRODUCTION'] : []),
    ...(title === '' ? [] : [title]),
    'Podium',
  ].join(' – ');
}
