// What of a preview is put on screen, and the words for how much that is. Pure.
import type { Look } from '../backend';
import { formatBytes, formatCount } from '../format/number';
import type { TableColumn } from '../table/table';

/** How many lines come and go together. */
export const LINES_AT_ONCE = 20;
const CHAR_PX = 7;

export interface Chunk {
  /** Lines before this chunk. */
  before: number;
  lines: string[];
}

/** The lines of a text in chunks, so that the browser lays out only those on screen. */
export function chunksOf(text: string): Chunk[] {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  return Array.from({ length: Math.ceil(lines.length / LINES_AT_ONCE) }, (_, i) => ({
    before: i * LINES_AT_ONCE,
    lines: lines.slice(i * LINES_AT_ONCE, (i + 1) * LINES_AT_ONCE),
  }));
}

/** Which columns hold nothing but numbers (and gaps), so that they read from the right. */
export function numericColumns(rows: readonly (readonly string[])[], columns: number): boolean[] {
  return Array.from({ length: columns }, (_, at) => {
    const values = rows.map((row) => row[at]?.trim() ?? '').filter((value) => value !== '');
    return (
      values.length > 0 &&
      values.every((value) => /^(nan|[+-]?inf(inity)?)$/i.test(value) || !isNaN(Number(value)))
    );
  });
}

/** Columns as wide as what is in their first rows; the first of all counts the rows. */
export function tableColumns(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): TableColumn[] {
  const sample = rows.slice(0, 200);
  const numeric = numericColumns(sample, columns.length);
  const width = (longest: number) => Math.min(360, Math.max(56, longest * CHAR_PX + 24));
  const row: TableColumn = {
    id: 'row',
    label: '#',
    title: 'Row',
    kind: 'number',
    width_px: Math.max(44, String(rows.length).length * CHAR_PX + 24),
    fixed: true,
    sortable: false,
  };
  return [
    row,
    ...columns.map((label, at): TableColumn => ({
      id: String(at),
      label,
      kind: numeric[at] ? 'number' : 'text',
      width_px: width(Math.max(label.length, ...sample.map((cells) => cells[at]?.length ?? 0))),
      sortable: false,
    })),
  ];
}

/** How much there is and how much of it is shown: "first 1.0 MB of 34 MB", "640 × 480 · 41 kB". */
export function factsOf({ preview, readBytes, sizeBytes }: Look): string {
  const size = sizeBytes === null ? undefined : formatBytes(sizeBytes);
  const cut = 'truncated' in preview && preview.truncated;
  switch (preview.kind) {
    case 'image':
      return joined(preview.widthPx > 0 && `${preview.widthPx} × ${preview.heightPx}`, size);
    case 'table':
      return joined(
        `${cut ? 'first ' : ''}${count(preview.rows.length, 'row')}`,
        count(preview.columns.length, 'column'),
        size,
      );
    case 'text':
    case 'markdown':
    case 'html':
      return joined(
        cut && sizeBytes !== readBytes ? `first ${formatBytes(readBytes)}${size ? ` of ${size}` : ''}` : size,
        preview.kind === 'text' && preview.overwritten && 'last state of each line',
      );
    default:
      return size ?? '';
  }
}

function joined(...parts: (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}

function count(number: number, word: string): string {
  return `${formatCount(number)} ${word}${number === 1 ? '' : 's'}`;
}
