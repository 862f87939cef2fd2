// Taking a move back: offered as soon as it was made, asked about where the profile wants that, done once.
import { asAppError, commands, type Profile, type Promotion } from '../backend';
import { toasts } from '../components/toasts.svelte';
import { profiles } from '../workspace.svelte';

/** A move, and the profile that it was made in: by the time it is taken back, another one may be on screen. */
export interface Move {
  promotion: Promotion;
  of: string;
}

export class Undo {
  #made: Move | undefined = $state.raw();
  /** The page that it was made on was left since. */
  #left = $state(false);
  /** The move that is to be confirmed before it is taken back. */
  asking: Move | undefined = $state.raw();
  /** The move that is being taken back. */
  underway: string | undefined = $state();
  /** Goes up with every move that was taken back, or nearly so: something has changed on the server. */
  done = $state(0);
  /** The toast that offers to undo `last`. */
  #offer: number | undefined = $state();
  /** The move that was made last, until it is taken back, or its page was left and its toast is gone. */
  readonly last: Move | undefined = $derived(
    this.#left && !toasts.items.some(({ id }) => id === this.#offer) ? undefined : this.#made,
  );

  /** Shows a toast for a move that was made, with a button to take it back. `title` says what else moved with it. */
  offer(promotion: Promotion, of: string, title?: string): void {
    this.#made = { promotion, of };
    this.#left = false;
    this.#offer = toasts.show({
      tone: promotion.warnings.length > 0 ? 'warn' : 'success',
      title: title ?? `${promotion.alias} is on v${promotion.toVersion} now`,
      message: promotion.warnings.join(' '),
      action: { label: 'Undo', keys: 'U', run: () => this.begin({ promotion, of }) },
      timeout_ms: 12_000,
    });
  }

  /** The page of a model was left: from now on its last move can be undone only while a toast offers it. */
  leave(): void {
    this.#left = true;
  }

  /** What a profile asks for before a write; of one that is gone, the most. */
  writes(of: string): Profile['writes'] {
    return profiles.value?.find(({ id }) => id === of)?.writes ?? 'typed';
  }

  /** Takes a move back, or asks first. */
  begin({ promotion, of }: Move): void {
    const writes = this.writes(of);
    if (writes === 'confirmed' || writes === 'typed') this.asking = { promotion, of };
    else void this.takeBack({ promotion, of }, null);
  }

  async takeBack({ promotion, of }: Move, confirmation: string | null): Promise<void> {
    // The toast's key and the board's are the same; only one of them may act.
    if (this.underway !== undefined) return;
    this.underway = promotion.id;
    if (this.#made?.promotion.id === promotion.id) {
      this.#made = undefined;
      if (this.#offer !== undefined) toasts.dismiss(this.#offer);
    }
    try {
      const undone = await commands.undoPromotion(of, promotion.id, confirmation);
      const place = undone.fromVersion === null ? 'on no version again' : `back on v${undone.fromVersion}`;
      const along = undone.planId == null ? '' : ', and what moved with it too';
      toasts.show({ tone: 'success', title: `${undone.alias} is ${place}${along}` });
    } catch (thrown) {
      toasts.show({ tone: 'error', title: 'Not undone', message: asAppError(thrown).message });
    }
    this.underway = undefined;
    this.done += 1;
  }
}

/** One for the window: its offer outlives the page that a move was made on. */
export const undo = new Undo();
