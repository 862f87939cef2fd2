// Opening what somebody typed or clicked: busy meanwhile, and the reason beside the field if it fails.
import { asAppError, commands, type AppError } from '../backend';
import { route } from '../route.svelte';

/** From where it was asked; errors are shown there. */
export type Way = 'address' | 'path' | 'sample';

class Opening {
  text = $state<Record<Way, string>>({ address: '', path: '', sample: 'sample' });
  busy = $state<Way | undefined>();
  error = $state.raw<{ way: Way; error: AppError } | undefined>();
  #turn = 0;

  /** Opens what stands in a field, and goes there. */
  async open(way: Way): Promise<void> {
    const text = this.text[way].trim();
    const turn = ++this.#turn;
    this.busy = way;
    this.error = undefined;
    try {
      const { profile } = await commands.openTarget(text);
      if (turn === this.#turn) route.go({ screen: 'profile', profileId: profile.id });
    } catch (thrown) {
      if (turn === this.#turn) this.error = { way, error: asAppError(thrown) };
    } finally {
      if (turn === this.#turn) this.busy = undefined;
    }
  }

  /** What came from outside: a command line, a second start, a dropped file. */
  openText(text: string): Promise<void> {
    const way: Way =
      text === 'sample' ? 'sample' : /^[./~\\]|^[A-Za-z]:[\\/]|\.db$/.test(text) ? 'path' : 'address';
    this.text[way] = text;
    return this.open(way);
  }

  /** Stops waiting; a late answer is not followed. */
  cancel(): void {
    this.#turn += 1;
    this.busy = undefined;
  }

  edited(way: Way): void {
    if (this.error?.way === way) this.error = undefined;
  }
}

export const opening = new Opening();
