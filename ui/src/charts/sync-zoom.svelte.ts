// Whether charts of one x zoom together: one switch for the window, kept from one start to the next.
import type { Commands } from '../backend';
import { KeptSwitch } from '../kept-switch.svelte';

export class SyncZoom extends KeptSwitch {
  /** How often it was switched: what a chart was zoomed to by itself holds until the next time. */
  #switched = $state(0);

  constructor(commands?: Pick<Commands, 'getValue' | 'setValue'>) {
    super('charts/sync-zoom', true, commands);
  }

  get switched(): number {
    return this.#switched;
  }

  override switch(): void {
    super.switch();
    this.#switched += 1;
  }
}

export const syncZoom = new SyncZoom();
