// Which secrets of a profile the vault has, and forgetting one of them.
import { asAppError, commands } from '../backend';
import { toasts } from '../components/toasts.svelte';
import { Live } from '../live.svelte';

export class SavedSecrets {
  #known: Live<{ name: string; saved: boolean }[]>;

  /** A profile that was never saved has an empty id, and no secrets. */
  constructor(private readonly profileId: () => string) {
    this.#known = new Live(
      () => (profileId() === '' ? Promise.resolve([]) : commands.listSecrets(profileId())),
      (change) => change.kind === 'profiles',
    );
  }

  /** Whether it has any of this profile. */
  some = () => (this.#known.value ?? []).some(({ saved }) => saved);

  has = (name: string) => (this.#known.value ?? []).some((each) => each.saved && each.name === name);

  forget = async (name: string) => {
    try {
      await commands.forgetSecret(this.profileId(), name);
    } catch (thrown) {
      toasts.show({ tone: 'error', title: 'Not forgotten', message: asAppError(thrown).message });
    }
    await this.refresh();
  };

  refresh(): Promise<void> {
    return this.#known.refresh();
  }
}
