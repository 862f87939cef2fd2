import { expect, test } from 'vitest';
import type { Measured, ModelBoard, Promotion, PromotionPlan, VersionRow } from '../backend';
import {
  aliasRefusal,
  lastMoveOf,
  canUndo,
  formatsOf,
  ownTags,
  ownersOf,
  ownersOfPlan,
  ownerWords,
  slotsOf,
  statusWords,
  numberTexts,
} from './board';

function row(version: string, ...owners: (Measured['of'] | null)[]): VersionRow {
  return {
    version: { version, runId: 'r' } as VersionRow['version'],
    author: null,
    runName: 'owl',
    loggedModelName: 'net',
    cells: owners.map((of) => of && { value: 1, step: 0, of }),
  };
}

function board(aliases: Record<string, string>, promotions: Partial<Promotion>[] = []): ModelBoard {
  return {
    model: { aliases: Object.entries(aliases).map(([alias, version]) => ({ alias, version })) },
    versions: [row('2'), row('1')],
    promotions,
  } as unknown as ModelBoard;
}

test('champion and challenger have their slots even while no version has them', () => {
  const slots = slotsOf(board({ zeta: '1', alpha: '2', challenger: '2' }));
  expect(slots.map(({ alias }) => alias)).toEqual(['champion', 'challenger', 'alpha', 'zeta']);
  expect(slots[0]?.version).toBeUndefined();
  expect(slots[1]?.row?.version.version).toBe('2');
});

test('an alias in another case has the slot of the champion, as the server spells it', () => {
  const names = (aliases: Record<string, string>) => slotsOf(board(aliases)).map(({ alias }) => alias);
  expect(names({ Champion: '1' })).toEqual(['Champion', 'challenger']);
  expect(names({ CHALLENGER: '2', zeta: '1' })).toEqual(['champion', 'CHALLENGER', 'zeta']);
  expect(names({ Champion: '1', champion: '2' })).toEqual(['champion', 'Champion', 'challenger']);
});

test('only the last move of an alias can be undone, and only while it holds', () => {
  const made = { alias: 'champion', undoneAtMs: null, outcome: 'moved' };
  const last = { ...made, id: 'b', toVersion: '2' } as Promotion;
  const first = { ...made, id: 'a', toVersion: '1' } as Promotion;
  expect(canUndo(last, board({ champion: '2' }, [last, first]))).toBe(true);
  expect(canUndo(first, board({ champion: '2' }, [last, first]))).toBe(false);
  expect(canUndo(last, board({ champion: '1' }, [last, first]))).toBe(false);
  expect(canUndo({ ...last, undoneAtMs: 1 }, board({ champion: '2' }, [last]))).toBe(false);
});

test('a move whose outcome is not known counts only where the alias is', () => {
  const tried = {
    id: 'b',
    alias: 'champion',
    toVersion: '3',
    undoneAtMs: null,
    outcome: 'unknown',
  } as Promotion;
  const before = { ...tried, id: 'a', toVersion: '2', outcome: 'moved' } as Promotion;
  const moved = board({ champion: '3' }, [tried, before]);
  expect([canUndo(tried, moved), canUndo(before, moved)]).toEqual([true, false]);
  expect(lastMoveOf(moved, 'champion')).toBeUndefined();
  const stayed = board({ champion: '2' }, [tried, before]);
  expect([canUndo(tried, stayed), canUndo(before, stayed)]).toEqual([false, true]);
  expect(lastMoveOf(stayed, 'champion')?.id).toBe('a');
});

test('names of aliases follow the rules of the server', () => {
  for (const good of ['champion', 'a-b_c', 'v', '最良']) expect(aliasRefusal(good)).toBeUndefined();
  for (const bad of ['', 'a b', 'LATEST', 'v12', 'x'.repeat(256)])
    expect(aliasRefusal(bad)).toBeTypeOf('string');
});

test('a number says whose it is', () => {
  const words = (of: Measured['of']) => ownerWords(row('1', of), { value: 1, step: 0, of });
  expect(words('loggedModel')).toBe('of its logged model net');
  expect(words('run')).toBe('of its run owl');
  expect(words('sharedRun')).toMatch(/of its run owl, which logged several models/);
});

test('numbers of runs are marked only beside those of logged models', () => {
  expect(ownersOf([row('1', 'run'), row('2', 'run', null)])).toEqual({
    line: 'numbers of their runs',
    mixed: false,
  });
  expect(ownersOf([row('1', 'run'), row('2', 'loggedModel')]).mixed).toBe(true);
  expect(ownersOf([row('1', 'loggedModel')]).line).toBe('numbers of their logged models');
  expect(ownersOf([row('1', 'sharedRun')]).line).toMatch(/may be of another model/);
  expect(ownersOf([row('1', null)]).line).toBeUndefined();
});

test('the card says of each version whose numbers it shows', () => {
  const measured = (of: Measured['of']) => ({ value: 1, step: 0, of });
  const madeFrom = { loggedModelName: 'net', runId: 'r', runName: 'owl' };
  const plan = {
    fromVersion: '1',
    toVersion: '2',
    from: madeFrom,
    to: { ...madeFrom, loggedModelName: null, runName: null },
    metrics: [
      { from: measured('loggedModel'), to: measured('run') },
      { from: measured('sharedRun'), to: null },
    ],
  } as unknown as PromotionPlan;
  expect(ownersOfPlan(plan)).toEqual([
    'v1: numbers of logged model net; those marked “run” of run owl, which logged several models',
    'v2: numbers of run r',
  ]);
});

test('a version that is not ready says so in whole words', () => {
  expect(statusWords('READY')).toBeUndefined();
  expect(statusWords('FAILED_REGISTRATION')).toBe('registration failed');
  expect(statusWords('SOMETHING_ELSE')).toBe('something else');
});

test('a slot knows the move that filled it, unless the alias was moved again since', () => {
  const move = { id: 'a', alias: 'champion', toVersion: '2', undoneAtMs: null, outcome: 'moved' as const };
  expect(lastMoveOf(board({ champion: '2' }, [move]), 'champion')?.id).toBe('a');
  expect(lastMoveOf(board({ champion: '1' }, [move]), 'champion')).toBeUndefined();
  expect(lastMoveOf(board({ champion: '2' }, [{ ...move, undoneAtMs: 1 }]), 'champion')).toBeUndefined();
});

test('the tags of a version are those that people wrote', () => {
  const tags = ['team', 'podium.reason', 'mlflow.x', 'approved'].map((key) => ({ key, value: '' }));
  const tagged = { ...row('1'), version: { version: '1', tags } as VersionRow['version'] };
  expect(ownTags(tagged).map(({ key }) => key)).toEqual(['approved', 'team']);
});

const measured = (value: Measured['value'] | null): Measured | null =>
  value === null ? null : { value, step: 0, of: 'run' };

test('the numbers of a column have the same decimals wherever they stand', () => {
  const versions = [0.465, 0.9].map((value) => ({ cells: [measured(value), null] }));
  const [acc, none] = formatsOf({ columns: [{}, {}], versions } as unknown as ModelBoard);
  expect([acc?.(0.9), none?.(3)]).toEqual(['0.900', '3']);
});

test('the numbers of one metric on the card have the same decimals, and the points of a column are aligned', () => {
  const delta = (from: Measured['value'] | null, to: Measured['value'] | null) => ({
    from: measured(from),
    to: measured(to),
  });
  const written = numberTexts([
    delta(0.334, 0.465),
    delta(0.5, 0.5),
    delta(20.5, 22.9517),
    delta(null, 12),
    delta('NaN', 0.1),
  ] as PromotionPlan['metrics']);
  expect(written.map(({ from, to }) => [from?.text, to?.text])).toEqual([
    ['0.334', '0.465'],
    ['0.5', '0.5'],
    ['20.500', '22.952'],
    [undefined, '12'],
    ['NaN', '0.1'],
  ]);
  for (const side of ['from', 'to'] as const) {
    const behind = written.flatMap((row) => {
      const { text, pad } = row[side] ?? { text: 'NaN', pad: '' };
      return text === 'NaN' ? [] : [(text + pad).length - (text + pad).indexOf('.')];
    });
    expect(new Set(behind).size).toBe(1);
  }
  expect(written.map(({ changePad }) => changePad.length)).toEqual([0, 4, 0, 0, 4]);
});
