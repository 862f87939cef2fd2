// Numbers that stand under each other: one number of decimals for all of them, so that they can be compared digit by digit.
import { formatFixed, formatNumber } from './number';

export type NumberFormat = (value: number) => string;

const MOST_DECIMALS = 6;
/** A number with whole digits gets so many decimals at the most that it has this many digits. */
const MOST_DIGITS = 6;
/** One neighbour in so many may look the same before the column gets another decimal. */
const SAME_OF = 10;

/** Of a long column so many values, evenly spread, say how many decimals there are. */
const ASKED = 200;

/** Neither so small nor so large that it is written with an exponent. */
function isPlain(value: number): boolean {
  const size = Math.abs(value);
  return value === 0 || (size >= 1e-4 && size < 1e10);
}

/** The decimals that a value has on its own, with four significant digits below 1 and five above. */
function ownDecimals(value: number): number {
  const text = String(Number(value.toPrecision(Math.abs(value) < 1 ? 4 : 5)));
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

/** Whether too many of these, which are sorted and different, look the same with so many decimals. */
function looksTheSame(sorted: readonly number[], decimals: number): boolean {
  const unit = 10 ** decimals;
  let same = 0;
  for (let i = 1; i < sorted.length; i++) {
    if (Math.round((sorted[i] ?? 0) * unit) === Math.round((sorted[i - 1] ?? 0) * unit)) same += 1;
  }
  return same > 0 && same * SAME_OF >= sorted.length;
}

/**
 * How the numbers of one column are written: with as many decimals as the column needs to tell its values apart. What is
 * too small or too large for that is written with an exponent, and what would look like 0 with its own digits.
 */
export function columnFormat(values: Iterable<number>): NumberFormat {
  const sorted = [...new Set(values)].filter(isPlain).sort((a, b) => a - b);
  const largest = Math.max(0, Math.abs(sorted[0] ?? 0), Math.abs(sorted.at(-1) ?? 0));
  const wholeDigits = largest < 1 ? 0 : Math.floor(Math.log10(largest)) + 1;
  const most = Math.max(0, Math.min(MOST_DECIMALS, MOST_DIGITS - wholeDigits));
  const every = Math.ceil(sorted.length / ASKED);
  const asked = sorted.filter((_, i) => i % every === 0);
  let decimals = Math.min(most, Math.max(0, ...asked.map(ownDecimals)));
  while (decimals < most && looksTheSame(sorted, decimals)) decimals += 1;
  return (value) => {
    if (!isPlain(value)) return formatNumber(value);
    const fixed = formatFixed(value, decimals);
    return value !== 0 && !/[1-9]/.test(fixed) ? formatNumber(value) : fixed;
  };
}

/** What each of these numbers, which are of different kinds, needs behind it so that their points stand under each other. */
export function pointPads(numbers: readonly string[]): string[] {
  const behind = numbers.map((text) => (text.includes('.') ? text.length - text.indexOf('.') : 0));
  const most = Math.max(0, ...behind);
  return behind.map((length) =>
    (length === 0 ? '.0' + '0'.repeat(most) : '0'.repeat(most)).slice(0, most - length),
  );
}
