// Runs in groups: by what, how their curves become one, and what is said of that.
import type { Column, CurveLayout, GroupAggregate, Grouping, Middle, Spread, XKind } from '../backend';
import { formatCount } from '../format/number';
import { asList, asRecord, type Saved } from '../saved';

export const MIDDLES: readonly { value: Middle | 'none'; label: string; hint?: string }[] = [
  { value: 'mean', label: 'Mean' },
  { value: 'median', label: 'Median' },
  { value: 'min', label: 'Minimum' },
  { value: 'max', label: 'Maximum' },
  { value: 'none', label: 'Every run', hint: 'In the colour of its group' },
];

export const SPREADS: readonly { value: Spread; label: string; hint?: string; ofMean?: true }[] = [
  { value: 'none', label: 'None' },
  { value: 'minMax', label: 'Min–max' },
  { value: 'deviation', label: 'Std', hint: '± one standard deviation of the sample', ofMean: true },
  { value: 'error', label: 'Std error', hint: '± one standard error of the mean', ofMean: true },
  { value: 'interval95', label: '95 %', hint: 'Confidence of the mean, Student’s t', ofMean: true },
];

/** A group is told by so many keys at the most. */
export const MOST_KEYS = 3;
const MOST_AT_LEAST = 1000;

export const START_AGGREGATE: GroupAggregate = { middle: 'mean', spread: 'minMax', atLeast: 1 };

/** What runs can be grouped by beside their params and tags. */
export const GROUP_ATTRIBUTES: readonly { column: Column; label: string }[] = [
  { column: { kind: 'attribute', key: 'parent_run' }, label: 'Parent run' },
  { column: { kind: 'attribute', key: 'dataset' }, label: 'Dataset' },
  { column: { kind: 'attribute', key: 'status' }, label: 'Status' },
  { column: { kind: 'attribute', key: 'user_id' }, label: 'User' },
  { column: { kind: 'attribute', key: 'experiment_id' }, label: 'Experiment' },
];

export function keyLabel({ kind, key }: Column): string {
  const attribute = GROUP_ATTRIBUTES.find(({ column }) => column.key === key);
  return (kind === 'attribute' && attribute?.label) || key;
}

/** The aggregate with another middle; around anything but a mean only the range is a band. */
export function withMiddle(aggregate: GroupAggregate, middle: Middle): GroupAggregate {
  const ofMean = SPREADS.find(({ value }) => value === aggregate.spread)?.ofMean;
  return { ...aggregate, middle, spread: ofMean && middle !== 'mean' ? 'minMax' : aggregate.spread };
}

const middleWord = (middle: Middle): string => (middle === 'min' || middle === 'max' ? `${middle}.` : middle);

/** On the button: "lr, depth · mean, min–max". */
export function groupingLabel(grouping: Grouping | null): string {
  if (!grouping) return 'Group';
  const keys = grouping.by.map(keyLabel).join(', ');
  const { aggregate } = grouping;
  if (!aggregate) return `${keys} · every run`;
  const spread = SPREADS.find(({ value }) => value === aggregate.spread)?.label.toLowerCase();
  return `${keys} · ${[middleWord(aggregate.middle), ...(aggregate.spread === 'none' ? [] : [spread])].join(', ')}`;
}

/** What is cut into bins, where runs have points at too many places. */
const BINNED: Record<XKind, string> = {
  step: 'steps',
  time: 'time',
  relative: 'time',
  order: 'points',
  metric: 'values',
};

/**
 * What a card says: "mean of 4", "mean of 2–5", "over 2,000 bins of time", "at least 3 runs", or how many groups there
 * are.
 */
export function groupWords(
  grouping: Grouping | null,
  layout: Pick<CurveLayout, 'groups' | 'bins' | 'xKind'> | undefined,
): string[] {
  if (!grouping || !layout) return [];
  const { groups, bins, xKind } = layout;
  const sizes = groups.map(({ withPoints }) => withPoints).filter((count) => count > 0);
  if (sizes.length === 0) return [];
  const { aggregate } = grouping;
  if (!aggregate) return [`${formatCount(sizes.length)} ${sizes.length === 1 ? 'group' : 'groups'}`];
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const of = least === most ? formatCount(most) : `${formatCount(least)}–${formatCount(most)}`;
  return [
    `${middleWord(aggregate.middle)} of ${of}`,
    ...(bins === null ? [] : [`over ${formatCount(bins)} bins of ${BINNED[xKind]}`]),
    ...(aggregate.atLeast > 1 ? [`at least ${formatCount(aggregate.atLeast)} runs`] : []),
  ];
}

/** What was saved, or null where it is not valid. */
export function parseGrouping(value: unknown): Grouping | null {
  const { by, aggregate } = asRecord(value);
  const columns = asList(by).flatMap((each): Column[] => {
    const { kind, key } = asRecord(each);
    const known = (['attribute', 'param', 'tag'] as const).find((one) => one === kind);
    return known && typeof key === 'string' && key !== '' ? [{ kind: known, key }] : [];
  });
  if (columns.length === 0) return null;
  return {
    by: columns.slice(0, MOST_KEYS),
    aggregate: aggregate === null ? null : parseAggregate(asRecord(aggregate)),
  };
}

function parseAggregate({ middle, spread, atLeast }: Saved): GroupAggregate {
  const known = MIDDLES.map(({ value }) => value).find((each) => each === middle);
  return withMiddle(
    {
      middle: 'mean',
      spread: SPREADS.find(({ value }) => value === spread)?.value ?? START_AGGREGATE.spread,
      atLeast: asAtLeast(atLeast) ?? START_AGGREGATE.atLeast,
    },
    known === undefined || known === 'none' ? START_AGGREGATE.middle : known,
  );
}

/** A number of runs that can be asked for. */
export function asAtLeast(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_AT_LEAST
    ? (value as number)
    : undefined;
}
