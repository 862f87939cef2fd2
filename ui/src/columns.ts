// What the columns of a runs table are called, how wide they start and which are shown at first.
import type { Column, ColumnInfo } from './backend';

export const RUN_NAME: Column = { kind: 'attribute', key: 'run_name' };

/** The attributes that can be shown beside the name, in the order they are offered. */
export const ATTRIBUTES: readonly Column[] = [
  'status',
  'start_time',
  'end_time',
  'duration',
  'user_id',
  'run_id',
].map((key) => ({ kind: 'attribute', key }));

const TITLES: Record<string, string> = {
  run_name: 'Run',
  status: 'Status',
  start_time: 'Started',
  end_time: 'Ended',
  duration: 'Duration',
  user_id: 'User',
  run_id: 'Run ID',
  experiment_id: 'Experiment',
};

const WIDTHS_PX: Record<string, number> = {
  run_name: 168,
  status: 96,
  start_time: 112,
  end_time: 112,
  duration: 100,
  user_id: 84,
  run_id: 150,
  experiment_id: 140,
};

/** One text per column, for keys and settings: "metric.val/loss". */
export function columnId(column: Column): string {
  return `${column.kind}.${column.key}`;
}

const KINDS = ['attribute', 'metric', 'param', 'tag'] as const;

export function parseColumnId(id: string): Column | undefined {
  const kind = KINDS.find((each) => id.startsWith(`${each}.`));
  const key = kind && id.slice(kind.length + 1);
  return kind && key ? { kind, key } : undefined;
}

export function columnTitle(column: Column): string {
  return column.kind === 'attribute' ? (TITLES[column.key] ?? column.key) : column.key;
}

export function startWidth_px(column: Column): number {
  if (column.kind === 'attribute') return WIDTHS_PX[column.key] ?? 110;
  return Math.min(190, Math.max(92, 34 + columnTitle(column).length * 7));
}

/** Written by MLflow itself: rarely worth a column of its own. */
export function isSystemKey({ kind, key }: Column): boolean {
  return (kind === 'metric' && key.startsWith('system/')) || (kind === 'tag' && key.startsWith('mlflow.'));
}

// Metrics that runs are judged by usually have one of these words: they come first among equally frequent keys.
const TELLING: [RegExp, number][] = [
  [/acc|f1|auc|map|bleu|rouge|r2|score/i, 3],
  [/loss|error|rmse|mae/i, 1],
  [/val|test|eval/i, 1],
];

function telling(key: string): number {
  return TELLING.reduce((sum, [word, weight]) => sum + (word.test(key) ? weight : 0), 0);
}

/** The columns of a kind that say most: those that most runs have, and among them those with telling names. */
export function mostFilled(infos: readonly ColumnInfo[], kind: Column['kind'], count: number): Column[] {
  const own = infos.filter((info) => info.column.kind === kind && !isSystemKey(info.column));
  // A key counts as frequent if at least half as many runs have it as the most frequent one. Frequent keys come first.
  const common = Math.max(0, ...own.map(({ runCount }) => runCount)) / 2;
  return own
    .sort(
      (a, b) =>
        Number(b.runCount >= common) - Number(a.runCount >= common) ||
        (a.runCount >= common ? telling(b.column.key) - telling(a.column.key) : 0) ||
        b.runCount - a.runCount ||
        a.column.key.localeCompare(b.column.key),
    )
    .slice(0, count)
    .map((info) => info.column);
}

/** The columns until the user arranges them, without the name, which is always first. */
export function defaultColumns(infos: readonly ColumnInfo[], experimentCount = 1): Column[] {
  const attribute = (key: string): Column => ({ kind: 'attribute', key });
  return [
    attribute('status'),
    ...(experimentCount > 1 ? [attribute('experiment_id')] : []),
    ...mostFilled(infos, 'metric', 3),
    ...mostFilled(infos, 'param', 3),
    attribute('start_time'),
    attribute('duration'),
    attribute('user_id'),
  ];
}

/** Whether its values are points in time. */
export function isTime({ kind, key }: Column): boolean {
  return kind === 'attribute' && (key === 'start_time' || key === 'end_time');
}

/** Whether the column reads from the right: metrics, and params whose values are all numbers. */
export function isNumeric(column: Column, infos: readonly ColumnInfo[]): boolean {
  if (column.kind === 'metric') return true;
  if (column.kind === 'attribute') return column.key === 'duration';
  return infos.find((info) => columnId(info.column) === columnId(column))?.numeric ?? false;
}
