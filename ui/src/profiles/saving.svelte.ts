// Saving what is in the editor: what is said to be wrong with it and when, what the app refused, and starting over.
import { asAppError, type AppError, type Profile } from '../backend';
import { route } from '../route.svelte';
import type { ProfileDraft } from './draft.svelte';
import { fieldOf, type Problems } from './profile';
import { profiles, routes } from '../workspace.svelte';

interface Hooks {
  onsaved: (profile: Profile) => void;
  /** Something is wrong, and is about to be on screen. */
  onproblem: () => void;
  /** It was saved: what else was read of the profile is old. */
  refresh: () => Promise<unknown>;
}

export class Saving {
  busy = $state(false);
  error = $state.raw<AppError>();
  #refused = $state.raw<Problems>({});
  /** Whether the user has tried to save or test: no error is shown before that. */
  #tried = $state(false);

  constructor(
    private readonly draft: ProfileDraft,
    private readonly hooks: Hooks,
  ) {}

  readonly problems: Problems = $derived.by(() => ({
    ...(this.#tried ? this.draft.problems : {}),
    ...this.#refused,
  }));
  /** The refusal is said at the field that it is about. */
  readonly saidAtField: boolean = $derived(Object.keys(this.#refused).length > 0);

  /** Whether nothing is known to be wrong; if something is, it is shown. */
  checked(): boolean {
    this.#tried = true;
    if (Object.keys(this.draft.problems).length === 0) return true;
    this.hooks.onproblem();
    return false;
  }

  /** Whether it was saved. */
  async save(): Promise<boolean> {
    if (this.busy) return false;
    this.#refused = {};
    this.error = undefined;
    if (!this.checked()) return false;
    this.busy = true;
    try {
      const done = await this.draft.save();
      this.#tried = false;
      await Promise.all([this.hooks.refresh(), profiles.refresh(), routes.refresh()]);
      // What comes next is no way out with unsaved changes, unless something was typed meanwhile.
      if (!this.draft.dirty) route.hold = undefined;
      this.hooks.onsaved(done);
      return true;
    } catch (thrown) {
      this.error = asAppError(thrown);
      const field = fieldOf(this.error);
      if (field) this.#refused = { [field]: this.error.message };
      this.hooks.onproblem();
      return false;
    } finally {
      this.busy = false;
    }
  }

  discard(): void {
    this.draft.discard();
    [this.#tried, this.#refused, this.error] = [false, {}, undefined];
  }
}
