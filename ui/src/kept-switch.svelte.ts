// A switch of the window that is kept from one start to the next.
import { commands as app, type Commands } from './backend';

export class KeptSwitch {
  #on: boolean;

  /** `key` names it among what is kept; `start` is how it stands where that is not known. */
  constructor(
    private readonly key: string,
    private readonly start: boolean,
    private readonly commands: Pick<Commands, 'getValue' | 'setValue'> = app,
  ) {
    this.#on = $state(start);
  }

  get on(): boolean {
    return this.#on;
  }

  switch(): void {
    this.#on = !this.#on;
    this.commands.setValue(this.key, JSON.stringify(this.#on)).catch(() => undefined);
  }

  /** For the start of the window: as it was left. */
  async restore(): Promise<void> {
    const kept = await this.commands.getValue(this.key).catch(() => null);
    this.#on = kept === JSON.stringify(!this.start) ? !this.start : this.start;
  }
}
