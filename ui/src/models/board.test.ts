import { expect, test } from 'vitest';
import type { ModelBoard, Promotion, VersionRow } from '../backend';
import {
  aliasRefusal,
  arrival,
  bestOf,
  canUndo,
  decidingMetrics,
  direction,
  ownTags,
  slotsOf,
} from './board';

function row(version: string, metrics: string[]): VersionRow {
  return {
    version: { version } as VersionRow['version'],
    runName: null,
    metrics: metrics.map((key) => ({ key, value: 1, timestampMs: 0, step: 0 })),
  };
}

function board(aliases: Record<string, string>, promotions: Partial<Promotion>[] = []): ModelBoard {
  return {
    model: { aliases: Object.entries(aliases).map(([alias, version]) => ({ alias, version })) },
    versions: [row('2', []), row('1', [])],
    promotions,
  } as unknown as ModelBoard;
}

test('champion and challenger have their slots even while nobody holds them', () => {
  const slots = slotsOf(board({ zeta: '1', alpha: '2', challenger: '2' }));
  expect(slots.map(({ alias }) => alias)).toEqual(['champion', 'challenger', 'alpha', 'zeta']);
  expect(slots[0]?.version).toBeUndefined();
  expect(slots[1]?.row?.version.version).toBe('2');
});

test('the metrics of most versions decide, held-out ones first', () => {
  const versions = [
    row('1', ['auc', 'train_loss', 'x']),
    row('2', ['auc', 'train_loss']),
    row('3', ['auc', 'system/cpu']),
  ];
  expect(decidingMetrics(versions)).toEqual(['auc', 'train_loss', 'x']);
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
  expect(arrival(moved, 'champion')).toBeUndefined();
  const stayed = board({ champion: '2' }, [tried, before]);
  expect([canUndo(tried, stayed), canUndo(before, stayed)]).toEqual([false, true]);
  expect(arrival(stayed, 'champion')?.id).toBe('a');
});

test('names of aliases follow the rules of the server', () => {
  for (const good of ['champion', 'a-b_c', 'v', '最良']) expect(aliasRefusal(good)).toBeUndefined();
  for (const bad of ['', 'a b', 'LATEST', 'v12', 'x'.repeat(256)])
    expect(aliasRefusal(bad)).toBeTypeOf('string');
});

test('a name says which way is better, or nothing does', () => {
  expect(direction('val_loss')).toBe('lower');
  expect(direction('f1_macro')).toBe('higher');
  expect(direction('depth')).toBeUndefined();
  for (const key of ['val/top1_acc', 'valAccuracy', 'mAP@50', 'roc_auc'])
    expect(direction(key)).toBe('higher');
  for (const key of ['brier_score', 'logloss', 'latency_ms', 'eval.error_rate'])
    expect(direction(key)).toBe('lower');
  for (const key of ['accumulated', 'bitmap_size', 'maelstrom']) expect(direction(key)).toBeUndefined();
});

test('the best value is known where a way is better and two can be compared', () => {
  const rows = (key: string, ...values: VersionRow['metrics'][number]['value'][]) =>
    values.map((value) => ({ ...row('1', []), metrics: [{ key, value, timestampMs: 0, step: 0 }] }));
  expect(bestOf(rows('auc', 0.8, 0.9, 'NaN'), 'auc')).toBe(0.9);
  expect(bestOf(rows('val_loss', 0.8, 0.9), 'val_loss')).toBe(0.8);
  expect(bestOf(rows('depth', 3, 4), 'depth')).toBeUndefined();
  expect(bestOf(rows('auc', 0.8, 'NaN'), 'auc')).toBeUndefined();
});

test('a slot knows the move that filled it, unless somebody has moved it since', () => {
  const move = { id: 'a', alias: 'champion', toVersion: '2', undoneAtMs: null, outcome: 'moved' as const };
  expect(arrival(board({ champion: '2' }, [move]), 'champion')?.id).toBe('a');
  expect(arrival(board({ champion: '1' }, [move]), 'champion')).toBeUndefined();
  expect(arrival(board({ champion: '2' }, [{ ...move, undoneAtMs: 1 }]), 'champion')).toBeUndefined();
});

test('the tags of a version are those that people wrote', () => {
  const tags = ['team', 'podium.reason', 'mlflow.x', 'approved'].map((key) => ({ key, value: '' }));
  const tagged = { ...row('1', []), version: { version: '1', tags } as VersionRow['version'] };
  expect(ownTags(tagged).map(({ key }) => key)).toEqual(['approved', 'team']);
});
