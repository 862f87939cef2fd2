// Refreshes what is on screen because the user asked for it.
import { asAppError, commands } from '../backend';
import { toasts } from '../components/toasts.svelte';
import { byProfile } from '../run-ref';
import type { ProfileScopes } from '../watch.svelte';

/** The freshness of each part shows the result; a toast says only that the request itself failed. */
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
