// What a card says of values that are far from all others.
import type { Layout } from '../backend';
import { formatCount, formatNumber } from '../format/number';

type Outliers = NonNullable<Layout['outliers']>;

/** On the button: how many values are meant. */
export function outlierLabel({ points }: Outliers): string {
  return `${formatCount(points)} far out`;
}

/** What they are, each curve being of `one`, and what a click on the button does. */
export function outlierTitle(
  { points, series, low, high, restLow, restHigh }: Outliers,
  shown: boolean,
  one: 'run' | 'group' = 'run',
): string {
  const values = `${formatCount(points)} ${points === 1 ? 'value' : 'values'} of ${formatCount(series)} ${series === 1 ? one : `${one}s`}`;
  const reach = [
    ...(high > restHigh ? [`up to ${formatNumber(high)}`] : []),
    ...(low < restLow ? [`down to ${formatNumber(low)}`] : []),
  ].join(' and ');
  return shown
    ? `${values} ${points === 1 ? 'lies' : 'lie'} far from all others (${reach}). Click to leave ${points === 1 ? 'it' : 'them'} out of the range.`
    : `${values} ${points === 1 ? 'lies' : 'lie'} beyond this range (${reach}) and ${points === 1 ? 'is' : 'are'} marked at its edge. Click to show ${points === 1 ? 'it' : 'them'}.`;
}
