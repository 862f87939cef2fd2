import { expect, test } from 'vitest';
import { chunksOf, factsOf, numericColumns, tableColumns } from './shown';

test('a text falls into chunks that know where they are, and its last line break makes no line', () => {
  const text = Array.from({ length: 45 }, (_, i) => `line ${i}`).join('\n') + '\n';
  const chunks = chunksOf(text);
  expect(chunks.map(({ before, lines }) => [before, lines.length])).toEqual([
    [0, 20],
    [20, 20],
    [40, 5],
  ]);
  expect(chunksOf('a\r\n\r\nb').flatMap(({ lines }) => lines)).toEqual(['a', '', 'b']);
});

test('what is shown of a large file is told', () => {
  const text = { kind: 'text', text: 'x', language: 'text', overwritten: false } as const;
  const look = { text: { encoding: 'UTF-8', damaged: false }, hasSource: false, readBytes: 1_048_576 };
  const large = { ...text, truncated: true };
  expect(factsOf({ ...look, preview: large, sizeBytes: 34e6 })).toBe('first 1.0 MB of 34 MB');
  expect(factsOf({ ...look, preview: large, sizeBytes: null })).toBe('first 1.0 MB');
  // Only long lines are cut, and they say so themselves.
  expect(factsOf({ ...look, preview: large, sizeBytes: 1_048_576 })).toBe('1.0 MB');
  expect(factsOf({ ...look, preview: { ...text, truncated: false }, sizeBytes: 1 })).toBe('1 B');
  const bar = { ...text, truncated: false, overwritten: true };
  expect(factsOf({ ...look, preview: bar, sizeBytes: 900 })).toBe('900 B · last state of each line');
  const columns = Array.from({ length: 300 }, String);
  const table = { kind: 'table', columns, rows: [columns], truncated: true } as const;
  expect(factsOf({ ...look, preview: { ...table, rows: [...table.rows] }, sizeBytes: 2000 })).toBe(
    'first 1 row · 300 columns · 2.0 kB',
  );
  const drawing = { kind: 'image', mime: 'image/svg+xml', widthPx: 0, heightPx: 0 } as const;
  expect(factsOf({ ...look, text: null, preview: drawing, sizeBytes: 900 })).toBe('900 B');
});

test('a column is as wide as what is in it, and two may have one name', () => {
  const columns = tableColumns(
    ['id', 'id'],
    [
      ['1', 'a rather long text in it'],
      ['22', ''],
    ],
  );
  expect(columns.map(({ id, kind, fixed }) => [id, kind, fixed ?? false])).toEqual([
    ['row', 'number', true],
    ['0', 'number', false],
    ['1', 'text', false],
  ]);
  expect(columns[1]?.width_px).toBeLessThan(columns[2]?.width_px ?? 0);
});

test('columns of numbers are told from those of words', () => {
  const rows = [
    ['1', 'a', '', 'NaN', '-inf'],
    ['2.5e3', '2', '', '', '0'],
  ];
  expect(numericColumns(rows, 5)).toEqual([true, false, false, true, true]);
});
