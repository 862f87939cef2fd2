// The corner of the window never claims more than is true.
import { expect, it } from 'vitest';
import type { AppError, ConnectionState, Freshness } from '../backend';
import { freshnessWords, neverRead } from './freshness';

const NOW = new Date(2025, 10, 21, 15, 0).getTime();
const SYNCED: Freshness = {
  syncedAtMs: new Date(2025, 10, 21, 14, 2).getTime(),
  syncing: false,
  complete: true,
  fetched: 10_000,
  error: null,
};
const ERROR: AppError = { code: 'unreachable', message: 'no', part: null };
const UP: ConnectionState = {
  kind: 'up',
  capabilities: { description: 'MLflow', version: null, aliases: true, loggedModels: true, writable: true },
};
const DOWN: ConnectionState = { kind: 'down', error: ERROR, retryInMs: null };

it.each([
  [UP, SYNCED, 'online', 'synced 14:02'],
  [UP, { ...SYNCED, complete: false }, 'online', 'synced 14:02 · not all'],
  [UP, { ...SYNCED, syncing: true, fetched: 3000 }, 'syncing', 'syncing · 3,000 so far'],
  [UP, { ...SYNCED, syncing: true, fetched: 0 }, 'syncing', 'syncing'],
  [UP, { ...SYNCED, error: ERROR }, 'error', 'not refreshed · as of 14:02'],
  [UP, { ...SYNCED, syncedAtMs: null, error: ERROR }, 'error', 'not refreshed'],
  [UP, undefined, 'online', 'connected'],
  [DOWN, { ...SYNCED, syncing: true }, 'offline', 'offline · as of 14:02'],
  [DOWN, undefined, 'offline', 'offline'],
  [{ kind: 'connecting' }, SYNCED, 'syncing', 'connecting · as of 14:02'],
  [undefined, undefined, 'syncing', 'connecting'],
] as const)('%#: %j with %j', (connection, freshness, state, text) => {
  expect(freshnessWords(connection, freshness, NOW)).toMatchObject({ state, text });
});

const UNREAD = { ...SYNCED, syncedAtMs: null };
const AGAIN: ConnectionState = { kind: 'reconnecting', error: ERROR, retryInMs: 1000 };

it.each([
  [DOWN, UNREAD, true],
  [AGAIN, { ...UNREAD, syncing: true }, true],
  [UP, { ...UNREAD, error: ERROR }, true],
  [UP, { ...UNREAD, error: ERROR, syncing: true }, false],
  [UP, UNREAD, false],
  [{ kind: 'connecting' }, UNREAD, false],
  [DOWN, SYNCED, false],
  [DOWN, undefined, false],
] as const)('%#: nothing was ever read, with %j and %j: %j', (connection, freshness, answer) => {
  expect(neverRead(connection, freshness)).toBe(answer);
});
