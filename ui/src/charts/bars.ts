// What a card of bars says, and which bar is meant.
import type { MetricBarsLayout, Rect } from '../backend';
import { formatCount } from '../format/number';

/** The row at a height in the picture, in CSS pixels; undefined above and below all of them. */
export function rowAt(rows: readonly Rect[], y_px: number): number | undefined {
  const at = rows.findIndex(({ y, height }) => y_px >= y && y_px < y + height);
  return at < 0 ? undefined : at;
}

/** Where a key leads from a row, or from none; undefined: this key leads nowhere. */
export function rowByKey(key: string, at: number | undefined, count: number): number | undefined {
  if (count === 0) return undefined;
  const last = count - 1;
  if (key === 'ArrowDown') return at === undefined ? 0 : Math.min(last, at + 1);
  if (key === 'ArrowUp') return at === undefined ? last : Math.max(0, at - 1);
  if (key === 'Home') return 0;
  return key === 'End' ? last : undefined;
}

/** "one value per run", in which order, and of how many runs. */
export function barWords(
  layout: Pick<MetricBarsLayout, 'better' | 'missing' | 'hidden' | 'rows'> | undefined,
  runCount: number,
): string[] {
  if (!layout) return ['one value per run'];
  const { better, missing, hidden, rows } = layout;
  return [
    'one value per run',
    better === null ? 'largest first' : 'best first',
    `${formatCount(runCount - missing)} of ${formatCount(runCount)}`,
    ...(hidden > 0 ? [`the first ${formatCount(rows.length)} drawn`] : []),
  ];
}
