// Which columns the table of versions of a model has, remembered per model on this machine.
import type { MetricName, VersionColumn, VersionColumnChoices } from '../backend';
import { asList, asRecord, isText } from '../saved';
import { metricTitle } from '../metrics/name';

export interface VersionColumns {
  /** Null: those that most versions have, as the app chooses. The metric that decides is always there. */
  metrics: MetricName[] | null;
  words: VersionColumn[];
}

export const USUAL: VersionColumns = { metrics: null, words: [] };

export const keyOf = (profileId: string, model: string) => `version-columns/${profileId}/${model}`;

function metricName(saved: unknown): MetricName[] {
  const { key, dataset } = asRecord(saved);
  if (!isText(key)) return [];
  if (dataset === null || dataset === undefined) return [{ key, dataset: null }];
  const { name, digest } = asRecord(dataset);
  return isText(name) && isText(digest) ? [{ key, dataset: { name, digest } }] : [];
}

function wordColumn(saved: unknown): VersionColumn[] {
  const { kind, of } = asRecord(saved);
  if (kind === 'signature' || kind === 'datasets') return [{ kind }];
  return (kind === 'param' || kind === 'tag') && isText(of) ? [{ kind, of }] : [];
}

/** What was kept, as far as it is what it should be. */
export function parseColumns(json: string | null): VersionColumns {
  let saved: unknown;
  try {
    saved = JSON.parse(json ?? 'null');
  } catch {
    return USUAL;
  }
  const { metrics, words } = asRecord(saved);
  return {
    metrics: Array.isArray(metrics) ? metrics.flatMap(metricName) : null,
    words: asList(words).flatMap(wordColumn),
  };
}

export const idOf = (column: VersionColumn | MetricName): string => JSON.stringify(column);

export function titleOf(column: VersionColumn): string {
  switch (column.kind) {
    case 'signature':
      return 'Signature';
    case 'datasets':
      return 'Data';
    default:
      return column.of;
  }
}

/** A line of the list that is chosen from. */
export type Line =
  | { heading: string; count: number }
  | { label: string; more: string; metric: MetricName }
  | { label: string; more: string; words: VersionColumn };

/** What is offered under its headings; of what is typed all words must be found. */
export function linesOf(choices: VersionColumnChoices, text: string): Line[] {
  const typed = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (label: string) => typed.every((word) => label.toLowerCase().includes(word));
  const group = (heading: string, lines: Line[]): Line[] => {
    const found = lines.filter((line) => 'label' in line && fits(line.label));
    return found.length > 0 ? [{ heading, count: found.length }, ...found] : [];
  };
  const counted = (kind: 'param' | 'tag', all: [string, number][]): Line[] =>
    all
      // What MLflow and Podium keep there comes last.
      .toSorted(([a], [b]) => Number(/^(mlflow|podium)\./.test(a)) - Number(/^(mlflow|podium)\./.test(b)))
      .map(([key, count]) => ({ label: key, more: String(count), words: { kind, of: key } }));
  return [
    ...group('Version', [
      { label: 'Data', more: '', words: { kind: 'datasets' } },
      { label: 'Signature', more: '', words: { kind: 'signature' } },
    ]),
    ...group(
      'Metrics',
      choices.metrics.map((metric) => ({ label: metricTitle(metric, choices.metrics), more: '', metric })),
    ),
    ...group('Params', counted('param', choices.params)),
    ...group('Tags', counted('tag', choices.tags)),
  ];
}
