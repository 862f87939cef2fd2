// What people read in cells: each line is one promise about formatting.
import { describe, expect, it } from 'vitest';
import {
  exactNumber,
  formatBytes,
  formatCount,
  formatCountShort,
  formatDelta,
  formatFixed,
  formatNumber,
  formatRelative,
  fromWire,
} from './number';
import { PALETTE } from '../backend/bindings';
import { dashPattern, runColor, withDashes } from './run-look';
import {
  describeTime,
  formatAge,
  formatAgo,
  formatDuration,
  formatTime,
  formatTimeShort,
  timeOrNull,
} from './time';
import { runDuration } from './run-duration';

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [0.5, '0.5'],
    [0.500004, '0.5000'],
    [0.94123456, '0.9412'],
    [0.1 + 0.2, '0.3000'],
    [0.012345678, '0.01235'],
    [0.0001, '0.0001'],
    [0.00012, '0.00012'],
    [1.2e-5, '1.2e-5'],
    [1.23456e-5, '1.235e-5'],
    [1.23456, '1.2346'],
    [12.3456, '12.346'],
    [123.456, '123.46'],
    [1234.56, '1,234.6'],
    [12345.6, '12,346'],
    [123456.7, '123,457'],
    [12345, '12,345'],
    [9999999999, '9,999,999,999'],
    [1e10, '1e10'],
    [1.23456789e21, '1.2346e21'],
    [-0.5, '\u22120.5'],
    [-1234.5, '\u22121,234.5'],
    [-1.2e-5, '\u22121.2e-5'],
    [0.99999, '1.000'],
    [9.999999, '10.000'],
    [NaN, 'NaN'],
    [Infinity, '∞'],
    [-Infinity, '\u2212∞'],
    [5e-324, '4.941e-324'],
    [1.7976931348623157e308, '1.7977e308'],
  ])('%d is %s', (value, text) => expect(formatNumber(value)).toBe(text));

  it('reads what the wire says', () => {
    expect(fromWire('NaN')).toBeNaN();
    expect(fromWire('-Infinity')).toBe(-Infinity);
    expect(fromWire(0.25)).toBe(0.25);
  });

  it('keeps every digit for the clipboard', () => expect(exactNumber(0.1 + 0.2)).toBe('0.30000000000000004'));
});

it.each([
  [0.0126, '+0.0126'],
  [0.947 - 0.9447, '+0.0023'],
  [-0.0041, '\u22120.0041'],
  [0, '±0'],
  [NaN, 'NaN'],
  [Infinity, '+∞'],
])('a difference of %d is %s', (value, text) => expect(formatDelta(value)).toBe(text));

it.each([
  [-0.038, '\u22123.8 %'],
  [0.5, '+50 %'],
  [0.0001, '±0 %'],
  [12, '+1,200 %'],
])('a share of %d is %s', (value, text) => expect(formatRelative(value)).toBe(text));

it('fixed decimals never say minus zero', () => {
  expect(formatFixed(-0.00001, 2)).toBe('0.00');
  expect(formatFixed(-1234.567, 1)).toBe('\u22121,234.6');
});

it.each([
  [0, '0', '0'],
  [812, '812', '812'],
  [4096, '4,096', '4,096'],
  [12437, '12,437', '12.4k'],
  [999_999, '999,999', '1M'],
  [1_000_000, '1,000,000', '1M'],
  [123_456_789, '123,456,789', '123M'],
])('%d things', (count, long, short) => {
  expect(formatCount(count)).toBe(long);
  expect(formatCountShort(count)).toBe(short);
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [41_300_000, '41 MB'],
  [999_999, '1.0 MB'],
  [9_960_000_000, '10 GB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

describe('time', () => {
  it.each([
    [0, '0 ms'],
    [420, '420 ms'],
    [999.7, '1 s'],
    [3210, '3.2 s'],
    [9960, '10 s'],
    [41_000, '41 s'],
    [59_600, '1 min'],
    [312_000, '5 min 12 s'],
    [7_980_000, '2 h 13 min'],
    [3_599_800, '1 h'],
    [273_600_000, '3 d 4 h'],
    [-5, '–'],
  ])('%d ms last %s', (duration_ms, text) => expect(formatDuration(duration_ms)).toBe(text));

  const now = Date.UTC(2025, 10, 21, 12, 0, 0);
  it.each([
    [-60_000, 'now'],
    [-3 * 3_600_000, 'in 3 h'],
    [4_000, 'now'],
    [41_000, '41 s'],
    [299_000, '4 min'],
    [7_300_000, '2 h'],
    [18.5 * 86_400_000, '18 d'],
    [160 * 86_400_000, '5 mo'],
    [800 * 86_400_000, '2 y'],
  ])('%d ms ago is %s', (age_ms, text) => expect(formatAge(now - age_ms, now)).toBe(text));

  it('a sentence says where it lies', () => {
    expect([now - 2_000, now - 300_000, now + 60_000, now + 7_300_000].map((t) => formatAgo(t, now))).toEqual(
      ['just now', '5 min ago', 'just now', 'in 2 h'],
    );
    expect(describeTime(now + 7_300_000, now)).toContain('(in 2 h)');
  });

  it('a run that goes on grows, one without an end says why it has no duration', () => {
    expect(runDuration({ kind: 'ended', durationMs: 5_000 }, now)).toEqual({ ms: 5_000 });
    expect(runDuration({ kind: 'running', sinceMs: now - 9_000 }, now)).toEqual({ ms: 9_000 });
    expect(runDuration({ kind: 'running', sinceMs: now + 9_000 }, now)).toEqual({ ms: 0 });
    for (const none of [
      { kind: 'running', sinceMs: now + 7_300_000 },
      { kind: 'unknown', why: 'noEnd' },
      { kind: 'unknown', why: 'endsBeforeStart' },
    ] as const)
      expect(runDuration(none, now)).toEqual({ ms: null, why: expect.stringContaining('run') });
  });

  it('a moment of 0 is how a server says that it has none', () => {
    expect([0, -1, null, undefined, now].map(timeOrNull)).toEqual([null, null, null, null, now]);
  });

  it('moments are local and sortable', () => {
    const moment = new Date(2025, 10, 2, 14, 2, 31).getTime();
    expect(formatTime(moment)).toBe('2025-11-02 14:02:31');
    expect(formatTimeShort(moment, moment + 1000)).toBe('14:02');
    expect(formatTimeShort(moment, moment + 3 * 86_400_000)).toBe('2 Nov 14:02');
    expect(formatTimeShort(moment, moment + 400 * 86_400_000)).toBe('2 Nov 2025');
    expect(describeTime(moment, moment + 7_300_000)).toMatch(
      /^2025-11-02 14:02:31 UTC[+\u2212]\d\d:\d\d \(2 h ago\)$/,
    );
    expect(formatTime(NaN)).toBe('–');
  });
});

describe('how a run looks', () => {
  it('follows the palette, around its end, and is grey without a colour', () => {
    const first = PALETTE[0];
    expect(runColor(0)).toBe(`light-dark(rgb(${first.light.join(' ')}), rgb(${first.dark.join(' ')}))`);
    expect(runColor(PALETTE.length)).toBe(runColor(0));
    expect(runColor(null)).toBe('var(--text-disabled)');
  });

  it('dash 0 is solid, patterns start over after three', () => {
    expect(dashPattern(0)).toBe('');
    expect(dashPattern(4)).toBe(dashPattern(1));
    expect(dashPattern(3)).not.toBe('');
  });

  it('runs of one colour are told apart by their dash, those without one are not', () => {
    const colors = [3, 5, null, 3, null, 3];
    expect(withDashes(colors.map((color) => ({ color }))).map(({ dash }) => dash)).toEqual([
      0, 0, 0, 1, 0, 2,
    ]);
  });
});
