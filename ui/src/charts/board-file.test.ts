import { expect, test } from 'vitest';
import type { ColumnInfo } from '../backend';
import { addedChart } from './added-chart';
import type { BoardCard } from './board';
import { boardFile, curveRemarks, neededCurves, startWish, type ShownBoard } from './board-file';
import { cardChart, type Drawn } from './card-chart';
import { START_CHOICES } from './choices';

const run = (runId: string) => ({ profileId: 'p', runId, displayName: runId, color: 0, dash: 0 });
const runs = [run('a'), run('b')];
const columns: ColumnInfo[] = [];
const drawn: Drawn = { runs, baseline: run('a'), colorBy: null, values: { of: { runs }, columns } };
const whole = () => ({ x: null, y: null });
const card = (kind: BoardCard['kind'], title: string): BoardCard => ({
  id: title,
  kind,
  title,
  section: '',
  source: title,
  size: 'small',
  own: {},
});
const chartOf = (of: BoardCard, spec: unknown = {}, choices = START_CHOICES, zoomOf = whole as never) => {
  const isAdded = of.kind !== 'curve' && of.kind !== 'bars';
  const shown = isAdded ? addedChart({ id: of.id, kind: of.kind as never, spec }, columns) : undefined;
  return cardChart(of, shown, choices, drawn, zoomOf, {});
};

test('every kind of card is asked for as on the screen, with what it is zoomed to and nothing lit', () => {
  const kinds = ['curve', 'bars', 'scatter', 'parallel', 'importance', 'distribution'] as const;
  expect(kinds.map((kind) => chartOf(card(kind, 'x'))?.kind)).toEqual([
    'curves',
    'bars',
    'scatter',
    'parallel',
    'importance',
    'distribution',
  ]);
  const zoomed = chartOf(card('curve', 'loss'), {}, { ...START_CHOICES, yLog: true }, (() => ({
    x: [1, 5],
    y: [-1, 2],
  })) as never);
  // A logarithmic axis has no place for what it was zoomed to before.
  expect(zoomed).toMatchObject({ of: { key: 'loss', xRange: [1, 5], yRange: null, highlighted: null } });
  const formula = chartOf(card('formula', 'a - b'), { text: 'a - b', names: ['a', 'b'] });
  expect(formula).toMatchObject({ kind: 'curves', of: { key: 'a - b', formulaOf: ['a', 'b'] } });
  const nothing = { ...drawn, values: undefined };
  expect(cardChart(card('scatter', 'x'), undefined, START_CHOICES, nothing, whole, {})).toBeNull();
});

test('a file has the sections that are drawn, with the widths of their cards, and what each says of itself', () => {
  const choices = { ...START_CHOICES, smoothing: 0.6, minus: 'baseline' as const };
  const chart = chartOf(card('curve', 'loss'), {}, choices);
  const remarks = chart ? curveRemarks(choices, chart, 'a') : [];
  expect(remarks).toEqual(['step', 'minus a', 'EMA 0.60']);
  const board: ShownBoard = {
    sections: [
      { title: 'train/', cards: [{ title: 'loss', size: 'wide', remarks, chart }] },
      { title: 'empty', cards: [{ title: 'none', size: 'small', remarks: [], chart: null }] },
    ],
    closed: 3,
    runs: 2,
  };
  const facts = { title: 't', runs: '2 runs', filter: '', profileIds: ['p'] };
  const file = boardFile(board, facts, { ...startWish(board), width: '1400' });
  expect(file.sections).toEqual([{ title: 'train/', cards: [{ title: 'loss', remarks, span: 6, chart }] }]);
  expect([file.legend, startWish({ ...board, runs: 40 }).legend]).toEqual([true, false]);
  const histories = { kind: 'histories', of: { runIds: ['a', 'b'], keys: ['loss'] } };
  expect(neededCurves(file)).toEqual([{ profileId: 'p', scopes: [histories] }]);
});
