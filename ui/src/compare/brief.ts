// A comparison in a few sentences: who is best in what decides, at what price, and what else to know before believing it.
// They say what is, and never which run to take. Pure.
import type { Comparison } from '../backend';
import { formatCount, formatDelta } from '../format/number';
import { uncommitted } from './code';
import { bestOf, formatOf, type ComparedRun, type Row } from './comparison';
import { sameCell, sameNumber, type Tolerance } from './equal';
import { against, finite } from './standing';

/** Words with a meaning of their own are coloured by it. */
export interface Piece {
  text: string;
  tone?: 'strong' | 'better' | 'worse' | 'mono';
}
export interface Sentence {
  /** The run it is about, by its place. */
  run?: number;
  icon?: 'check' | 'alert' | 'info';
  pieces: Piece[];
}

/**
 * What most likely decides between the runs: of the metrics of which it is known which way is better one that most of them
 * logged; first those whose direction the user chose, then those measured on data that was held back.
 */
export function decidingMetric(metrics: readonly Row[]): Row | undefined {
  const logged = (row: Row) => row.cells.filter((_, at) => finite(row, at) !== undefined).length;
  const directed = metrics.filter((row) => row.direction.better && logged(row) > 1);
  const most = Math.max(0, ...directed.map(logged));
  const rank = ({ key, direction }: Row) =>
    (direction.chosen ? 8 : 0) +
    (/(^|[^a-z])(val|valid|validation|test|eval|holdout)([^a-z]|$)/i.test(key) ? 4 : 0) +
    (/(^|[^a-z])(train|training|system)([^a-z]|$)/i.test(key) ? -4 : 0) +
    (direction.better === 'higher' ? 1 : 0);
  const [first, ...others] = directed.filter((row) => logged(row) === most);
  return first && others.reduce((best, row) => (rank(row) > rank(best) ? row : best), first);
}

export function brief(
  comparison: Comparison,
  metrics: readonly Row[],
  runs: readonly ComparedRun[],
  tolerance: Tolerance,
): Sentence[] {
  if (runs.length < 2) return [];
  return [
    ...best(metrics, runs, tolerance),
    ...unfinished(runs),
    ...source(comparison, runs),
    ...data(comparison, runs.length),
  ];
}

const plain = (text: string): Piece => ({ text });
const strong = (text: string): Piece => ({ text, tone: 'strong' });

function best(metrics: readonly Row[], runs: readonly ComparedRun[], tolerance: Tolerance): Sentence[] {
  const deciding = decidingMetric(metrics);
  if (!deciding) {
    if (metrics.length === 0) return [];
    const words =
      'Of no metric of these runs it is known which way is better. The arrow beside a metric says which.';
    return [{ icon: 'info', pieces: [plain(words)] }];
  }
  const key = strong(deciding.key);
  const values = deciding.cells.map((_, at) => finite(deciding, at));
  const logged = values.filter((value) => value !== undefined);
  const among =
    logged.length < runs.length ? ` of the ${formatCount(logged.length)} with a number for it` : '';
  const value = bestOf(deciding);
  const winners = values.flatMap((other, at) =>
    value !== undefined && other !== undefined && sameNumber(other, value, tolerance) ? [at] : [],
  );
  const [at, ...others] = winners;
  if (value === undefined || at === undefined || winners.length === logged.length)
    return [{ icon: 'info', pieces: [plain(`All${among || ' runs'} are as good in `), key, plain('.')] }];
  const number = formatOf(deciding)(value);
  if (others.length > 0) {
    const count = strong(`${formatCount(winners.length)} runs`);
    return [{ icon: 'info', pieces: [count, plain(' share the best '), key, plain(`${among}, ${number}.`)] }];
  }
  const pieces = [
    strong(runs[at]?.displayName ?? ''),
    plain(' has the best '),
    key,
    plain(`${among}, ${number}`),
  ];
  const [base] = values;
  if (at === 0) pieces.push(plain('. It is the baseline.'));
  else if (base === undefined) pieces.push(plain('. The baseline has no number for it.'));
  else
    pieces.push(
      plain(', '),
      { text: formatDelta(value - base, formatOf(deciding)), tone: 'better' },
      plain(' to the baseline'),
      ...price(metrics, deciding, at, tolerance),
      plain('.'),
    );
  return [{ run: at, pieces }];
}

/** What the best run is worse in than the baseline: how many metrics, and the one that it is worst in. */
function price(metrics: readonly Row[], deciding: Row, at: number, tolerance: Tolerance): Piece[] {
  const others = metrics.filter((row) => row !== deciding && against(row, at, tolerance) !== undefined);
  const [worst, ...more] = others
    .filter((row) => against(row, at, tolerance) === -1)
    .sort((a, b) => share(b, at) - share(a, at));
  if (!worst) {
    const count = `${formatCount(others.length)} other${others.length === 1 ? '' : 's'}`;
    return others.length > 0 ? [plain(`, and is not worse in any of ${count}`)] : [];
  }
  const [base, value] = [finite(worst, 0) ?? NaN, finite(worst, at) ?? NaN];
  const ratio = base > 0 && value > 0 ? value / base : NaN;
  const isRatio = ratio >= 1.1 || ratio <= 0.9;
  const text = isRatio ? ratioWords(ratio) : formatDelta(value - base, formatOf(worst));
  return [
    plain(', at '),
    { text, tone: 'worse' },
    plain(isRatio ? ` the ${worst.key}` : ` in ${worst.key}`),
    ...(more.length > 0 ? [plain(`, and worse in ${formatCount(more.length)} more`)] : []),
  ];
}

function ratioWords(ratio: number): string {
  return `${ratio >= 1e4 || ratio < 0.01 ? ratio.toExponential(0) : ratio.toFixed(ratio < 1 ? 2 : 1)}×`;
}

/** By how much of the baseline's size a value is off. */
function share(row: Row, at: number): number {
  const [base, value] = [finite(row, 0) ?? NaN, finite(row, at) ?? NaN];
  return Math.abs(value - base) / Math.max(Math.abs(base), Number.MIN_VALUE);
}

function unfinished(runs: readonly ComparedRun[]): Sentence[] {
  const count = (statuses: readonly string[]) =>
    runs.filter(({ status }) => statuses.includes(status)).length;
  const words = [
    [count(['failed', 'killed']), 'did not get to the end'],
    [count(['running', 'scheduled']), 'have not ended yet'],
  ] as const;
  return words
    .filter(([number]) => number > 0)
    .map(([number, what]) => ({
      icon: 'alert' as const,
      pieces: [plain(`${someRuns(number)} ${number === 1 ? what.replace('have', 'has') : what}.`)],
    }));
}

function someRuns(number: number): string {
  return number === 1 ? 'One run' : `${formatCount(number)} runs`;
}

function source(comparison: Comparison, runs: readonly ComparedRun[]): Sentence[] {
  const number = uncommitted(comparison.tags, runs.length).filter(Boolean).length;
  if (number === 0) return [];
  const were = number === 1 ? 'was' : 'were';
  return [{ icon: 'alert', pieces: [plain(`${someRuns(number)} ${were} made from uncommitted source.`)] }];
}

function data({ datasets }: Comparison, runCount: number): Sentence[] {
  const digests = datasets.filter(({ key }) => !key.endsWith(': schema'));
  const without = Array.from({ length: runCount }, (_, at) =>
    digests.every(({ cells }) => !cells[at]),
  ).filter(Boolean).length;
  if (without === runCount) return [];
  if (without > 0)
    return [
      {
        icon: 'info',
        pieces: [
          plain(`${someRuns(without)} did not record which data ${without === 1 ? 'it' : 'they'} read.`),
        ],
      },
    ];
  const differing = digests.filter(({ cells }) => cells.some((cell) => !sameCell(cells[0] ?? null, cell)));
  if (differing.length > 0)
    return [
      {
        icon: 'alert',
        pieces: [
          plain('The runs read different data: '),
          strong(differing.map(({ key }) => key).join(', ')),
          plain('.'),
        ],
      },
    ];
  const [only, ...more] = digests;
  const name = more.length === 0 && only?.cells[0] ? String(only.cells[0].value) : undefined;
  const all = runCount === 2 ? 'Both runs' : `All ${formatCount(runCount)} runs`;
  return [
    {
      icon: 'check',
      pieces: name
        ? [plain(`${all} read the same data, `), { text: name, tone: 'mono' }, plain('.')]
        : [plain(`${all} read the same data.`)],
    },
  ];
}
