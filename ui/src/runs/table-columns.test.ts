import { expect, test } from 'vitest';
import type { ColumnInfo, Direction, RunRow } from '../backend';
import { attributeValue, tableColumn } from './table-columns';

test('a start or an end of 0 is none, and not 1970', () => {
  const run = { startTimeMs: 0, endTimeMs: 0 } as RunRow;
  expect(attributeValue(run, 'start_time', 5)).toBeNull();
  expect(attributeValue(run, 'end_time', 5)).toBeNull();
  expect(attributeValue({ ...run, endTimeMs: 7 }, 'end_time', 5)).toBe(7);
});

test('the head of a metric says which way is better, and only where that is known', () => {
  const column = { kind: 'metric', key: 'val_loss' } as const;
  const head = (direction: Direction) => {
    const info: ColumnInfo = { column, runCount: 1, numeric: true, direction };
    const { better, title } = tableColumn(column, 100, [info]);
    return { better, title };
  };
  expect(head({ better: 'lower', chosen: false })).toEqual({
    better: 'lower',
    title: 'metric val_loss: lower is better, by its name',
  });
  expect(head({ better: null, chosen: true })).toEqual({ better: undefined, title: 'metric val_loss' });
  // A param may be called as a metric is.
  const param = { kind: 'param', key: 'val_loss' } as const;
  const infos = [column, param].map((each): ColumnInfo => ({
    column: each,
    runCount: 1,
    numeric: true,
    direction: { better: 'lower', chosen: false },
  }));
  expect(tableColumn(param, 100, infos).better).toBeUndefined();
});
