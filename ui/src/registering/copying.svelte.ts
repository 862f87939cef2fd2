// Copying a version: what is being asked for, and the copies of files that are under way or were left.
import { asAppError, commands, type CopyView } from '../backend';
import { toasts } from '../components/toasts.svelte';
import { Live } from '../live.svelte';

/** The version that is to be copied. */
export interface CopyAsked {
  profileId: string;
  model: string;
  version: string;
  /** The model that it was dropped on; undefined: to be chosen. */
  target: string | undefined;
}

export class Copying {
  asked: CopyAsked | undefined = $state.raw();
  readonly copies: Live<CopyView[]> = new Live(
    () => commands.listCopies(),
    (change) => change.kind === 'copies' && 'later',
  );

  begin(asked: CopyAsked): void {
    this.asked = asked;
  }

  close(): void {
    this.asked = undefined;
  }

  async resume(id: string, confirmation: string | null): Promise<void> {
    await this.#say('The copy does not go on', () => commands.resumeCopy(id, confirmation));
  }

  async stop(id: string): Promise<void> {
    await this.#say('The copy was not stopped', () => commands.stopCopy(id));
  }

  /** Gives up one that is not done, or puts one that is done out of sight. */
  async discard(id: string, confirmation: string | null): Promise<void> {
    await this.#say('The copy was not given up', () => commands.discardCopy(id, confirmation));
  }

  async #say(title: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      toasts.show({ tone: 'error', title, message: asAppError(thrown).message });
    }
  }
}

export const copying = new Copying();
