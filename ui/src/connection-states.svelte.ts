// The states of the connections that this window has opened. A profile nobody opened has none: to ask would open it.
import { SvelteMap } from 'svelte/reactivity';
import { onChange, type ConnectionState } from './backend';

class Links {
  #states = new SvelteMap<string, ConnectionState['kind']>();

  of(profileId: string): ConnectionState['kind'] | undefined {
    return this.#states.get(profileId);
  }

  heard(profileId: string, state: ConnectionState['kind']): void {
    this.#states.set(profileId, state);
  }

  /** It has changed since: unknown is better than wrong. Whoever shows it reads it again. */
  changed(profileId: string): void {
    this.#states.delete(profileId);
  }
}

export const links = new Links();
onChange((change) => {
  if (change.kind === 'connection') links.changed(change.profileId);
});
