// @vitest-environment happy-dom
// The line and its buttons, for each way a connection can be lost.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { ConnectionState } from '../backend';
import { PROFILES, linkState, type LinkSituation } from '../backend/fake-connections';
import ConnectionStrip from './ConnectionStrip.svelte';

let strip: object | undefined;
const find = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`);

function show(state: ConnectionState) {
  const [profile] = PROFILES;
  if (!profile) throw new Error('no profile');
  const props = {
    connection: { profile, state },
    freshness: undefined,
    onreconnect: vi.fn(() => Promise.reject(new Error('still down'))),
    ontest: vi.fn(),
  };
  strip = mount(ConnectionStrip, { target: document.body, props });
  flushSync();
  return props;
}

afterEach(async () => {
  if (strip) await unmount(strip);
  strip = undefined;
});

it.each<[LinkSituation, string, string[]]>([
  ['reconnecting', 'quiet', ['try-now']],
  ['down', 'warn', ['try-now', 'test-connection']],
  ['needsUser', 'warn', ['connect', 'test-connection']],
  ['untrusted', 'danger', ['connect', 'test-connection']],
])('%s', (situation, tone, buttons) => {
  show(linkState(situation));
  expect(find('connection-strip')?.dataset['tone']).toBe(tone);
  const shown = [...document.querySelectorAll('button')].map((button) => button.dataset['testid']);
  expect(shown).toEqual(buttons);
});

it('is not there while connected', () => {
  show({ kind: 'connecting' });
  expect(find('connection-strip')).toBeNull();
});

it('survives a try that fails, and leads to the test', async () => {
  const props = show(linkState('needsUser'));
  find('connect')?.click();
  find('test-connection')?.click();
  await new Promise((resolve) => setTimeout(resolve));
  expect(props.onreconnect).toHaveBeenCalledOnce();
  expect(props.ontest).toHaveBeenCalledOnce();
});
