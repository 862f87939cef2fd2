// The latest values of a run's metrics, as rows of names and values.
import type { Metric } from '../backend';
import { pointPads } from '../format/column';
import { exactNumber, formatCount, formatNumber, fromWire } from '../format/number';

// A collator of its own: to ask each text for one costs seconds where there are thousands.
const names = new Intl.Collator(undefined, { numeric: true });
export const byKey = (a: { key: string }, b: { key: string }) => names.compare(a.key, b.key);

export function metricRows(metrics: readonly Metric[]) {
  const sorted = metrics.toSorted(byKey);
  const values = sorted.map(({ value }) => formatNumber(fromWire(value)));
  const pads = pointPads(values);
  return sorted.map(({ key, value, step }, i) => ({
    key,
    value: values[i],
    pad: pads[i] ?? '',
    exact: `${exactNumber(fromWire(value))} at step ${formatCount(step)}`,
    number: true,
  }));
}
