// Changing what a model or version says of itself: sent to the server, which may have another's change meanwhile.
import { asAppError, commands, type AppError, type Edit, type Writes } from '../backend';
import { confirmationOf } from '../confirmation';

/** What is edited: a registered model, or one of its versions. */
export interface Edited {
  profileId: string;
  name: string;
  version: string | null;
  writes: Writes;
  /** Why nothing can be changed here, if so. */
  readOnly: string | undefined;
}

/** One description or tag while it is edited. */
export class Editing {
  busy = $state(false);
  error: AppError | undefined = $state.raw();
  /** What somebody else made of it since the user began; null: they took it away. */
  theirs: { now: string | null } | undefined = $state.raw();
  /** The name of the model, where the profile wants it typed. */
  typed = $state('');

  constructor(private what: () => Edited) {}

  get writes(): Writes {
    return this.what().writes;
  }

  /** What goes along with the change; undefined: not confirmed yet. */
  get confirmation(): string | null | undefined {
    const { writes, name } = this.what();
    return confirmationOf(writes, name, this.typed);
  }

  get canSave(): boolean {
    return !this.busy && this.what().readOnly === undefined && this.confirmation !== undefined;
  }

  /** Whether it was saved. */
  async save(edit: Edit): Promise<boolean> {
    const { profileId, name, version } = this.what();
    const { confirmation } = this;
    if (!this.canSave || confirmation === undefined) return false;
    this.busy = true;
    this.error = undefined;
    try {
      const done = await commands.editModel(profileId, name, version, edit, confirmation);
      this.theirs = done.kind === 'changed' ? { now: done.now } : undefined;
      return done.kind === 'saved';
    } catch (thrown) {
      this.error = asAppError(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
