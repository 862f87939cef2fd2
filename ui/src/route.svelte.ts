// Where the user is: a typed place, with a way back and forward, kept from one start to the next.
import { commands, type ProfileExperiments, type RunRef } from './backend';

export type Place =
  | { screen: 'welcome' }
  /** The list of profiles; beside it the one that is edited, or a `new` one. */
  | { screen: 'profiles'; edit?: string }
  /** A profile without a choice yet: shows its last or most recent experiment once they are known. */
  | { screen: 'profile'; profileId: string }
  /** A test of the profile's connection; it runs on arrival. */
  | { screen: 'test'; profileId: string }
  /** In the same table may stand runs of other profiles. */
  | { screen: 'experiment'; profileId: string; experimentIds: string[]; beside?: ProfileExperiments[] }
  | { screen: 'run'; profileId: string; runId: string; tab?: string }
  /** The runs may be of other profiles than the one whose bars are around them. */
  | { screen: 'compare'; profileId: string; runs: RunRef[] }
  | { screen: 'models'; profileId: string }
  | { screen: 'model'; profileId: string; name: string }
  /** One version of a registered model. */
  | { screen: 'version'; profileId: string; name: string; version: string; tab?: string };

/** The place's profile, if it is in one. */
export function profileOf(place: Place): string | undefined {
  return place.screen === 'welcome' || place.screen === 'profiles' ? undefined : place.profileId;
}

/** All profiles whose runs a place shows, or that it is about. */
function profilesOf(place: Place): string[] {
  const also =
    place.screen === 'experiment' ? (place.beside ?? []) : place.screen === 'compare' ? place.runs : [];
  const own = profileOf(place);
  return [...(own === undefined ? [] : [own]), ...also.map(({ profileId }) => profileId)];
}

/** What the table of a place with runs shows. */
export function scopeOf({
  profileId,
  experimentIds,
  beside = [],
}: Extract<Place, { screen: 'experiment' }>): ProfileExperiments[] {
  return [{ profileId, experimentIds }, ...beside];
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every(isText);
const isList = (value: unknown): value is Record<string, unknown>[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((each) => typeof each === 'object' && each !== null && isText((each as RunRef).profileId));

/** A place from what was saved, or nothing if it is from another version or damaged. */
export function parsePlace(json: string | null): Place | undefined {
  let saved: unknown;
  try {
    saved = JSON.parse(json ?? 'null');
  } catch {
    return undefined;
  }
  if (typeof saved !== 'object' || saved === null) return undefined;
  const { screen, profileId, experimentIds, beside, runId, runIds, runs, name, version, tab, edit } =
    saved as Record<string, unknown>;
  if (screen === 'welcome') return { screen };
  // A new profile that was not saved is lost with the window.
  if (screen === 'profiles') return isText(edit) && edit !== 'new' ? { screen, edit } : { screen };
  if (!isText(profileId)) return undefined;
  switch (screen) {
    // A test does not run again by itself at the next start.
    case 'test':
      return { screen: 'profile', profileId };
    case 'profile':
    case 'models':
      return { screen, profileId };
    case 'experiment':
      if (!isTexts(experimentIds)) return undefined;
      return isList(beside) && beside.every((each) => isTexts(each['experimentIds']))
        ? { screen, profileId, experimentIds, beside: beside as unknown as ProfileExperiments[] }
        : { screen, profileId, experimentIds };
    case 'run':
      if (!isText(runId)) return undefined;
      return isText(tab) ? { screen, profileId, runId, tab } : { screen, profileId, runId };
    case 'compare':
      // Kept by a version in which all runs of a comparison were of one profile.
      if (isTexts(runIds)) return { screen, profileId, runs: runIds.map((id) => ({ profileId, runId: id })) };
      return isList(runs) && runs.every((run) => isText(run['runId']))
        ? { screen, profileId, runs: runs as unknown as RunRef[] }
        : undefined;
    case 'model':
      return isText(name) ? { screen, profileId, name } : undefined;
    case 'version':
      if (!isText(name) || !isText(version)) return undefined;
      return isText(tab) ? { screen, profileId, name, version, tab } : { screen, profileId, name, version };
    default:
      return undefined;
  }
}

const LONGEST_PAST = 100;

export class Route {
  place = $state.raw<Place>({ screen: 'welcome' });
  #past = $state.raw<Place[]>([]);
  #future = $state.raw<Place[]>([]);
  /**
   * Set by a screen with unsaved changes: is told how to go on, and answers whether it asks first. One that
   * asks calls `leave` once the user has decided to go.
   */
  hold: ((leave: () => void) => boolean) | undefined;

  constructor(private remember: (place: Place) => void) {}

  get canGoBack(): boolean {
    return this.#past.length > 0;
  }

  get canGoForward(): boolean {
    return this.#future.length > 0;
  }

  go(place: Place): void {
    if (JSON.stringify(place) === JSON.stringify(this.place)) return;
    if (this.#held(() => this.go(place))) return;
    this.#past = [...this.#past, this.place].slice(-LONGEST_PAST);
    this.#future = [];
    this.#arrive(place);
  }

  /** Goes on without leaving a step to come back to, as when a choice was made for the user. */
  replace(place: Place): void {
    this.#arrive(place);
  }

  back(): void {
    const place = this.#past.at(-1);
    if (!place || this.#held(() => this.back())) return;
    this.#past = this.#past.slice(0, -1);
    this.#future = [this.place, ...this.#future];
    this.#arrive(place);
  }

  forward(): void {
    const [place, ...rest] = this.#future;
    if (!place || this.#held(() => this.forward())) return;
    this.#future = rest;
    this.#past = [...this.#past, this.place];
    this.#arrive(place);
  }

  #held(leave: () => void): boolean {
    const { hold } = this;
    return (
      hold?.(() => {
        if (this.hold === hold) this.hold = undefined;
        leave();
      }) ?? false
    );
  }

  /** Forgets every step into a profile that was deleted. */
  forget(profileId: string): void {
    const stays = (place: Place) =>
      !profilesOf(place).includes(profileId) && !(place.screen === 'profiles' && place.edit === profileId);
    this.#past = this.#past.filter(stays);
    this.#future = this.#future.filter(stays);
    if (stays(this.place)) return;
    this.#arrive(this.place.screen === 'profiles' ? { screen: 'profiles' } : { screen: 'welcome' });
  }

  #arrive(place: Place): void {
    this.place = place;
    this.remember(place);
  }
}

const KEY = 'place';

/** One for the window: it is in one place. Tests make routes of their own. */
export const route = new Route((place) => {
  // Losing this costs a click at the next start; the app must not stop for it.
  commands.setValue(KEY, JSON.stringify(place)).catch(() => undefined);
  if (place.screen === 'experiment') {
    commands.setValue(lastKey(place.profileId), JSON.stringify(place)).catch(() => undefined);
  }
});

function lastKey(profileId: string): string {
  return `last/${profileId}`;
}

/** The experiments that were open when the user left this profile. */
export async function lastExperiments(profileId: string): Promise<string[] | undefined> {
  const place = parsePlace(await commands.getValue(lastKey(profileId)).catch(() => null));
  return place?.screen === 'experiment' ? place.experimentIds : undefined;
}

/** Where the user was when the app was closed. */
export async function lastPlace(): Promise<Place | undefined> {
  return parsePlace(await commands.getValue(KEY).catch(() => null));
}
