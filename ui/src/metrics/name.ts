// How a metric is called where metrics of one key on two datasets stand beside each other. Pure.
import type { MetricName } from '../backend';

/** What a metric was measured on, in words; with its digest where another dataset among these has the same name. */
export function datasetOf({ dataset }: MetricName, among: readonly MetricName[] = []): string | undefined {
  if (!dataset) return undefined;
  const namesakes = among.some(
    (other) => other.dataset?.name === dataset.name && other.dataset.digest !== dataset.digest,
  );
  return namesakes || dataset.name === '' ? `${dataset.name} ${dataset.digest}`.trim() : dataset.name;
}

/** "val_acc on birds-24". */
export function metricTitle(name: MetricName, among: readonly MetricName[] = []): string {
  const dataset = datasetOf(name, among);
  return dataset === undefined ? name.key : `${name.key} on ${dataset}`;
}
