// Brings what is on screen up to date by the wish of the user.
import { asAppError, commands, type Scope } from '../backend';
import { toasts } from '../components/toasts.svelte';

/** What comes of it is said by the freshness of each part; only a wish that could not be passed on is told here. */
export async function refreshNow(profileId: string, scopes: Scope[]): Promise<void> {
  try {
    await commands.refresh(profileId, scopes);
  } catch (thrown) {
    toasts.show({ tone: 'error', title: 'Not refreshed', message: asAppError(thrown).message });
  }
}
