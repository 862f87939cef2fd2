// A brush as text of the filter language, so that what was seen in a chart can be asked of the table and kept.
import type { Column, DimensionLayout, Lane } from '../backend';
import type { Range } from './parallel-places';

export interface Brushed {
  column: Column;
  dimension: Pick<DimensionLayout, 'axis' | 'categories' | 'names' | 'lanes'>;
  range: Range;
}

/** All conditions at once. Undefined where one of them cannot be said: too many categories to name. */
export function brushFilter(brushed: readonly Brushed[]): string | undefined {
  const all = brushed.map(conditions);
  const known = all.flatMap((each) => each ?? []);
  return known.length > 0 && all.every((each) => each !== undefined) ? known.join(' AND ') : undefined;
}

/** Both must hold. */
export function bothFilters(one: string, other: string): string {
  return one.trim() === '' ? other : `(${one.trim()}) AND ${other}`;
}

const BELOW: readonly Lane[] = ['nonPositive', 'infinite'];
const ABOVE: readonly Lane[] = ['infinite'];

function conditions({ column, dimension, range: [low, high] }: Brushed): string[] | undefined {
  const name = nameOf(column);
  if (dimension.categories !== null) {
    const inside = dimension.names?.filter((_, i) => i >= low && i <= high);
    const texts = inside?.map(quoted);
    if (!texts?.length || texts.includes(undefined)) return undefined;
    return [`${name} IN (${texts.join(', ')})`];
  }
  const { min, max } = dimension.axis;
  const isWhole = column.kind === 'attribute';
  // An end of the axis is no condition, unless there are values beyond it that have no place on the axis.
  const beyond = (lanes: readonly Lane[]) => dimension.lanes.some(({ lane }) => lanes.includes(lane));
  const [isLowest, isHighest] = [!beyond(BELOW) && low <= min, !beyond(ABOVE) && high >= max];
  return [
    ...(!isLowest ? [`${name} >= ${isWhole ? Math.floor(low) : rounded(low, Math.floor)}`] : []),
    ...(!isHighest ? [`${name} <= ${isWhole ? Math.ceil(high) : rounded(high, Math.ceil)}`] : []),
  ];
}

function nameOf({ kind, key }: Column): string {
  if (kind === 'attribute') return key;
  return `${kind}s.${/^[A-Za-z_]\w*$/.test(key) ? key : key.includes('`') ? `"${key}"` : `\`${key}\``}`;
}

/** Undefined where the filter language has no plain way to write it. */
function quoted(text: string): string | undefined {
  if (text.includes('\\') || (text.includes("'") && text.includes('"'))) return undefined;
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}

/** Five digits, rounded away from what is inside, so that no run at the edge is lost. */
function rounded(value: number, round: (value: number) => number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 4);
  // Without the dust of the division: 0.5 stays 0.5.
  return Number((round(Number((value / unit).toPrecision(12))) * unit).toPrecision(6));
}
