// A comparison with a column for each of its lines: how wide each is, and which of them are on screen. Pure.
import { formatDelta } from '../format/number';
import { numberIn } from '../runs/table-columns';
import { isRead } from './cell';
import { formatOf, keyTitle, textOf, type Row, type Section } from './comparison';
import type { Line } from './lines';
import { ASKED, DIGIT_PX, PADDING_PX, SMALL_DIGIT_PX, spread } from './widths';

/** A letter of a column's head. */
const LETTER_PX = 6.6;
/** The arrow that says which way a metric is better, and the one that folds. */
const ARROW_PX = 20;
const LEAST_PX = 56;
/** Names and texts wider than this are cut off, and whole in their tip. */
const MOST_NAME_PX = 150;
const MOST_TEXT_PX = 190;
const MOST_NUMBER_PX = 128;
const WORD_PX = 240;
/** The least that a section's heading needs over its columns. */
const HEADING_PX = 150;

/** Of a metric's value and of its difference to the baseline; texts have neither. */
export interface NumberWidths {
  value_px: number;
  delta_px: number;
}
export interface LineColumn extends NumberWidths {
  /** A section that is folded has a column for its heading; others stand over their columns and have none. */
  line: Line;
  left_px: number;
  width_px: number;
}
/** The columns of one section, from `first` to before `end`. */
export interface ColumnGroup {
  section: Section;
  folded: boolean;
  id: string;
  first: number;
  end: number;
  width_px: number;
}
export interface LineColumns {
  columns: LineColumn[];
  groups: ColumnGroup[];
  width_px: number;
}

export function lineColumns(lines: readonly Line[]): LineColumns {
  const columns: LineColumn[] = [];
  const groups: ColumnGroup[] = [];
  let left_px = 0;
  const push = (line: Line, width_px: number, numbers?: NumberWidths) => {
    columns.push({ line, left_px, width_px, value_px: 0, delta_px: 0, ...numbers });
    left_px += width_px;
  };
  for (let at = 0; at < lines.length;) {
    const heading = lines[at];
    if (heading?.kind !== 'section') throw new Error('a comparison begins with the heading of a section');
    let end = at + 1;
    while (end < lines.length && lines[end]?.kind !== 'section') end += 1;
    const [first, from_px] = [columns.length, left_px];
    if (heading.folded) push(heading, HEADING_PX);
    const widthOf = rowWidths(lines.slice(at + 1, end));
    for (const line of lines.slice(at + 1, end)) {
      if (line.kind === 'row') push(line, widthOf(line.row).width_px, widthOf(line.row));
      else if (line.kind === 'branch') push(line, nameWidth(line.title, ARROW_PX));
      else push(line, WORD_PX);
    }
    // A heading is not cut off by the only narrow column that its section has.
    const last = columns.at(-1);
    const missing_px = HEADING_PX - (left_px - from_px);
    if (last && missing_px > 0) {
      last.width_px += missing_px;
      left_px += missing_px;
    }
    groups.push({
      section: heading.section,
      folded: heading.folded,
      id: heading.id,
      first,
      end: columns.length,
      width_px: left_px - from_px,
    });
    at = end;
  }
  return { columns, groups, width_px: left_px };
}

type RowWidth = NumberWidths & { width_px: number };

/** Of thousands of rows some say how wide all of them are. */
function rowWidths(lines: readonly Line[]): (row: Row) => RowWidth {
  const rows = lines.flatMap((line) => (line.kind === 'row' ? [line] : []));
  if (rows.length <= ASKED) return (row) => widthOf(rows[0]?.section.name ?? 'tags', row);
  const asked = spread(rows).map(({ section, row }) => widthOf(section.name, row));
  const most = (of: (width: RowWidth) => number) => Math.max(...asked.map(of));
  const all = {
    width_px: most(({ width_px }) => width_px),
    value_px: most(({ value_px }) => value_px),
    delta_px: most(({ delta_px }) => delta_px),
  };
  return () => all;
}

const known = new WeakMap<Row, RowWidth>();

function widthOf(section: Section['name'], row: Row): RowWidth {
  let width = known.get(row);
  if (!width) known.set(row, (width = measured(section, row)));
  return width;
}

function measured(section: Section['name'], row: Row): RowWidth {
  const isMetric = section === 'metrics';
  const name_px = nameWidth(keyTitle(section, row.key), isMetric ? ARROW_PX : 0);
  if (!isMetric) {
    const texts = row.cells.map((cell) => (isRead(cell) ? textOf(cell, section, row.key).length : 8));
    const text_px = Math.min(MOST_TEXT_PX, Math.max(3, ...texts) * SMALL_DIGIT_PX) + PADDING_PX;
    return { width_px: Math.ceil(Math.max(LEAST_PX, name_px, text_px)), value_px: 0, delta_px: 0 };
  }
  const format = formatOf(row);
  const numbers = row.cells.map((cell) => (isRead(cell) ? numberIn(cell) : undefined));
  const [base] = numbers;
  let [value, delta] = [1, 0];
  for (const [at, number] of numbers.entries()) {
    if (number === undefined) continue;
    value = Math.max(value, format(number).length);
    if (at > 0 && base !== undefined && Number.isFinite(number - base))
      delta = Math.max(delta, formatDelta(number - base, format).length);
  }
  // The best one is bold, and a little wider.
  const value_px = Math.min(MOST_NUMBER_PX, Math.ceil(value * DIGIT_PX * 1.06) + 2);
  const delta_px = delta === 0 ? 0 : Math.ceil(delta * SMALL_DIGIT_PX) + 4;
  const width_px = Math.ceil(Math.max(LEAST_PX, name_px, value_px + delta_px + PADDING_PX));
  return { width_px, value_px, delta_px };
}

function nameWidth(name: string, more_px: number): number {
  return Math.ceil(Math.min(MOST_NAME_PX, name.length * LETTER_PX) + more_px + PADDING_PX);
}

/** The columns from `left_px` on, and two more at each end: from the first to before the second number. */
export function columnsIn(
  columns: readonly LineColumn[],
  left_px: number,
  width_px: number,
): [first: number, end: number] {
  const before = (px: number) => {
    let [low, high] = [0, columns.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((columns[middle]?.left_px ?? Infinity) <= px) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return [Math.max(0, before(left_px) - 3), Math.min(columns.length, before(left_px + width_px) + 2)];
}
