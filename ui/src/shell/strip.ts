// What the line over the status bar says while a connection is lost. Pure.
import type { ConnectionState, Freshness } from '../backend';
import { ERROR_WORDS } from '../errors';
import { formatTimeShort } from '../format/time';

export type StripAction = 'tryNow' | 'connect' | 'test';

export interface StripWords {
  tone: 'quiet' | 'warn' | 'danger';
  text: string;
  /** The words of the error itself. */
  detail: string;
  actions: StripAction[];
  busy: boolean;
}

/** Codes after which trying again by itself would only ask for the same thing, or must not happen. */
const FOR_THE_USER = ['needsUser', 'untrusted'];

export function stripWords(
  name: string,
  state: ConnectionState | undefined,
  freshness: Freshness | undefined,
  now_ms: number,
): StripWords | undefined {
  if (state?.kind !== 'reconnecting' && state?.kind !== 'down') return undefined;
  const at_ms = freshness?.syncedAtMs ?? null;
  const cached = at_ms === null ? '' : ` · cached data from ${formatTimeShort(at_ms, now_ms)}`;
  const { error } = state;
  if (state.kind === 'reconnecting') {
    return {
      tone: 'quiet',
      text: `Reconnecting to ${name}${cached}`,
      detail: error.message,
      actions: ['tryNow'],
      busy: true,
    };
  }
  if (FOR_THE_USER.includes(error.code)) {
    return {
      tone: error.code === 'untrusted' ? 'danger' : 'warn',
      text: `${ERROR_WORDS[error.code].title}${cached}`,
      detail: error.message,
      actions: ['connect', 'test'],
      busy: false,
    };
  }
  return {
    tone: 'warn',
    text: `Not connected to ${name}${cached}`,
    detail: error.message,
    actions: ['tryNow', 'test'],
    busy: false,
  };
}
