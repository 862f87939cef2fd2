// The latest values of a run's metrics, as rows of names and values.
import type { Metric } from '../backend';
import { bySystemPlace, systemPlace, systemSection, systemTitle } from '../charts/system-metrics';
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

/** Whether MLflow measured it of the machine. */
export function isSystem(metric: string): boolean {
  return systemPlace(metric) !== undefined;
}

/** The metrics of the machine by node and GPU, without what their names have in common. */
export function systemGroups(metrics: readonly Metric[]) {
  const groups = new Map<string, Metric[]>();
  for (const metric of metrics) {
    const place = systemPlace(metric.key);
    if (!place) continue;
    const id = systemSection(place);
    const group = groups.get(id);
    const short = { ...metric, key: place.name };
    if (group) group.push(short);
    else groups.set(id, [short]);
  }
  return [...groups]
    .sort(([a], [b]) => bySystemPlace(a, b))
    .map(([id, those]) => ({ title: systemTitle(id), rows: metricRows(those) }));
}
