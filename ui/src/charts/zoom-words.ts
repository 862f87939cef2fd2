// What a card says of the part that it is zoomed to.
import type { Layout } from '../backend';
import { formatFixed, formatNumber } from '../format/number';
import { formatX } from './probe';
import type { Zoom } from './zoom';
import type { Range } from './zooms';

/** "step 1,200 – 3,400" and "y 0.2 – 0.41", for each axis that is zoomed. */
export function zoomWords({ x, y }: Zoom, kind: Layout['xKind']): string[] {
  return [...(x ? [`${xWords(x, kind)}`] : []), ...(y ? [`y ${ends(y)}`] : [])];
}

function xWords(x: Range, kind: Layout['xKind']): string {
  if (kind === 'time' || kind === 'relative') return x.map((each) => formatX(kind, each)).join(' – ');
  const word = kind === 'step' ? 'step' : kind === 'order' ? 'value' : 'x';
  return `${word} ${ends(x)}`;
}

/** As many digits as tell the ends apart, and one more. */
function ends([from, to]: Range): string {
  const decimals = 1 - Math.floor(Math.log10(to - from));
  const isPlain = decimals <= 12 && Math.max(Math.abs(from), Math.abs(to)) < 1e10;
  return [from, to]
    .map((each) => (isPlain ? formatFixed(each, Math.max(0, decimals)) : formatNumber(each)))
    .join(' – ');
}
