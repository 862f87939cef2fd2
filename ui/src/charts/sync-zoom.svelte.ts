// Whether charts of one x zoom together: one switch for the window, kept from one start to the next.
import { commands as app, type Commands } from '../backend';

const KEY = 'charts/sync-zoom';

export class SyncZoom {
  #on = $state(true);
  /** How often it was switched: what a chart was zoomed to by itself holds until the next time. */
  #switched = $state(0);

  constructor(private commands: Pick<Commands, 'getValue' | 'setValue'> = app) {}

  get on(): boolean {
    return this.#on;
  }
  get switched(): number {
    return this.#switched;
  }

  switch(): void {
    this.#on = !this.#on;
    this.#switched += 1;
    this.commands.setValue(KEY, JSON.stringify(this.#on)).catch(() => undefined);
  }

  /** For the start: as it was left; on where that is not known. */
  async restore(): Promise<void> {
    const kept = await this.commands.getValue(KEY).catch(() => null);
    this.#on = kept !== 'false';
  }
}

export const syncZoom = new SyncZoom();
