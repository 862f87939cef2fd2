// How fresh the data on screen is, in a few words for the corner of the window.
import type { AppError, ConnectionState, Freshness, FreshnessPart, What } from '../backend';
import { formatCount } from '../format/number';
import { formatTimeShort } from '../format/time';

export interface FreshnessWords {
  state: 'online' | 'syncing' | 'offline' | 'error';
  text: string;
  busy: boolean;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function asOf(freshness: Freshness | undefined, now_ms: number): string {
  const at_ms = freshness?.syncedAtMs;
  return at_ms === null || at_ms === undefined ? '' : formatTimeShort(at_ms, now_ms);
}

const NAMES: Record<What, (count: number) => string> = {
  experiments: () => 'Experiments',
  runs: () => 'Runs',
  run: () => 'This run',
  histories: (count) => (count > 1 ? `${formatCount(count)} curves` : 'Curves'),
  models: () => 'Models',
  model: () => 'The aliases',
  versions: () => 'Versions',
  sourceRuns: (count) => (count > 1 ? `The runs of ${formatCount(count)} versions` : 'The run of a version'),
};

/** "Versions could not be read". */
export function failedTitle({ what, failed }: Pick<FreshnessPart, 'what' | 'failed'>): string {
  return `${NAMES[what](failed)} could not be read`;
}

/** How old what is shown of a part is. */
export function shownAsOf(part: FreshnessPart, now_ms: number): string {
  return part.asOfMs === null ? '' : `What is shown is as of ${formatTimeShort(part.asOfMs, now_ms)}.`;
}

/** The parts that the last sync could not read. */
export function failedParts(freshness: Freshness | undefined): (FreshnessPart & { error: AppError })[] {
  return (freshness?.parts ?? []).flatMap((part) => (part.error ? [{ ...part, error: part.error }] : []));
}

/** How fresh several things are that are shown together. */
export function joinFreshness(all: readonly { freshness: Freshness }[]): Freshness {
  const each = all.map(({ freshness }) => freshness);
  const parts = each.flatMap((one) => one.parts);
  const unread = parts.length === 0 || parts.some(({ asOfMs }) => asOfMs === null);
  return {
    syncedAtMs: unread ? null : Math.min(...parts.map(({ asOfMs }) => asOfMs ?? Infinity)),
    syncing: each.some(({ syncing }) => syncing),
    complete: !unread,
    fetched: each.reduce((sum, { fetched }) => sum + fetched, 0),
    error: each.find(({ error }) => error !== null)?.error ?? null,
    parts,
  };
}

/** Why a part has nothing to show. `nothing`: it was read, the last read did not fail, and it is empty. */
export type Emptiness =
  { kind: 'nothing' } | { kind: 'reading' } | { kind: 'failed'; error: AppError; title?: string };

export function emptiness(freshness: Freshness | undefined, what: What): Emptiness {
  if (!freshness) return { kind: 'reading' };
  const parts = freshness.parts.filter((part) => part.what === what);
  const failed = parts.find(({ error }) => error !== null);
  if (failed?.error) return { kind: 'failed', error: failed.error, title: failedTitle(failed) };
  // An error of no single part is an error of the connection: it concerns all parts.
  if (freshness.error && failedParts(freshness).length === 0)
    return { kind: 'failed', error: freshness.error };
  const read = parts.length > 0 && parts.every(({ asOfMs }) => asOfMs !== null);
  return { kind: read ? 'nothing' : 'reading' };
}

/** The state of a connection and of the data on screen in words, the worst first. */
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
  const failed = failedParts(freshness);
  const [first] = failed;
  if (first && failed.length < (freshness?.parts.length ?? 0)) {
    const of = first.asOfMs === null ? '' : ` · as of ${formatTimeShort(first.asOfMs, now_ms)}`;
    return {
      state: 'error',
      text: `${lowerFirst(NAMES[first.what](first.failed))} not read${of}`,
      busy: false,
    };
  }
  if (freshness?.error) {
    return { state: 'error', text: last ? `not refreshed · as of ${last}` : 'not refreshed', busy: false };
  }
  if (!last) return { state: 'online', text: 'connected', busy: false };
  return { state: 'online', text: `synced ${last}${freshness?.complete ? '' : ' · not all'}`, busy: false };
}
