// What charts of values show at first, and what is kept of them.
import { expect, it } from 'vitest';
import type { Column, ColumnInfo } from '../backend';
import { askedParams, parseImportanceSpec, startImportance } from './importance-spec';
import { moved, parallelTitle, parseParallelSpec, startParallel } from './parallel-spec';
import {
  bestWords,
  parseScatterSpec,
  scatterTitle,
  startFront,
  startHistory,
  startScatter,
  undirected,
} from './scatter-spec';
import { axisOptions, axisTitle, parseValueAxis, withColumn } from './value-axis';

const info = (
  kind: Column['kind'],
  key: string,
  runCount: number,
  numeric = true,
  better: 'higher' | 'lower' | null = null,
): ColumnInfo => ({ column: { kind, key }, runCount, numeric, direction: { better, chosen: false } });
const columns = [
  info('param', 'seed', 100),
  info('param', 'learning_rate', 100),
  info('param', 'optimizer', 100, false),
  info('param', 'rare', 2),
  info('metric', 'system/gpu', 100),
  info('metric', 'val_score', 100),
  info('metric', 'val_loss', 100, true, 'lower'),
  info('tag', 'mlflow.user', 100, false),
];
const axis = (kind: Column['kind'], key: string, log = false) => ({ column: { kind, key }, log });

it('starts with a param that varies and the metric whose better way is known', () => {
  const varies = ({ key }: Column) => key !== 'seed';
  const start = startScatter(columns, varies);
  expect(start).toEqual({
    x: axis('param', 'learning_rate', true),
    y: axis('metric', 'val_loss'),
    color: null,
    size: null,
    best: null,
  });
  const none = startScatter([]);
  expect([none.x.column.key, none.y.column.key]).toEqual(['start_time', 'duration']);
});

it('keeps what is valid of what was saved, whatever that is', () => {
  const start = startScatter(columns);
  for (const anything of [undefined, null, 3, 'x', [], {}, { x: 1, y: { column: null } }]) {
    expect(parseScatterSpec(anything, start)).toEqual(start);
  }
  const saved = {
    x: axis('metric', 'a/b.c'),
    y: { column: { kind: 'nothing', key: 'k' } },
    color: axis('param', 'optimizer'),
    size: { column: { kind: 'param', key: '' } },
    more: 1,
  };
  expect(parseScatterSpec(JSON.parse(JSON.stringify(saved)), start)).toEqual({
    ...start,
    x: saved.x,
    color: saved.color,
    size: null,
  });
});

it('a history is over the order of start, a front is of two metrics whose better way is known', () => {
  const accuracy = [...columns, info('metric', 'acc', 100, true, 'higher')];
  const history = startHistory(accuracy);
  expect([history.x.column.key, history.x.rank, history.best?.kind]).toEqual(['start_time', true, 'soFar']);
  expect(scatterTitle(history)).toBe('Best acc so far');
  const front = startFront(accuracy);
  expect([front.x.column.key, front.y.column.key]).toEqual(['val_loss', 'acc']);
  expect(scatterTitle(front)).toBe('Pareto: val_loss × acc');
  const priced = [...accuracy, info('metric', 'latency_ms', 90, true, 'lower')];
  expect(startFront(priced).x.column.key).toBe('latency_ms');
  expect([startFront([]).x, startFront([]).y].map(({ column }) => column.key)).toEqual([
    'start_time',
    'duration',
  ]);
  for (const spec of [history, front]) {
    const saved: unknown = JSON.parse(JSON.stringify(spec));
    expect(parseScatterSpec(saved, startScatter([]))).toEqual(spec);
  }
  const bad = parseScatterSpec({ best: { kind: 'front', xBetter: 'left', yBetter: 'lower' } }, history);
  expect(bad.best).toEqual({ kind: 'front', xBetter: null, yBetter: 'lower' });
  expect(parseScatterSpec({ best: 3 }, history).best).toBe(null);
});

it('says who is best, and asks which way is better only where that is missing', () => {
  const drawn = (part: object, categories: number | null = null) =>
    ({ best: { runs: null, of: 9, ...part }, x: { categories }, y: { categories: null } }) as Parameters<
      typeof bestWords
    >[0];
  const spec = startFront(columns);
  const sides = (of: ReturnType<typeof drawn>) => undirected(of, spec).map(({ side }) => side);
  const unknown = drawn({ kind: 'front', xBetter: null, yBetter: 'lower' });
  expect([bestWords(unknown), sides(unknown)]).toEqual([[], ['xBetter']]);
  expect(sides(drawn({ kind: 'soFar', xBetter: null, yBetter: null }))).toEqual(['yBetter']);
  const front = drawn({ kind: 'front', xBetter: 'lower', yBetter: 'lower', runs: [4, 2] });
  expect([bestWords(front), sides(front)]).toEqual([['2 of 9 on the front'], []]);
  const history = drawn({ kind: 'soFar', xBetter: null, yBetter: 'higher', runs: [1] });
  expect([bestWords(history), sides(history)]).toEqual([['higher is better'], []]);
  const words = drawn({ kind: 'front', xBetter: null, yBetter: null }, 3);
  expect([bestWords(words), sides(words)]).toEqual([['no best among words'], []]);
});

it('by rank are numbers and times, and then nothing is logarithmic', () => {
  const ranked = { ...axis('metric', 'val_loss', true), rank: true };
  expect(withColumn(ranked, 'attribute.start_time', columns)).toEqual({
    ...axis('attribute', 'start_time'),
    rank: true,
  });
  expect(withColumn(ranked, 'param.optimizer', columns)).toEqual(axis('param', 'optimizer'));
  expect([axisTitle(ranked), axisTitle(axis('metric', 'val_loss', true))]).toEqual([
    'val_loss · rank',
    'val_loss · log',
  ]);
  expect(parseValueAxis({ ...ranked, rank: 1 })?.rank).toBe(undefined);
});

it('offers what MLflow writes itself last, and keeps a logarithm only where it means anything', () => {
  const options = axisOptions(columns).map(({ value }) => value);
  expect(options.slice(-2)).toEqual(['metric.system/gpu', 'tag.mlflow.user']);
  expect(new Set(options).size).toBe(options.length);
  expect(withColumn(axis('param', 'seed', true), 'param.rare', columns)).toEqual(axis('param', 'rare', true));
  expect(withColumn(axis('param', 'seed', true), 'param.optimizer', columns)?.log).toBe(false);
  expect(withColumn(axis('param', 'seed'), '', columns)).toBe(null);
});

it('parallel axes start with params that vary and end with the metric that decides', () => {
  const start = startParallel(columns, ({ key }) => key !== 'seed');
  expect(start.axes.map(({ column }) => column.key)).toEqual([
    'learning_rate',
    'rare',
    'optimizer',
    'val_loss',
  ]);
  expect(start.color).toBe(null);
  expect(parallelTitle(start)).toBe('learning_rate … val_loss');
  expect(startParallel([]).axes.map(({ column }) => column.key)).toEqual(['start_time', 'duration']);
});

it('of saved axes each column is kept once', () => {
  const start = startParallel(columns);
  for (const anything of [undefined, 7, { axes: 'x' }, { axes: [] }, { axes: [null, {}] }]) {
    expect(parseParallelSpec(anything, start)).toEqual(start);
  }
  const saved = {
    axes: [{ ...axis('param', 'seed'), flipped: true }, axis('param', 'seed'), 4, axis('metric', 'val_loss')],
    color: axis('param', 'optimizer'),
  };
  const { axes, color } = parseParallelSpec(saved, start);
  expect(axes.map((each) => [each.column.key, each.flipped])).toEqual([
    ['seed', true],
    ['val_loss', false],
  ]);
  expect(color).toEqual(saved.color);
});

it('what is moved is at its new place, counted without it', () => {
  expect(moved([1, 2, 3, 4], 0, 2)).toEqual([2, 3, 1, 4]);
  expect(moved([1, 2, 3, 4], 3, 0)).toEqual([4, 1, 2, 3]);
});

it('importances start with all params of the runs and keep what was saved of others', () => {
  const start = startImportance(columns);
  expect(start).toEqual({ metric: axis('metric', 'val_loss'), params: null });
  expect(askedParams(start, columns).map(({ key }) => key)).toEqual([
    'seed',
    'learning_rate',
    'optimizer',
    'rare',
  ]);
  for (const anything of [
    undefined,
    7,
    { params: 'x' },
    { params: [] },
    { params: [null, {}, 3], metric: 1 },
  ]) {
    expect(parseImportanceSpec(anything, start)).toEqual(start);
  }
  const [seed, tag] = [axis('param', 'seed').column, axis('tag', 'a.b').column];
  const saved = { metric: axis('metric', 'f1', true), params: [seed, tag, seed, { kind: 'param' }] };
  const read = parseImportanceSpec(JSON.parse(JSON.stringify(saved)), start);
  expect(read).toEqual({ metric: saved.metric, params: [seed, tag] });
  expect(askedParams(read, columns)).toEqual([seed, tag]);
});
