// The corner of the window never claims more than is true.
import { expect, it } from 'vitest';
import type { AppError, ConnectionState, Freshness, FreshnessPart, What } from '../backend';
import { emptiness, failedTitle, freshnessWords, shownAsOf } from './freshness';

const NOW = new Date(2025, 10, 21, 15, 0).getTime();
const SYNCED: Freshness = {
  syncedAtMs: new Date(2025, 10, 21, 14, 2).getTime(),
  syncing: false,
  complete: true,
  fetched: 10_000,
  error: null,
  parts: [],
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

const DENIED: AppError = { code: 'forbidden', message: 'Permission denied', part: null };
const AS_OF = SYNCED.syncedAtMs;
const part = (what: What, asOfMs: number | null, error: AppError | null = null, failed = 0) =>
  ({ what, asOfMs, error, failed }) satisfies FreshnessPart;
/** As the app puts parts together. */
const of = (...parts: FreshnessPart[]): Freshness => ({
  syncedAtMs: parts.some(({ asOfMs }) => asOfMs === null) ? null : AS_OF,
  syncing: false,
  complete: parts.every(({ asOfMs }) => asOfMs !== null),
  fetched: 0,
  error: parts.find(({ error }) => error)?.error ?? null,
  parts,
});

it.each([
  [of(part('versions', AS_OF)), 'nothing'],
  [of(part('versions', null)), 'reading'],
  [undefined, 'reading'],
  [of(part('versions', null, DENIED)), 'failed'],
  // What there was at nine says nothing of now.
  [of(part('versions', AS_OF, DENIED)), 'failed'],
  [{ ...of(part('versions', null, DENIED)), syncing: true }, 'failed'],
  [of(part('model', null, DENIED), part('versions', AS_OF)), 'nothing'],
  [of(part('versions', null), part('sourceRuns', AS_OF, DENIED, 2)), 'reading'],
  // The way to all of them is lost.
  [{ ...of(part('versions', null)), error: ERROR }, 'failed'],
  [{ ...of(part('versions', AS_OF)), error: ERROR }, 'failed'],
  // Of several experiments one was not read.
  [of(part('versions', AS_OF), part('versions', null)), 'reading'],
  [of(part('versions', AS_OF), part('versions', AS_OF, DENIED)), 'failed'],
  [of(part('model', AS_OF)), 'reading'],
] as const)('%#: no versions and %j mean: %s', (freshness, meaning) => {
  expect(emptiness(freshness, 'versions').kind).toBe(meaning);
});

it.each([
  [of(part('model', AS_OF), part('versions', AS_OF, DENIED)), 'versions not read · as of 14:02'],
  [of(part('model', AS_OF), part('versions', null, DENIED)), 'versions not read'],
  [of(part('runs', AS_OF, DENIED)), 'not refreshed · as of 14:02'],
])('%#: the corner names the part that could not be read', (freshness, text) => {
  expect(freshnessWords(UP, freshness, NOW)).toMatchObject({ state: 'error', text });
});

it('says in words what could not be read, and how old what is shown is', () => {
  expect(failedTitle(part('versions', null, DENIED))).toBe('Versions could not be read');
  expect(failedTitle(part('histories', null, DENIED, 3))).toBe('3 curves could not be read');
  expect(failedTitle(part('sourceRuns', null, DENIED, 1))).toBe('The run of a version could not be read');
  expect(shownAsOf(part('versions', AS_OF, DENIED), NOW)).toBe('What is shown is as of 14:02.');
  expect(shownAsOf(part('versions', null, DENIED), NOW)).toBe('');
});
