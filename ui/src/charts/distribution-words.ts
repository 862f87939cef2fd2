// What a card of a distribution says of itself, of a group and of a bin.
import type { Column, DistributionLayout, GroupNumbers, LaneCount } from '../backend';
import { columnTitle } from '../columns';
import { formatCount } from '../format/number';
import { cellWords, laneWords, runsWords, type Charted, type Told } from './marks';

/** "12 of 40 groups", "48 runs", and what has no place on the axis. */
export function distributionWords(
  of: Charted,
  layout: Pick<DistributionLayout, 'groups' | 'groupsTotal' | 'runsTotal' | 'value'> | undefined,
): string[] {
  if (!layout) return [];
  const { groups, groupsTotal, runsTotal, value } = layout;
  return [
    ...(groups.length < groupsTotal
      ? [`${formatCount(groups.length)} of ${formatCount(groupsTotal)} groups`]
      : []),
    runsWords(of, runsTotal),
    ...laneWords(value),
  ];
}

const LANES: Record<LaneCount['lane'], string> = {
  none: 'Without',
  nan: 'NaN',
  infinite: 'Infinite',
  nonPositive: 'Not positive',
};

/** What is known of a group. Its quartiles are those of one value where there is only one. */
export function groupTold({ values, lanes, summary }: GroupNumbers, column: Column): Told[] {
  const told = (value: number) => cellWords(column, { kind: 'number', value });
  const range = (from: number, to: number) => `${told(from)} – ${told(to)}`;
  return [
    ['n', formatCount(values)],
    ...(summary
      ? ([
          ['Median', told(summary.median)],
          ...(values > 1
            ? [
                ['Quartiles', range(summary.q1, summary.q3)],
                ['Whiskers', range(summary.low, summary.high)],
                ...(summary.outliers > 0 ? [['Far from the others', formatCount(summary.outliers)]] : []),
                ['Mean', told(summary.mean)],
              ]
            : []),
        ] as Told[])
      : []),
    ...lanes.map(({ lane, runs }): Told => [LANES[lane], formatCount(runs)]),
  ];
}

/** How many runs of each group are in a bin, those of most runs first; what has no room in a tip is counted. */
export function binTold(
  { counts }: DistributionLayout['bins'][number],
  groups: readonly GroupNumbers[],
): Told[] {
  const MOST = 8;
  const own = counts
    .map((count, i) => ({ count, name: groups[i]?.name ?? '' }))
    .filter(({ count, name }) => count > 0 && name !== '')
    .sort((a, b) => b.count - a.count);
  const rest = own.slice(MOST).reduce((sum, { count }) => sum + count, 0);
  return [
    ['Runs', formatCount(counts.reduce((sum, count) => sum + count, 0))],
    ...own.slice(0, MOST).map(({ name, count }): Told => [name, formatCount(count)]),
    ...(rest > 0 ? [['Others', formatCount(rest)] as Told] : []),
  ];
}

/** "0.8 – 0.85". */
export function binName({ from, to }: DistributionLayout['bins'][number], column: Column): string {
  return [from, to]
    .map((value) => cellWords(column, { kind: 'number', value: shortened(value) }))
    .join(' – ');
}

/** Edges have all digits that a number can have; so many tell bins apart. */
function shortened(value: number): number {
  return Number(value.toPrecision(6));
}

/** Why there is nothing to draw. */
export function nothingWords(
  { runsTotal, value }: Pick<DistributionLayout, 'runsTotal' | 'value'>,
  column: Column,
): { title: string; message: string } {
  const of = columnTitle(column);
  if (runsTotal === 0) return { title: 'No runs', message: 'Their values would be here, in groups.' };
  if (value.categories !== null && value.categories > 0)
    return {
      title: 'Words, not numbers',
      message: `${of} has words. Choose a metric or a param of numbers.`,
    };
  return { title: 'No values yet', message: `No run has ${of}.` };
}
