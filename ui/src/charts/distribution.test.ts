// Of a distribution: what is kept of it, which group, bin or run is meant, and what is told of them.
import { expect, it } from 'vitest';
import type { Column, ColumnInfo, DistributionLayout, GroupNumbers } from '../backend';
import { distributionTitle, parseDistributionSpec, startDistribution } from './distribution-spec';
import { atKey, atPlace, stopOf, type Walked } from './distribution-walk';
import { binName, binTold, distributionWords, groupTold, nothingWords } from './distribution-words';

const info = (kind: Column['kind'], key: string, numeric: boolean): ColumnInfo => ({
  column: { kind, key },
  runCount: 10,
  numeric,
  direction: { better: key === 'val_acc' ? 'higher' : null, chosen: false },
});
const columns = [
  info('param', 'lr', true),
  info('param', 'optimizer', false),
  info('metric', 'val_acc', true),
];
const acc: Column = { kind: 'metric', key: 'val_acc' };

it('starts with the metric that decides, by a param of words', () => {
  const start = startDistribution(columns, 'violin');
  expect(start).toEqual({
    form: 'violin',
    value: { column: acc, log: false },
    by: [{ kind: 'param', key: 'optimizer' }],
    overlaid: false,
  });
  expect(distributionTitle(start)).toBe('val_acc by optimizer');
  expect(distributionTitle(startDistribution([]))).toBe('Distribution of Duration');
});

it('keeps what is valid of what was saved, whatever that is', () => {
  const start = startDistribution(columns);
  for (const anything of [
    undefined,
    null,
    3,
    'x',
    [],
    {},
    { form: 'pie', value: 1, by: 7, overlaid: 'yes' },
  ]) {
    expect(parseDistributionSpec(anything, start)).toEqual(start);
  }
  const keys = ['a', 'b', 'c', 'd'].map((key) => ({ kind: 'tag', key }));
  const saved = { form: 'edf', value: { column: acc, log: true }, by: [3, ...keys], overlaid: true };
  const read = parseDistributionSpec(JSON.parse(JSON.stringify(saved)), start);
  expect(read).toEqual({ ...saved, by: keys.slice(0, 3) });
  expect(parseDistributionSpec({ by: [] }, start).by).toEqual([]);
});

const slot = (x: number, firstMark: number, marks: number) => ({
  rect: { x, y: 10, width: 100, height: 80 },
  firstMark,
  marks,
});
const boxes: Walked = {
  form: 'box',
  lies: false,
  stops: [slot(0, 0, 2), slot(100, 2, 0), slot(200, 2, 3)],
  points: [1, 4],
  xTenths: [500, 500, 2500, 2500, 2500],
  yTenths: [800, 200, 700, 500, 300],
};

it('a point is meant where one is drawn, elsewhere its group', () => {
  expect(atPlace(boxes, { x: 52, y: 22 })).toEqual({ stop: 0, mark: 1 });
  expect(atPlace(boxes, { x: 50, y: 80 })).toEqual({ stop: 0, mark: undefined });
  expect(atPlace(boxes, { x: 250, y: 31 })).toEqual({ stop: 2, mark: 4 });
  expect(atPlace({ ...boxes, points: null }, { x: 250, y: 71 })).toEqual({ stop: 2, mark: 2 });
  expect(atPlace(boxes, { x: 350, y: 50 })).toBe(undefined);
  // Lines of shares are everywhere.
  const lines: Walked = { ...boxes, form: 'edf', lies: true, points: null };
  expect(atPlace(lines, { x: 250, y: 59 })).toEqual({ stop: 2, mark: 3 });
  expect(atPlace(lines, { x: 100, y: 50 })).toBe(undefined);
  expect([0, 1, 2, 4].map((mark) => stopOf(boxes, mark))).toEqual([0, 0, 2, 2]);
});

it('arrows walk groups and, along their values, the runs in them', () => {
  const walk = (layout: Walked, keys: string[]) =>
    keys.reduce<ReturnType<typeof atKey>>((at, key) => atKey(layout, at, key) ?? at, undefined);
  expect(walk(boxes, ['ArrowRight'])).toEqual({ stop: 0, mark: undefined });
  expect(walk(boxes, ['ArrowLeft'])).toEqual({ stop: 2, mark: undefined });
  expect(walk(boxes, ['ArrowRight', 'ArrowUp', 'ArrowUp', 'ArrowUp'])).toEqual({ stop: 0, mark: 1 });
  expect(walk(boxes, ['End', 'ArrowDown', 'ArrowDown'])).toEqual({ stop: 2, mark: 3 });
  expect(walk(boxes, ['Home', 'ArrowRight', 'ArrowUp'])).toEqual({ stop: 1, mark: undefined });
  const lying: Walked = { ...boxes, lies: true };
  expect(walk(lying, ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight'])).toEqual({ stop: 2, mark: 2 });
  const bins: Walked = { ...boxes, form: 'histogram', lies: true, points: [] };
  expect(walk(bins, ['ArrowRight', 'ArrowUp'])).toEqual({ stop: 0, mark: 0 });
  const lines: Walked = {
    ...boxes,
    form: 'edf',
    lies: true,
    points: null,
    stops: [slot(0, 0, 2), slot(0, 2, 3)],
    xTenths: [100, 900, 200, 800, 900],
  };
  expect(walk(lines, ['ArrowRight', 'ArrowRight', 'ArrowDown'])).toEqual({ stop: 1, mark: 4 });
  expect(atKey(boxes, undefined, 'Tab')).toBe(undefined);
  expect(atKey({ ...boxes, stops: [] }, undefined, 'ArrowUp')).toBe(undefined);
});

const summary = {
  min: 0.1,
  low: 0.2,
  q1: 0.3,
  median: 0.4,
  q3: 0.5,
  high: 0.6,
  max: 0.9,
  mean: 0.45,
  outliers: 1,
};
const group = (name: string, values: number): GroupNumbers => ({
  name,
  color: 0,
  values,
  lanes: [],
  summary,
});

it('tells of a group its numbers, and of one value only that', () => {
  const lanes: GroupNumbers['lanes'] = [{ lane: 'nan', runs: 2 }];
  expect(groupTold({ ...group('sgd', 12), lanes }, acc)).toEqual([
    ['n', '12'],
    ['Median', '0.4'],
    ['Quartiles', '0.3 – 0.5'],
    ['Whiskers', '0.2 – 0.6'],
    ['Far from the others', '1'],
    ['Mean', '0.45'],
    ['NaN', '2'],
  ]);
  expect(groupTold(group('sgd', 1), acc)).toEqual([
    ['n', '1'],
    ['Median', '0.4'],
  ]);
  expect(groupTold({ ...group('sgd', 0), summary: null }, acc)).toEqual([['n', '0']]);
});

it('tells of a bin how many runs of which groups', () => {
  const bin = { from: 0.1 + 0.2, to: 0.5, counts: [2, 0, 5] };
  expect(binName(bin, acc)).toBe('0.3 – 0.5');
  expect(binTold(bin, [group('a', 2), group('b', 0), group('c', 5)])).toEqual([
    ['Runs', '7'],
    ['c', '5'],
    ['a', '2'],
  ]);
  expect(binTold({ ...bin, counts: [3] }, [group('', 3)])).toEqual([['Runs', '3']]);
});

it('says how many groups there are and what has no place', () => {
  const value = {
    label: 'val_acc',
    lanes: [{ lane: 'none', runs: 3 }],
    categories: null,
  } as unknown as DistributionLayout['value'];
  const of = { runs: [] };
  const layout = { groups: [group('a', 2)], groupsTotal: 40, runsTotal: 0, value };
  expect(distributionWords(of, layout)).toEqual(['1 of 40 groups', '0 runs', '3 without val_acc']);
  expect(distributionWords(of, { ...layout, groupsTotal: 1 })[0]).toBe('0 runs');
  expect(nothingWords({ runsTotal: 0, value }, acc).title).toBe('No runs');
  expect(nothingWords({ runsTotal: 2, value }, acc).message).toBe('No run has val_acc.');
  expect(nothingWords({ runsTotal: 2, value: { ...value, categories: 3 } }, acc).title).toContain('Words');
});
