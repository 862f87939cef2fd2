// Which params matter for a metric: what is asked, as it is kept in a layout, and what the card says of the answer.
import type { Column, ColumnInfo, ImportantParam, RunImportanceLayout, ValueAxis } from '../backend';
import { columnId, columnTitle } from '../columns';
import { formatCount } from '../format/number';
import { DURATION, axisTitle, tellingMetric, parseValueAxis } from './value-axis';
import { asRecord } from '../saved';

export interface ImportanceSpec {
  metric: ValueAxis;
  /** Null: all params of the runs. */
  params: readonly Column[] | null;
}

/** All params for the metric that decides; where there is none, for how long runs took. */
export function startImportance(columns: readonly ColumnInfo[]): ImportanceSpec {
  return { metric: tellingMetric(columns) ?? DURATION, params: null };
}

/** What of a saved one is valid; the rest is as in `start`. */
export function parseImportanceSpec(value: unknown, start: ImportanceSpec): ImportanceSpec {
  const saved = asRecord(value);
  const listed = Array.isArray(saved['params']) ? (saved['params'] as unknown[]) : [];
  const params = new Map<string, Column>();
  for (const each of listed) {
    const column = parseValueAxis({ column: each })?.column;
    if (column) params.set(columnId(column), column);
  }
  return {
    metric: parseValueAxis(saved['metric']) ?? start.metric,
    params: params.size > 0 ? [...params.values()] : start.params,
  };
}

export function importanceTitle({ metric }: ImportanceSpec): string {
  return `What matters for ${columnTitle(metric.column)}`;
}

/** The params that are asked about, each once. */
export function askedParams({ params }: ImportanceSpec, columns: readonly ColumnInfo[]): Column[] {
  if (params) return params.map(({ kind, key }) => ({ kind, key }));
  return columns.map(({ column }) => column).filter(({ kind }) => kind === 'param');
}

type Answer = Pick<RunImportanceLayout, 'runsUsed' | 'leftOut' | 'verdict' | 'hidden' | 'rows'>;

/** "forest, 48 runs", how well it knows, and what is not in it. */
export function importanceWords(answer: Answer | undefined, metric: ValueAxis): string[] {
  if (!answer) return [];
  const { runsUsed, leftOut, verdict, hidden, rows } = answer;
  return [
    `forest, ${formatCount(runsUsed)} ${runsUsed === 1 ? 'run' : 'runs'}`,
    ...(verdict.kind === 'explained' ? [explainedWords(verdict.share)] : []),
    ...(leftOut > 0 ? [`${formatCount(leftOut)} without ${axisTitle(metric)}`] : []),
    ...(hidden > 0 ? [`the first ${formatCount(rows.length)} drawn`] : []),
  ];
}

/** Of a forest that guesses no better than the mean of all runs, importances are chance. */
function explainedWords(share: number): string {
  return share < 0.1 ? 'explains almost nothing: do not trust it' : `explains ${Math.round(share * 100)} %`;
}

/** Why there is no bar, and what to do. */
export function nothingWords(
  { runsUsed, verdict }: Pick<RunImportanceLayout, 'runsUsed' | 'verdict'>,
  metric: ValueAxis,
): { title: string; message: string } {
  const of = columnTitle(metric.column);
  if (verdict.kind === 'tooFewRuns') {
    const [have, needed] = [formatCount(runsUsed), formatCount(verdict.needed)];
    return {
      title: 'Too few runs to tell',
      message:
        verdict.needed > 10
          ? `${have} runs have ${of}; so many params need ${needed}. Choose fewer params.`
          : `${have} ${runsUsed === 1 ? 'run has' : 'runs have'} ${of}; ${needed} are needed.`,
    };
  }
  if (verdict.kind === 'sameEverywhere')
    return { title: 'Nothing to explain', message: `${of} is the same in all runs.` };
  return {
    title: 'No params to compare',
    message: 'Params that differ between these runs would be bars here.',
  };
}

/** What a bar says: the share and its uncertainty, and where the metric goes. */
export function paramWords({ share, spread, trend }: ImportantParam, metric: ValueAxis): string[] {
  const of = columnTitle(metric.column);
  return [
    `${percent(share)} ± ${percent(spread)} of what the params explain`,
    ...(trend === 'up' ? [`higher: ${of} tends to be higher`] : []),
    ...(trend === 'down' ? [`higher: ${of} tends to be lower`] : []),
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
