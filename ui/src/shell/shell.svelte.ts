// The state of the window around the screen: the open profile, how fresh the screen is, what is open over it.
import { innerWidth } from 'svelte/reactivity/window';
import { commands } from '../backend';
import { onScreen, type Shown } from '../freshness/on-screen.svelte';
import { refreshNow } from '../freshness/refresh';
import { profileOf, route, scopeOf } from '../route.svelte';
import { runsOf } from '../runs/runs.svelte';
import { Workspace } from '../workspace.svelte';
import { placeTitle } from './title';

/** Below this width the sidebar lies over the screen instead of beside it. */
const NARROW_PX = 960;

/** One for the window, made by `App`. */
export class Shell {
  #profileId = $derived(profileOf(route.place));
  /** The workspace of the open profile; none on the first screen and in the list of profiles. */
  readonly workspace = $derived(this.#profileId === undefined ? undefined : new Workspace(this.#profileId));
  readonly connection = $derived(this.workspace?.connection.value);
  /** Where the server is exposed on this machine, if it is. */
  readonly exposure = $derived(this.workspace?.exposure.value ?? null);
  /** The table of runs in front of the user, if it is one. */
  readonly runs = $derived(route.place.screen === 'experiment' ? runsOf(scopeOf(route.place)) : undefined);
  /** What the screen says of its freshness; without that, the freshness of the list of experiments. */
  readonly shown = $derived.by(
    (): Shown =>
      onScreen.shown ?? {
        freshness: this.workspace?.experiments.value?.freshness,
        of: 'experiments',
        scopes: this.workspace ? [this.workspace.experimentsScope] : [],
      },
  );
  readonly title = $derived(placeTitle(route.place, this.workspace?.experiments.value?.experiments ?? []));

  readonly narrow = $derived((innerWidth.current ?? 1440) < NARROW_PX);
  #beside = $state(true);
  #over = $state(false);
  /** Whether the sidebar is there, beside the screen or over it. */
  readonly sidebar = $derived(this.workspace !== undefined && (this.narrow ? this.#over : this.#beside));

  paletteOpen = $state(false);
  shortcutsOpen = $state(false);
  exposeOpen = $state(false);

  toggleSidebar = (): void => {
    if (this.narrow) this.#over = !this.#over;
    else this.#beside = !this.#beside;
  };

  /** Takes the sidebar away where it lies over the screen. */
  uncover = (): void => {
    this.#over = false;
  };

  /** Reads again what is on screen, and the lists of the sidebar with it. Where the connection is lost, it is made anew. */
  refresh = async (): Promise<void> => {
    const { workspace } = this;
    if (!workspace) return;
    await refreshNow([...this.shown.scopes, workspace.experimentsScope, workspace.modelsScope]);
  };

  reconnect = async (): Promise<void> => {
    if (this.workspace) await commands.reconnect(this.workspace.profileId);
  };

  testConnection = (): void => {
    if (this.workspace) route.go({ screen: 'test', profileId: this.workspace.profileId });
  };
}
