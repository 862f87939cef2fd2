// How runs stand against the baseline in the metrics of which it is known which way is better. Pure.
import { numberIn } from '../runs/table-columns';
import { isRead } from './cell';
import type { Row } from './comparison';
import { sameNumber, type Tolerance } from './equal';

export interface Standing {
  better: number;
  worse: number;
  same: number;
}

/** 1: better than the baseline, -1: worse, 0: as good; absent where that cannot be said. */
export function against(row: Row, at: number, tolerance: Tolerance): 1 | 0 | -1 | undefined {
  const [base, value] = [finite(row, 0), finite(row, at)];
  if (base === undefined || value === undefined || !row.direction.better) return undefined;
  if (sameNumber(base, value, tolerance)) return 0;
  return value > base === (row.direction.better === 'higher') ? 1 : -1;
}

export function finite(row: Row, at: number): number | undefined {
  const cell = row.cells[at];
  const value = isRead(cell) ? numberIn(cell) : undefined;
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** Of each run; the baseline's is nothing to go by. None where no metric has a direction. */
export function standings(
  metrics: readonly Row[],
  runCount: number,
  tolerance: Tolerance,
): Standing[] | undefined {
  const directed = metrics.filter(({ direction }) => direction.better);
  if (directed.length === 0) return undefined;
  return Array.from({ length: runCount }, (_, at) => {
    const all = directed.map((row) => against(row, at, tolerance));
    const count = (which: number) => all.filter((one) => one === which).length;
    return { better: count(1), worse: count(-1), same: count(0) };
  });
}

export function standingWords({ better, worse, same }: Standing): string {
  return `${better} better, ${worse} worse, ${same} as good`;
}

/** Where each value lies between the least and the greatest of its row, 0 to 1; none where there is only one value. */
export function placesOf(row: Row): (value: number) => number | undefined {
  const values = row.cells.map((_, at) => finite(row, at)).filter((value) => value !== undefined);
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  // Halves, as the difference of two doubles may be infinite.
  const range = greatest / 2 - least / 2;
  return (value) => (range > 0 && Number.isFinite(value) ? (value / 2 - least / 2) / range : undefined);
}
