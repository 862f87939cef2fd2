// What panels and heat maps show at first, what is kept of them, and what they say of themselves.
import { expect, it } from 'vitest';
import type { Column, ColumnInfo, HeatCell, PanelSide } from '../backend';
import {
  cellAt,
  cellTold,
  cellWords,
  heatTitle,
  heatWords,
  parseHeatSpec,
  startHeat,
  valueWords,
} from './heat-spec';
import {
  askedPanels,
  panelAt,
  panelsOf,
  panelsTitle,
  panelsWords,
  parsePanelsSpec,
  startMatrix,
  startSlices,
} from './panels-spec';

const info = (
  kind: Column['kind'],
  key: string,
  numeric = true,
  better: 'higher' | 'lower' | null = null,
): ColumnInfo => ({ column: { kind, key }, runCount: 9, numeric, direction: { better, chosen: false } });
const columns = [
  info('param', 'optimizer', false),
  info('param', 'depth'),
  info('param', 'lr'),
  info('metric', 'val_loss', true, 'lower'),
];
const anything = [undefined, null, 3, 'x', [], {}, { x: 1, y: { column: null }, parts: 'many' }];

it('slices are of all params until some are chosen, and a matrix always has values', () => {
  const start = startSlices(columns);
  expect(panelsTitle(start)).toBe('val_loss by param');
  const asked = askedPanels(start, columns);
  expect(asked.x.map(({ column, log }) => [column.key, log])).toEqual([
    ['lr', true],
    ['depth', false],
    ['optimizer', false],
  ]);
  expect([asked.byAssociation, asked.color?.rank]).toEqual([true, true]);
  const some = { ...start, x: asked.x.slice(0, 1) };
  expect(askedPanels(some, columns).byAssociation).toBe(false);
  expect(panelsTitle(some)).toBe('lr × val_loss');
  const matrix = startMatrix(columns);
  expect(panelsTitle(matrix)).toBe('lr … val_loss, each with each');
  expect(startMatrix([]).x?.map(({ column }) => column.key)).toEqual(['start_time', 'duration']);
  for (const spec of [start, some, matrix]) {
    expect(parsePanelsSpec(JSON.parse(JSON.stringify(spec)), startSlices([]))).toEqual(spec);
  }
  for (const each of anything.slice(0, 6)) expect(parsePanelsSpec(each, start)).toEqual(start);
  const twice = parsePanelsSpec({ x: [...some.x, ...some.x, 7], y: null }, start);
  expect([twice.x?.length, twice.y]).toEqual([1, null]);
  expect(parsePanelsSpec({ y: null, x: [] }, start).x?.length).toBe(2);
});

const lanes = [{ lane: 'none', runs: 3 }] as const;
const side = (fromPx: number, label: string): PanelSide => ({
  fromPx,
  lengthPx: 80,
  dimension: {
    label,
    axis: { min: 0, max: 1, scale: 'linear' },
    categories: null,
    names: null,
    lanes: [...lanes],
  },
  tenths: [],
});

it('the panel under the pointer is the nearest one, and never the name of a value', () => {
  const columns = [side(40, 'lr'), side(140, 'depth')];
  const slices = { columns, rows: [side(20, 'loss')], hidden: 3, isMatrix: false };
  expect(panelAt(slices, { x: 125, y: 50 })).toEqual({ column: 0, row: 0 });
  expect(panelAt(slices, { x: 135, y: 105 })).toEqual({ column: 1, row: 0 });
  expect(panelAt(slices, { x: 300, y: 50 })).toBe(undefined);
  expect(panelsWords(slices)).toEqual([
    'the first 2 of 5 params',
    '3 without lr',
    '3 without depth',
    '3 without loss',
  ]);
  const matrix = { columns, rows: [side(20, 'lr'), side(110, 'depth')], hidden: 0, isMatrix: true };
  expect(panelAt(matrix, { x: 60, y: 50 })).toBe(undefined);
  expect(panelAt(matrix, { x: 60, y: 150 })).toEqual({ column: 0, row: 1 });
  expect(panelsOf(matrix)).toEqual([
    { column: 1, row: 0 },
    { column: 0, row: 1 },
  ]);
  expect(panelsWords(matrix)).toEqual(['3 without lr', '3 without depth']);
});

it('a heat map starts with the params that say most, and keeps what is valid', () => {
  const start = startHeat(columns);
  expect(heatTitle(start)).toBe('val_loss over lr × depth');
  for (const each of anything) expect(parseHeatSpec(each, start)).toEqual(start);
  const saved = { ...start, statistic: 'max', parts: 8 };
  expect(parseHeatSpec(JSON.parse(JSON.stringify(saved)), startHeat([]))).toEqual(saved);
  expect(parseHeatSpec({ statistic: 'median', parts: 7 }, start)).toEqual(start);
});

it('a cell says of how many runs its value is, and that there is none', () => {
  const cell: HeatCell = {
    area: { x: 40, y: 20, width: 30, height: 20 },
    x: '1e-4 … 0.001',
    y: '4',
    runs: 5,
    counted: 3,
    value: 0.25,
  };
  const nan = { ...cell, area: { ...cell.area, x: 70 }, runs: 1, counted: 0, value: null };
  const spec = startHeat(columns);
  expect(cellTold(cell, spec)).toEqual([
    ['lr', '1e-4 … 0.001'],
    ['depth', '4'],
    ['mean of val_loss', '0.25, 3 of 5 runs'],
  ]);
  expect(cellTold(nan, spec).at(-1)).toEqual(['val_loss', 'no number in 1 run', true]);
  expect(cellWords(nan, spec)).toBe('lr 1e-4 … 0.001, depth 4, val_loss no number in 1 run');
  expect(valueWords({ ...cell, counted: 5 }, { ...spec, statistic: 'min' })).toBe(
    'lowest val_loss 0.25, 5 runs',
  );
  expect(cellTold(cell, { ...spec, y: spec.x })).toHaveLength(2);
  const cells = [cell, nan];
  expect([cellAt(cells, { x: 45, y: 30 }), cellAt(cells, { x: 90, y: 21 })]).toEqual([cell, nan]);
  expect(cellAt(cells, { x: 45, y: 50 })).toBe(undefined);
  const { dimension } = side(0, 'depth');
  expect(heatWords({ cells, x: { ...dimension, lanes: [] }, y: dimension })).toEqual([
    '2 cells',
    '1 without a number',
    '3 without depth',
  ]);
});
