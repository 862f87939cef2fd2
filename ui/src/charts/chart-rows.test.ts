// The table of a chart comes page by page in its order, and is copied with every digit.
import { describe, expect, it } from 'vitest';
import type { AnyChart, Cell, ChartTable, TablePage } from '../backend';
import { ChartRows, PAGE_ROWS } from './chart-rows.svelte';
import { shownColumns, shownValue, tableTsv } from './chart-table';

const chart: AnyChart = { kind: 'bars', of: { key: 'loss', runs: [], colorBy: null, highlighted: null } };
const columns: ChartTable['columns'] = [
  { name: 'run', kind: 'text' },
  { name: 'value', kind: 'number' },
];
const number = (value: Extract<Cell, { kind: 'number' }>['value']): Cell => ({ kind: 'number', value });
const settled = async () => {
  for (let i = 0; i < 8; i++) await Promise.resolve();
};

function open(total = () => 1000) {
  const asked: TablePage[] = [];
  let fault: Error | undefined;
  const rows = new ChartRows(chart, {
    chartTable: async (_, page) => {
      asked.push(page);
      await Promise.resolve();
      if (fault) throw fault;
      const count = Math.min(page.limit, Math.max(0, total() - page.offset));
      const at = (i: number) => (page.sort?.descending ? total() - 1 - page.offset - i : page.offset + i);
      const cells = Array.from({ length: count }, (_, i) => [
        { kind: 'text', value: 'a' } as const,
        number(at(i)),
      ]);
      return { columns, rows: cells, total: total() };
    },
  });
  const value = (index: number) => rows.rowAt(index)?.cells[1]?.value;
  return { rows, asked, value, fail: (with_: Error | undefined) => (fault = with_) };
}

describe('rows', () => {
  it('come with what is on screen, each page once', async () => {
    const { rows, asked, value } = open();
    await settled();
    expect([rows.total, value(0), value(PAGE_ROWS)]).toEqual([1000, 0, undefined]);
    rows.need(390, 410);
    rows.need(395, 415);
    await settled();
    expect([value(390), value(410), value(0)]).toEqual([390, 410, 0]);
    expect(asked.map(({ offset }) => offset)).toEqual([0, 200, 400]);
  });

  it('stay in their order until those of the new one are here', async () => {
    const { rows, value } = open();
    await settled();
    rows.sortBy({ id: '1', descending: true });
    expect(value(0)).toBe(0);
    await settled();
    expect([value(0), value(1)]).toEqual([999, 998]);
  });

  it('from before new points came are asked for again', async () => {
    let total = 1000;
    const { rows, asked } = open(() => total);
    await settled();
    total = 1001;
    rows.need(390, 410);
    await settled();
    rows.need(0, 20);
    await settled();
    expect(rows.total).toBe(1001);
    expect(asked.map(({ offset }) => offset)).toEqual([0, 200, 400, 0]);
  });

  it('that could not be read can be asked for again', async () => {
    const { rows, fail, value } = open();
    await settled();
    fail(new Error('gone'));
    rows.need(600, 610);
    await settled();
    expect(rows.error?.message).toContain('gone');
    expect(value(0), 'what is here stays').toBe(0);
    fail(undefined);
    rows.retry();
    await settled();
    expect([rows.error, value(600)]).toEqual([undefined, 600]);
  });
});

describe('a table', () => {
  it('shows every digit, NaN as a word and nothing for what is missing', () => {
    expect([shownValue(number(0.1234567891234), 'number'), shownValue(null, 'number')]).toEqual([
      0.1234567891234,
      null,
    ]);
    expect(shownValue(number('NaN'), 'number')).toBeNaN();
    expect(shownValue(number(1_700_000_000_123), 'time')).toMatch(/^2023-11-1\d \d\d:\d\d:20\.123$/);
    expect(shownColumns(columns).map(({ kind }) => kind)).toEqual(['text', 'number']);
  });

  it('is copied as spreadsheets take it', () => {
    const rows: ChartTable['rows'] = [
      [{ kind: 'text', value: 'two\twords\nhere' }, number(1e-7)],
      [null, number('Infinity')],
    ];
    expect(tableTsv({ columns, rows })).toBe('run\tvalue\ntwo words here\t1e-7\n\tInfinity');
  });
});
