// One cell of a comparison: what a run has under a key. Pure.
import type { Cell } from '../backend';

/** Why it is not known what a run has: it is being read, it could not be read, or it was not recorded. */
export type Unread =
  | { kind: 'reading' }
  | { kind: 'failed'; message: string }
  /** `word` is shown in its place. */
  | { kind: 'unknown'; why: string; word: string };
/** Null: the run has nothing there. */
export type TableCell = Cell | Unread | null;

export function isRead(cell: TableCell | undefined): cell is Cell | null {
  return cell === null || cell?.kind === 'number' || cell?.kind === 'text';
}

/** Its row is shown although nothing differs, as it says why nothing is known. */
export function saysWhy(cell: TableCell): boolean {
  return cell?.kind === 'reading' || cell?.kind === 'failed';
}
