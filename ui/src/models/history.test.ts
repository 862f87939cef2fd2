import { expect, it } from 'vitest';
import type { AliasMove, ModelHistory, Place, When } from '../backend';
import { heldWords, movedByOthers, movesOf, timeOf, whenExact } from './history';

const v = (version: string): Place => ({ kind: 'version', version });
const move = (alias: string, when: When, to: string, promotionId: string | null = null) =>
  ({ alias, when, from: v('1'), to: v(to), promotionId }) as AliasMove;
const at = (ms: number): When => ({ kind: 'at', ms });

const day = new Date(2026, 10, 3).getTime();
const hour = 3_600_000;
const history: ModelHistory = {
  asOfMs: day + 48 * hour,
  aliases: [
    {
      alias: 'champion',
      moves: [move('champion', at(day + 14 * hour), '3'), move('champion', { kind: 'notKnown' }, '2')],
      spans: [
        { startMs: null, endMs: day + 14 * hour, holder: { kind: 'notKnown' }, why: 'Nobody knows.' },
        { startMs: day + 14 * hour, endMs: day + 48 * hour, holder: v('3'), why: null },
        { startMs: day + 48 * hour, endMs: null, holder: { kind: 'notKnown' }, why: 'Not read since.' },
      ],
    },
    {
      alias: 'next',
      moves: [move('next', { kind: 'between', afterMs: 1, beforeMs: day + 15 * hour }, '4')],
      spans: [],
    },
  ],
};
const [champion] = history.aliases;

it('reads a day and a minute, and nothing that is neither', () => {
  expect(timeOf(' 2026-11-03 ')).toEqual({
    start_ms: day,
    end_ms: new Date(2026, 10, 4).getTime(),
    isDay: true,
  });
  expect(timeOf('2026-11-03 14:10')?.start_ms).toBe(day + 14 * hour + 600_000);
  for (const text of ['', '2026-02-31', '2026-11-03 25:00', '2026-11-03 14:61', '3 Nov', '2026-11'])
    expect(timeOf(text), text).toBeUndefined();
});

it('says where an alias was on a day, piece by piece, and what is not known', () => {
  const words = (text: string) => {
    const asked = timeOf(text);
    return champion && asked ? heldWords(champion, asked).map((piece) => piece.words) : [];
  };
  expect(words('2026-11-03')).toEqual(['not known until 14:00', 'v3']);
  expect(words('2026-11-03 14:00')).toEqual(['v3']);
  expect(words('2026-11-04')).toEqual(['v3']);
  expect(words('2026-11-06')).toEqual(['not known']);
});

it('puts the moves of all aliases in one order, and those without a time at its end', () => {
  const line = (alias?: string) =>
    movesOf(history, alias).map(({ to }) => (to.kind === 'version' ? to.version : '?'));
  expect(line()).toEqual(['4', '3', '2']);
  expect(line('champion')).toEqual(['3', '2']);
  expect(whenExact({ kind: 'between', afterMs: day, beforeMs: day + hour })).toBe(
    'Between 2026-11-03 00:00:00 and 2026-11-03 01:00:00',
  );
});

it('notices moves of others, and not those of this machine', () => {
  const aliases = (since_ms: number) => movedByOthers(history, since_ms).map(({ alias }) => alias);
  expect(aliases(day)).toEqual(['champion', 'next']);
  expect(aliases(day + 14 * hour)).toEqual(['next']);
  const own = {
    ...history,
    aliases: [{ alias: 'a', moves: [move('a', at(day + hour), '2', 'id')], spans: [] }],
  };
  expect(movedByOthers(own, day)).toEqual([]);
});
