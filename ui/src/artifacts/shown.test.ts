import { expect, test } from 'vitest';
import { chunksOf, factsOf, numericColumns } from './shown';

test('a text falls into chunks that know where they are, and its last line break makes no line', () => {
  const text = Array.from({ length: 450 }, (_, i) => `line ${i}`).join('\n') + '\n';
  const chunks = chunksOf(text);
  expect(chunks.map(({ before, lines }) => [before, lines.length])).toEqual([
    [0, 200],
    [200, 200],
    [400, 50],
  ]);
  expect(chunksOf('a\r\n\r\nb').flatMap(({ lines }) => lines)).toEqual(['a', '', 'b']);
});

test('what is shown of a large file is told', () => {
  const text = { kind: 'text', text: 'x'.repeat(1_048_576), language: 'text', sizeBytes: 34e6 } as const;
  expect(factsOf({ ...text, truncated: true })).toBe('first 1.0 MB of 34 MB');
  expect(factsOf({ ...text, truncated: true, sizeBytes: null })).toBe('first 1.0 MB');
  expect(factsOf({ ...text, text: 'x', truncated: false, sizeBytes: 1 })).toBe('1 B');
  const columns = Array.from({ length: 300 }, String);
  expect(factsOf({ kind: 'table', columns, rows: [columns], truncated: true, sizeBytes: 2000 })).toBe(
    'first 1 row · first 100 of 300 columns · 2.0 kB',
  );
  expect(factsOf({ kind: 'image', mime: 'image/svg+xml', widthPx: 0, heightPx: 0, sizeBytes: 900 })).toBe(
    '900 B',
  );
});

test('columns of numbers are told from those of words', () => {
  const rows = [
    ['1', 'a', '', 'NaN', '-inf'],
    ['2.5e3', '2', '', '', '0'],
  ];
  expect(numericColumns(rows, 5)).toEqual([true, false, false, true, true]);
});
