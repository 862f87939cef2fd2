// Numbers as people compare them: the digits that matter, a real minus sign, the same width in every row.

/** How a metric value comes over the wire: JSON has no NaN and no infinities. */
export type WireNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export const MINUS = '\u2212';

export function fromWire(value: WireNumber): number {
  return typeof value === 'number' ? value : Number(value);
}

function withMinus(text: string): string {
  return text.startsWith('-') ? MINUS + text.slice(1) : text;
}

function grouped(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const groups = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '∞';
  if (value === -Infinity) return `${MINUS}∞`;
  return undefined;
}

function exponential(value: number, significant: number): string {
  const [mantissa = '0', exponent = '+0'] = value.toExponential(significant - 1).split('e');
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return `${withMinus(short)}e${exponent.replace('+', '')}`;
}

/**
 * A value with four significant digits below 1 and five above: 0.9412, 12.346, 12,345, 1.2e-5, NaN, −∞.
 * Whole numbers are exact up to ten digits. Zeros at the end stay only when they say that digits
 * were rounded away, so 0.5 is "0.5" and 0.500004 is "0.5000".
 */
export function formatNumber(value: number): string {
  const named = special(value);
  if (named !== undefined) return named;
  if (value === 0) return '0';
  const size = Math.abs(value);
  const significant = size < 1 ? 4 : 5;
  if (size < 1e-4 || size >= 1e10) return exponential(value, significant);
  if (Number.isInteger(value)) return (value < 0 ? MINUS : '') + grouped(String(size));
  const decimals = Math.max(
    0,
    significant - 1 - Math.floor(Math.log10(Number(size.toPrecision(significant)))),
  );
  const rounded = size.toFixed(decimals);
  const exact = String(size);
  const digits = Number(rounded) === size && exact.length < rounded.length ? exact : rounded;
  return (value < 0 ? MINUS : '') + grouped(digits);
}

/** The value with every digit it has, as it can be typed back: for tooltips and the clipboard. */
export function exactNumber(value: number): string {
  return String(value);
}

/** A value with a fixed number of decimals, for columns whose decimal points should line up. */
export function formatFixed(value: number, decimals: number): string {
  const named = special(value);
  if (named !== undefined) return named;
  const text = grouped(Math.abs(value).toFixed(decimals));
  return value < 0 && Number(text.replaceAll(',', '')) !== 0 ? MINUS + text : text;
}

/** A difference with its sign, "+0.0126", and "±0" when there is none. */
export function formatDelta(difference: number, format: (value: number) => string = formatNumber): string {
  if (difference === 0) return '±0';
  // Subtracting leaves noise in the last digits, which would look like digits that were rounded away.
  const text = format(Number(difference.toPrecision(12)));
  return difference > 0 ? `+${text}` : text;
}

/** A share of one as per cent with its sign, "−3.8 %". */
export function formatRelative(share: number): string {
  const named = special(share);
  if (named !== undefined) return named;
  const percent = share * 100;
  const text = formatFixed(Math.abs(percent), Math.abs(percent) < 10 ? 1 : 0);
  if (Number(text.replaceAll(',', '')) === 0) return '±0 %';
  return `${percent < 0 ? MINUS : '+'}${text} %`;
}

/** How many there are, exactly: "10,000". */
export function formatCount(count: number): string {
  return (count < 0 ? MINUS : '') + grouped(String(Math.abs(Math.round(count))));
}

/** How many there are where room is short: "812", "12.4k", "3.1M". */
export function formatCountShort(count: number): string {
  // The limits are where the smaller unit would round up to a thousand.
  for (const [from, size, unit] of [
    [999.5e6, 1e9, 'G'],
    [999.5e3, 1e6, 'M'],
    [9999.5, 1e3, 'k'],
  ] as const) {
    if (count < from) continue;
    const scaled = count / size;
    return (scaled < 99.95 ? scaled.toFixed(1).replace(/\.0$/, '') : String(Math.round(scaled))) + unit;
  }
  return formatCount(count);
}

/** Bytes in powers of a thousand, as disks and file managers count: "41 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  let size = bytes;
  let unit = '';
  for (unit of ['kB', 'MB', 'GB', 'TB', 'PB']) {
    size /= 1000;
    if (size < 999.5) break;
  }
  return `${size < 9.95 ? size.toFixed(1) : String(Math.round(size))} ${unit}`;
}
