// The line says what is wrong, how old what is shown is, and offers only what can help.
import { describe, expect, it } from 'vitest';
import type { ConnectionState, Freshness } from '../backend';
import { stripWords } from './strip';

const NOW = new Date(2026, 10, 21, 15, 0).getTime();
const freshness: Freshness = {
  syncedAtMs: new Date(2026, 10, 21, 14, 2).getTime(),
  syncing: false,
  complete: true,
  fetched: 1,
  error: null,
  parts: [],
};
const down = (code: 'unreachable' | 'needsUser' | 'untrusted'): ConnectionState => ({
  kind: 'down',
  error: { code, message: 'why', part: null },
  retryInMs: null,
});

describe('stripWords', () => {
  it('says nothing while all is well, or is about to be', () => {
    expect(stripWords('vision', undefined, freshness, NOW)).toBeUndefined();
    expect(stripWords('vision', { kind: 'connecting' }, freshness, NOW)).toBeUndefined();
  });

  it('is quiet while it reconnects by itself, and says how old the data is', () => {
    const state: ConnectionState = { ...down('unreachable'), kind: 'reconnecting' } as ConnectionState;
    expect(stripWords('vision', state, freshness, NOW)).toEqual({
      tone: 'quiet',
      text: 'Reconnecting to vision · cached data from 14:02',
      detail: 'why',
      actions: ['tryNow'],
      busy: true,
    });
    expect(stripWords('vision', state, { ...freshness, syncedAtMs: null }, NOW)?.text).toBe(
      'Reconnecting to vision',
    );
  });

  it.each(['needsUser', 'untrusted'] as const)(
    'waits for the user on %s and never says it goes on by itself',
    (code) => {
      const words = stripWords('vision', down(code), freshness, NOW);
      expect(words).toMatchObject({ actions: ['connect', 'test'], busy: false });
      expect(words?.text).not.toMatch(/[Rr]econnecting/);
    },
  );

  it('marks broken trust as danger, and nothing else', () => {
    expect(stripWords('vision', down('untrusted'), freshness, NOW)?.tone).toBe('danger');
    expect(stripWords('vision', down('unreachable'), freshness, NOW)?.tone).toBe('warn');
  });
});
