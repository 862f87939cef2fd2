// How wide the columns of a comparison are: one width for all runs, as narrow as their numbers allow. Pure.
import { formatDelta } from '../format/number';
import { numberIn } from '../runs/table-columns';
import { isRead } from './cell';
import { formatOf, textOf, type Row, type Section } from './comparison';

/** A figure of the body's size, and of the small one. */
export const DIGIT_PX = 7.9;
export const SMALL_DIGIT_PX = 7.2;
export const PADDING_PX = 22;
const LEAST_PX = 108;
/** Texts wider than this are cut off, and whole in their tip. */
const MOST_TEXT_PX = 168;
const MOST_VALUE_PX = 128;
/** Of thousands of rows so many, evenly spread, say how wide numbers are. */
export const ASKED = 400;
/** The dot that places a value, with its gap. */
export const DOT_PX = 44;

export interface Widths {
  /** Of the column of a run; it grows where there is room. */
  run_px: number;
  /** Of a metric's value and of its difference to the baseline. */
  value_px: number;
  delta_px: number;
}

export function widthsOf(sections: readonly Section[]): Widths {
  const rows = (name: Section['name']) =>
    spread(sections.find((section) => section.name === name)?.rows ?? []);
  let [value, delta] = [0, 0];
  for (const row of rows('metrics')) {
    const format = formatOf(row);
    const numbers = row.cells.flatMap((cell) => (isRead(cell) ? (numberIn(cell) ?? []) : []));
    for (const number of numbers) value = Math.max(value, format(number).length);
    const [base] = numbers;
    for (const number of numbers.slice(1))
      if (base !== undefined && Number.isFinite(number - base))
        delta = Math.max(delta, formatDelta(number - base, format).length);
  }
  const value_px = Math.min(MOST_VALUE_PX, Math.ceil(value * DIGIT_PX));
  const delta_px = delta === 0 ? 0 : Math.ceil(delta * SMALL_DIGIT_PX) + 4;
  const texts = sections
    .filter(({ name }) => name !== 'metrics' && name !== 'tags')
    .flatMap((section) => spread(section.rows).flatMap((row) => longest(section.name, row)))
    .sort((a, b) => a - b);
  // What nearly all rows need: one long path does not make every column wide.
  const text_px = Math.min(MOST_TEXT_PX, (texts[Math.floor(texts.length * 0.8)] ?? 0) * SMALL_DIGIT_PX);
  return {
    run_px: Math.ceil(Math.max(LEAST_PX, value_px + delta_px + PADDING_PX, text_px + PADDING_PX)),
    value_px,
    delta_px,
  };
}

function longest(section: Section['name'], row: Row): number {
  return Math.max(0, ...row.cells.map((cell) => (isRead(cell) ? textOf(cell, section, row.key).length : 0)));
}

export function spread<R>(rows: readonly R[]): R[] {
  const every = Math.ceil(rows.length / ASKED);
  return rows.filter((_, i) => i % every === 0);
}

export interface Columns {
  key_px: number;
  run_px: number;
  /** The baseline stays in view while the others are scrolled past it. */
  pinned: boolean;
  /** There is more room than the numbers need. */
  roomy: boolean;
  /** The runs whose columns are drawn: the baseline, and from `first` to before `end`. */
  drawn: number[];
  first: number;
  end: number;
}

const KEY_PX = 226;
const NARROW_KEY_PX = 168;
const NARROW_PX = 760;

/** The columns on screen, and one more at each end. */
export function columnsOf(
  widths: Widths,
  runCount: number,
  scroll: { left_px: number; width_px: number },
): Columns {
  const key_px = scroll.width_px < NARROW_PX ? NARROW_KEY_PX : KEY_PX;
  const room_px = (scroll.width_px - key_px) / Math.max(1, runCount);
  const run_px = Math.max(widths.run_px, room_px);
  const at = (px: number) => Math.floor(px / run_px);
  const first = Math.max(1, Math.min(runCount, at(scroll.left_px) - 1));
  const end = Math.max(first, Math.min(runCount, at(scroll.left_px + scroll.width_px) + 2));
  const drawn = [...(runCount > 0 ? [0] : []), ...Array.from({ length: end - first }, (_, n) => first + n)];
  return { key_px, run_px, pinned: run_px > room_px, roomy: run_px >= 160, drawn, first, end };
}
