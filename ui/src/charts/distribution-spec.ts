// How a value is distributed over groups of runs: what is asked, as it is kept in a layout.
import type { Column, ColumnInfo, DistributionForm, ValueAxis } from '../backend';
import { columnTitle } from '../columns';
import { asRecord } from '../saved';
import { keyLabel, MOST_KEYS, parseGrouping } from './groups';
import { DURATION, parseValueAxis, tellingMetric, tellingParams } from './value-axis';

export interface DistributionSpec {
  form: DistributionForm;
  value: ValueAxis;
  /** Runs with the same values of all of these are a group; none: all runs are one. */
  by: readonly Column[];
  /** The groups of a histogram lie over each other instead of being stacked. */
  overlaid: boolean;
}

export const FORMS: readonly { value: DistributionForm; label: string }[] = [
  { value: 'box', label: 'Box' },
  { value: 'violin', label: 'Violin' },
  { value: 'histogram', label: 'Histogram' },
  { value: 'edf', label: 'EDF' },
];

/** The metric that decides, over the words of a telling param, such as the optimizer. */
export function startDistribution(
  columns: readonly ColumnInfo[],
  form: DistributionForm = 'box',
  varies?: (column: Column) => boolean,
): DistributionSpec {
  const words = columns.filter(({ column, numeric }) => column.kind === 'param' && !numeric);
  const by = tellingParams(words, 1, varies).map(({ column }) => column);
  return { form, value: tellingMetric(columns) ?? DURATION, by, overlaid: false };
}

/** What of a saved one is valid; the rest is as in `start`. */
export function parseDistributionSpec(value: unknown, start: DistributionSpec): DistributionSpec {
  const saved = asRecord(value);
  return {
    form: FORMS.find((form) => form.value === saved['form'])?.value ?? start.form,
    value: parseValueAxis(saved['value']) ?? start.value,
    by: Array.isArray(saved['by'])
      ? (parseGrouping({ by: saved['by'], aggregate: null })?.by ?? []).slice(0, MOST_KEYS)
      : start.by,
    overlaid: typeof saved['overlaid'] === 'boolean' ? saved['overlaid'] : start.overlaid,
  };
}

export function distributionTitle({ value, by }: DistributionSpec): string {
  const of = columnTitle(value.column);
  return by.length > 0 ? `${of} by ${by.map(keyLabel).join(', ')}` : `Distribution of ${of}`;
}
