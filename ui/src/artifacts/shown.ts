// What of a preview is put on screen, and the words for how much that is. Pure.
import type { Preview } from '../backend';
import { formatBytes, formatCount } from '../format/number';

/** More columns than this make the page slow and are not looked at. */
export const MOST_COLUMNS = 100;
const LINES_AT_ONCE = 200;

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

/** How much there is and how much of it is shown: "first 1.0 MB of 34 MB", "640 × 480 · 41 kB". */
export function factsOf(preview: Preview): string {
  const size =
    'sizeBytes' in preview && preview.sizeBytes !== null ? formatBytes(preview.sizeBytes) : undefined;
  const cut = 'truncated' in preview && preview.truncated;
  const bytes = (text: string) => formatBytes(new TextEncoder().encode(text).length);
  switch (preview.kind) {
    case 'image':
      return [preview.widthPx > 0 ? `${preview.widthPx} × ${preview.heightPx}` : undefined, size]
        .filter(Boolean)
        .join(' · ');
    case 'table': {
      const rows = `${cut ? 'first ' : ''}${count(preview.rows.length, 'row')}`;
      const columns =
        preview.columns.length > MOST_COLUMNS
          ? `first ${MOST_COLUMNS} of ${count(preview.columns.length, 'column')}`
          : count(preview.columns.length, 'column');
      return [rows, columns, size].filter(Boolean).join(' · ');
    }
    case 'text':
      return cut ? `first ${bytes(preview.text)}${size ? ` of ${size}` : ''}` : (size ?? '');
    case 'markdown':
    case 'html':
      return `${cut ? 'first ' : ''}${bytes(preview.source)}`;
    default:
      return size ?? '';
  }
}

function count(number: number, word: string): string {
  return `${formatCount(number)} ${word}${number === 1 ? '' : 's'}`;
}
