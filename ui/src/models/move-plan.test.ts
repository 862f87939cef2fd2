// What a plan of several moves says of itself.
import { expect, test } from 'vitest';
import type { MovePlan, MoveState, PlannedMove } from '../backend';
import { halfwayWords, isSwap, moveWords, planTitle, promotionOf, stepsLeft, swapOf } from './move-plan';

const planned = (
  alias: string,
  fromVersion: string | null,
  toVersion: string,
  state: MoveState,
): PlannedMove => ({
  alias,
  fromVersion,
  toVersion,
  state,
  atMs: 1,
  trouble: null,
  overridden: [],
  approvedBy: [],
  promotionId: state === 'done' ? 'j' : null,
  tagged: false,
});
const swap = (champion: MoveState, challenger: MoveState): MovePlan => ({
  id: 'p',
  model: 'churn',
  by: 'ana',
  atMs: 1,
  reason: '',
  moves: [planned('champion', '31', '33', champion), planned('challenger', '33', '31', challenger)],
  state: 'unfinished',
});

test('two aliases that change places are swapped; anything else is moved', () => {
  expect(planTitle(swap('waiting', 'waiting').moves)).toBe('Swap champion and challenger');
  const old = [planned('previous', '3', '5', 'waiting'), planned('production', '5', '7', 'waiting')];
  expect(isSwap(old)).toBe(false);
  expect(planTitle(old)).toBe('Move previous and production');
});

test('a swap is of two aliases on two versions', () => {
  const slot = (alias: string, version?: string) => ({ alias, version, row: undefined });
  const slots = [slot('champion', '31'), slot('challenger', '33'), slot('shadow', '31'), slot('next')];
  expect(swapOf(slots, 'challenger', 'champion')).toEqual([
    { alias: 'champion', version: '33' },
    { alias: 'challenger', version: '31' },
  ]);
  expect([swapOf(slots, 'champion', 'shadow'), swapOf(slots, 'champion', 'next')]).toEqual([
    undefined,
    undefined,
  ]);
});

test('says where a plan stands, never more than is known', () => {
  const said = (plan: MovePlan, now: (string | null)[], underWay = false) =>
    halfwayWords({ plan, now, underWay });
  expect(said(swap('done', 'waiting'), ['33', '33'])).toBe('Half done: both aliases are on v33.');
  expect(said(swap('left', 'waiting'), ['40', '33'])).toBe(
    'Half done: champion is on v40 and challenger is on v33.',
  );
  expect(said(swap('done', 'done'), ['33', '31'])).toContain('All moves were made');
  expect(said(swap('waiting', 'waiting'), ['31', '33'])).toBe('Nothing was moved.');
  expect(said(swap('done', 'underWay'), ['33', null], true)).toContain('being carried out');
  const lost = planned('champion', '31', '33', 'underWay');
  expect(moveWords(lost, true).text).toContain('under way');
  expect(moveWords(lost, false)).toEqual({
    icon: 'question',
    tone: 'warn',
    text: 'champion to v33: no answer came, not known',
  });
});

test('counts what is left to do, both ways', () => {
  expect(stepsLeft(swap('done', 'waiting'))).toEqual({ finish: 1, rollBack: 1 });
  expect(stepsLeft(swap('left', 'done'))).toEqual({ finish: 0, rollBack: 1 });
});

test('is taken back by the entry of any of its moves', () => {
  expect(promotionOf(swap('done', 'done'))).toMatchObject({ id: 'j', alias: 'champion', planId: 'p' });
  expect(promotionOf(swap('waiting', 'waiting'))).toBeUndefined();
});
