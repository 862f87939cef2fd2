// Stages in words, and which change of one may be taken back.
import { expect, it } from 'vitest';
import type { StageMove, VersionRow } from '../backend';
import { canUndo, heldStages, moveWords } from './stages';

const row = (version: string, stage: string) => ({ version: { version, stage } }) as VersionRow;
const move = (id: string, version: string, archived: string[] = [], undoneAtMs: number | null = null) =>
  ({
    id,
    version,
    archived,
    undoneAtMs,
    fromStage: 'None',
    toStage: 'Production',
    outcome: 'moved',
  }) as StageMove;

it('names who is in use, Production first', () => {
  expect(
    heldStages([row('4', 'Staging'), row('3', 'Production'), row('2', 'Archived'), row('1', 'Staging')]),
  ).toEqual([
    ['Production', ['3']],
    ['Staging', ['4', '1']],
  ]);
  expect(heldStages([row('1', 'None')])).toEqual([]);
});

it('says what a move did', () => {
  expect(moveWords(move('a', '4', ['3', '2']))).toBe('v4 from None to Production, archived v3, v2 along');
  expect(moveWords(move('a', '4'))).toBe('v4 from None to Production');
});

it('takes back the last move of each version only', () => {
  const [later, earlier, other] = [move('c', '5', ['4']), move('b', '4'), move('a', '1')];
  const all = [later, earlier, other];
  expect(all.map((each) => canUndo(each, all))).toEqual([true, false, true]);
  expect(canUndo(earlier, [{ ...later, undoneAtMs: 1 }, earlier])).toBe(true);
  expect(canUndo({ ...later, undoneAtMs: 1 }, all)).toBe(false);
  expect(canUndo({ ...later, outcome: 'unknown' }, all)).toBe(false);
});
