// The fields of the first screen, and opening what the user typed or clicked there. An error is shown beside its field.
import { asAppError, commands, type AppError } from '../backend';
import { route } from '../route.svelte';

/** What is opened, each with a field or button of its own. */
export type TargetKind = 'address' | 'path' | 'sample';

class WelcomeForm {
  text = $state<Record<TargetKind, string>>({ address: '', path: '', sample: 'sample' });
  busy = $state<TargetKind | undefined>();
  error = $state.raw<{ kind: TargetKind; error: AppError } | undefined>();
  #turn = 0;

  /** Opens what stands in a field, and goes there. */
  async open(kind: TargetKind): Promise<void> {
    const text = this.text[kind].trim();
    const turn = ++this.#turn;
    this.busy = kind;
    this.error = undefined;
    try {
      const { profile } = await commands.openTarget(text);
      if (turn === this.#turn) route.go({ screen: 'profile', profileId: profile.id });
    } catch (thrown) {
      if (turn === this.#turn) this.error = { kind, error: asAppError(thrown) };
    } finally {
      if (turn === this.#turn) this.busy = undefined;
    }
  }

  /** What came from outside: a command line, a second start, a dropped file. */
  openText(text: string): Promise<void> {
    const kind: TargetKind =
      text === 'sample' ? 'sample' : /^[./~\\]|^[A-Za-z]:[\\/]|\.db$/.test(text) ? 'path' : 'address';
    this.text[kind] = text;
    return this.open(kind);
  }

  /** Stops waiting; a late answer is not followed. */
  cancel(): void {
    this.#turn += 1;
    this.busy = undefined;
  }

  edited(kind: TargetKind): void {
    if (this.error?.kind === kind) this.error = undefined;
  }
}

/** One for the window: what is typed stays while another screen is in front, and a command line opens its target here. */
export const welcomeForm = new WelcomeForm();
