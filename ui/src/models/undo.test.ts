// A move can be taken back once, and is asked about first where its profile wants that.
import { afterEach, expect, it, vi } from 'vitest';
import { commands, type Promotion } from '../backend';
import { toasts } from '../components/toasts.svelte';
import { profiles } from '../workspace.svelte';
import { Undo } from './undo.svelte';

const move = { id: 'm1', alias: 'champion', fromVersion: '1', toVersion: '2', warnings: [] as string[] };
const promotion = move as unknown as Promotion;
const titles = () => toasts.items.map(({ title }) => title);

function start() {
  const send = vi.spyOn(commands, 'undoPromotion').mockResolvedValue(promotion);
  return { send, undo: new Undo() };
}

afterEach(() => {
  for (const { id } of toasts.items) toasts.dismiss(id);
  vi.restoreAllMocks();
});

it('offers to take a move back, and takes the offer away once that is done', async () => {
  const { send, undo } = start();
  undo.offer(promotion, 'dev');
  expect(titles()).toEqual(['champion is on v2 now']);
  await undo.takeBack({ promotion, of: 'dev' }, null);
  expect(send).toHaveBeenCalledExactlyOnceWith('dev', 'm1', null);
  expect(titles()).toEqual(['champion is back on v1']);
  expect([undo.last, undo.underway]).toEqual([undefined, undefined]);
  expect(undo.done).toBe(1);
});

it('offers it on the page for as long as that is open, and elsewhere as long as the toast does', () => {
  const { undo } = start();
  const gone = () => toasts.items.forEach(({ id }) => toasts.dismiss(id));
  undo.offer(promotion, 'dev');
  gone();
  expect(undo.last?.promotion).toBe(promotion);
  undo.leave();
  expect(undo.last).toBeUndefined();
  undo.offer(promotion, 'dev');
  undo.leave();
  expect(undo.last?.promotion).toBe(promotion);
  gone();
  expect(undo.last).toBeUndefined();
  // The next one is made on a page that is open.
  undo.offer(promotion, 'dev');
  gone();
  expect(undo.last?.promotion).toBe(promotion);
});

it('is done once, however often it is asked for', async () => {
  const { send, undo } = start();
  const first = undo.takeBack({ promotion, of: 'dev' }, null);
  expect(undo.underway).toBe('m1');
  await undo.takeBack({ promotion, of: 'dev' }, null);
  await first;
  expect(send).toHaveBeenCalledOnce();
});

it('asks first where the profile wants every write confirmed', async () => {
  const { send, undo } = start();
  await profiles.refresh();
  undo.begin({ promotion, of: 'staging' });
  expect(undo.asking?.of).toBe('staging');
  expect(send).not.toHaveBeenCalled();
  undo.begin({ promotion, of: 'dev' });
  expect(send).toHaveBeenCalledExactlyOnceWith('dev', 'm1', null);
  // It is not known any more what a forgotten profile would ask for.
  undo.begin({ promotion, of: 'gone' });
  expect([undo.asking?.of, undo.writes('gone')]).toEqual(['gone', 'typed']);
});

it('says why it was not done', async () => {
  const { send, undo } = start();
  send.mockRejectedValue({ code: 'aliasMoved', message: 'Somebody else has moved it.' });
  await undo.takeBack({ promotion, of: 'dev' }, null);
  expect(toasts.items.map(({ title, message }) => [title, message])).toEqual([
    ['Not undone', 'Somebody else has moved it.'],
  ]);
  expect(undo.done).toBe(1);
});
