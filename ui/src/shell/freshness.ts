// How true what is on screen is, in a few words for the corner of the window.
import type { ConnectionState, Freshness } from '../backend';
import { formatCount } from '../format/number';
import { formatTimeShort } from '../format/time';

export interface FreshnessWords {
  state: 'online' | 'syncing' | 'offline' | 'error';
  text: string;
  busy: boolean;
}

function asOf(freshness: Freshness | undefined, now_ms: number): string {
  const at_ms = freshness?.syncedAtMs;
  return at_ms === null || at_ms === undefined ? '' : formatTimeShort(at_ms, now_ms);
}

/** Whether nothing was ever read, and nobody is there now to read it from: an empty list then means nothing. */
export function neverRead(
  connection: ConnectionState | undefined,
  freshness: Freshness | undefined,
): boolean {
  if (!freshness || freshness.syncedAtMs !== null) return false;
  const away = connection?.kind === 'down' || connection?.kind === 'reconnecting';
  return away || (freshness.error !== null && !freshness.syncing);
}

/** What to say of a connection and of what is looked at, worst news first. */
export function freshnessWords(
  connection: ConnectionState | undefined,
  freshness: Freshness | undefined,
  now_ms: number,
): FreshnessWords {
  const last = asOf(freshness, now_ms);
  if (connection?.kind === 'down') {
    return { state: 'offline', text: last ? `offline · as of ${last}` : 'offline', busy: false };
  }
  if (connection?.kind === 'reconnecting') {
    return { state: 'syncing', text: last ? `reconnecting · as of ${last}` : 'reconnecting', busy: true };
  }
  if (!connection || connection.kind === 'connecting') {
    return { state: 'syncing', text: last ? `connecting · as of ${last}` : 'connecting', busy: true };
  }
  if (freshness?.syncing) {
    const some = freshness.fetched > 0 ? ` · ${formatCount(freshness.fetched)} so far` : '';
    return { state: 'syncing', text: `syncing${some}`, busy: true };
  }
  if (freshness?.error) {
    return { state: 'error', text: last ? `not refreshed · as of ${last}` : 'not refreshed', busy: false };
  }
  if (!last) return { state: 'online', text: 'connected', busy: false };
  return { state: 'online', text: `synced ${last}${freshness?.complete ? '' : ' · not all'}`, busy: false };
}
