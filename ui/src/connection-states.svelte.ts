// The states of the connections that this window has opened. Other profiles have none here: to ask for one would open
// its connection.
import { SvelteMap } from 'svelte/reactivity';
import { onChange, type ConnectionState } from './backend';

class ConnectionStates {
  #states = new SvelteMap<string, ConnectionState['kind']>();

  of(profileId: string): ConnectionState['kind'] | undefined {
    return this.#states.get(profileId);
  }

  set(profileId: string, state: ConnectionState['kind']): void {
    this.#states.set(profileId, state);
  }

  /** The state has changed: until the workspace has read it again it is not known, which is better than a wrong one. */
  forget(profileId: string): void {
    this.#states.delete(profileId);
  }
}

/** One for the window: lists of profiles show the state also of those that are not open. */
export const connectionStates = new ConnectionStates();
onChange((change) => {
  if (change.kind === 'connection') connectionStates.forget(change.profileId);
});
