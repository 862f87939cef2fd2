// Brings what is on screen up to date by the wish of the user.
import { asAppError, commands } from '../backend';
import { toasts } from '../components/toasts.svelte';
import { byProfile } from '../run-ref';
import type { ProfileScopes } from '../watch.svelte';

/** What comes of it is said by the freshness of each part; only a wish that could not be passed on is told here. */
export async function refreshNow(all: readonly ProfileScopes[]): Promise<void> {
  try {
    const of = [...byProfile(all)];
    await Promise.all(
      of.map(([profileId, those]) =>
        commands.refresh(
          profileId,
          those.flatMap(({ scopes }) => scopes),
        ),
      ),
    );
  } catch (thrown) {
    toasts.show({ tone: 'error', title: 'Not refreshed', message: asAppError(thrown).message });
  }
}
