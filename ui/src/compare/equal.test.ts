import { expect, test } from 'vitest';
import { plainNumber, rowDiffers, sameCell } from './equal';

const text = (value: string) => ({ kind: 'text', value }) as const;
const number = (value: number | 'NaN' | 'Infinity') => ({ kind: 'number', value }) as const;

test('a text is a number only where it is nothing else and keeps its digits', () => {
  const read = ['1e-3', ' 12 ', '.5', '5.', '-0', '000000000000000000012'].map(plainNumber);
  expect(read).toEqual([0.001, 12, 0.5, 5, -0, 12]);
  const texts = ['', '.', 'e5', '1 2', '0x10', 'nan', 'Infinity', '1_000', '1e999', '1234567890123456'];
  expect(texts.map(plainNumber)).toEqual(texts.map(() => undefined));
});

test('numbers are equal within a share of the larger one', () => {
  expect(sameCell(text('0.1'), text('0.1001'), 1e-3)).toBe(true);
  expect(sameCell(text('0.1'), text('0.102'), 1e-3)).toBe(false);
  expect(sameCell(text('1'), text('-1'), 1)).toBe(false);
  expect(sameCell(number(1e308), number(-1e308), 0.05)).toBe(false);
  expect(sameCell(number('NaN'), number('NaN'), 0)).toBe(true);
  expect(sameCell(number('NaN'), number(0), 1)).toBe(false);
  expect(sameCell(number('Infinity'), number(1), 1)).toBe(false);
});

test('without a tolerance only what is written alike is equal, and nothing equals only nothing', () => {
  expect(sameCell(text('1.0'), text('1'))).toBe(false);
  expect(sameCell(text('1.0'), text('1'), 0)).toBe(true);
  expect(sameCell(null, text(''), 1)).toBe(false);
  expect(sameCell(null, null)).toBe(true);
});

test('what could not be read is no difference', () => {
  const failed = { kind: 'failed', message: 'no' } as const;
  expect(rowDiffers([failed, text('a'), text('a')])).toBe(false);
  expect(rowDiffers([failed, text('a'), null])).toBe(true);
  expect(rowDiffers([])).toBe(false);
});
