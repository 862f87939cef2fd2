// Columns of numbers: each line is a column and how it reads.
import { describe, expect, it } from 'vitest';
import { columnFormat, pointPads } from './column';

describe('columnFormat', () => {
  it.each([
    ['as many decimals as the longest', [0.334, 0.465, 0.9], ['0.334', '0.465', '0.900']],
    ['zeros where digits were rounded away', [0.334, 0.46501234], ['0.334', '0.465']],
    ['whole numbers', [1, 20, 1_234_567], ['1', '20', '1,234,567']],
    ['whole numbers among others', [1, 0.5, 0.25], ['1.00', '0.50', '0.25']],
    ['more digits to tell apart', [0.94121, 0.94124], ['0.94121', '0.94124']],
    ['six decimals at the most', [0.94120001, 0.94120002], ['0.941200', '0.941200']],
    ['fewer decimals with many whole digits', [1234.567, 0.51234], ['1,234.57', '0.51']],
    ['no decimals with six whole digits', [123_456.7, 98_765.4], ['123,457', '98,765']],
    ['a small value is not made to nothing', [12_345.678, 0.0012], ['12,345.7', '0.0012']],
    ['exponents', [1.23456e-7, 0.5, 2e12], ['1.235e-7', '0.5', '2e12']],
    ['what is no number', [NaN, Infinity, 0.25, -0.5], ['NaN', '∞', '0.25', '\u22120.50']],
    ['zero', [0, 0.5], ['0.0', '0.5']],
    ['nothing', [], []],
  ])('%s', (_, values, texts) => expect(values.map(columnFormat(values))).toEqual(texts));

  it('does not lengthen a whole column for two rows that happen to agree', () => {
    const values = Array.from({ length: 40 }, (_, i) => 0.5 + i * 0.0101);
    expect(columnFormat([...values, 0.50001])(0.5)).toBe('0.5000');
  });

  it('writes a value that came later as the others', () => {
    expect(columnFormat([0.334, 0.465])(0.12345)).toBe('0.123');
  });
});

it('points of different kinds of numbers stand under each other', () => {
  const numbers = ['0.334', '0.4650', '10', '1.2e-5'];
  const pads = pointPads(numbers);
  const places = numbers.map((text, i) => (text + pads[i]).length - (text + pads[i]).indexOf('.'));
  expect(new Set(places).size).toBe(1);
  expect(pointPads(['1', '20'])).toEqual(['', '']);
});
