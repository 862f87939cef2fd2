// The code that runs were made with, as MLflow's tags tell of it. Pure.
import type { Cell, ComparisonRow } from '../backend';
import { rowOf, sectionOf, type Section } from './comparison';

const ROWS: readonly { tag: string; title: string }[] = [
  { tag: 'mlflow.source.name', title: 'Source' },
  { tag: 'mlflow.source.type', title: 'Kind of source' },
  { tag: 'mlflow.project.entryPoint', title: 'Entry point' },
  { tag: 'mlflow.source.git.repoURL', title: 'Repository' },
  { tag: 'mlflow.source.git.branch', title: 'Branch' },
  { tag: 'mlflow.source.git.commit', title: 'Commit' },
  { tag: 'mlflow.source.git.dirty', title: 'Uncommitted' },
  { tag: 'mlflow.source.git.diff', title: 'Uncommitted changes' },
];
const TAGS = new Set(ROWS.map(({ tag }) => tag));

export const UNCOMMITTED = 'Uncommitted';
export const DIRTY = 'changed files';

/** It is shown as code and not once more as a tag. */
export function isCodeTag(key: string): boolean {
  return TAGS.has(key);
}

/** Of each run whether it was made from changed files that no commit has; absent where it does not say. */
export function uncommitted(tags: readonly ComparisonRow[], runCount: number): (boolean | undefined)[] {
  const cells = tags.find(({ key }) => key === 'mlflow.source.git.dirty')?.cells;
  return Array.from({ length: runCount }, (_, at) => dirty(cells?.[at] ?? null));
}

function dirty(cell: Cell | null): boolean | undefined {
  const text = String(cell?.value ?? '').toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

export function codeSection(tags: readonly ComparisonRow[], runCount: number): Section {
  const cellsOf = (tag: string) => tags.find(({ key }) => key === tag)?.cells;
  const found = ROWS.filter(({ tag }) => cellsOf(tag));
  if (found.length === 0) {
    const who = runCount === 1 ? 'This run' : 'These runs';
    return sectionOf('code', [], {
      none: `${who} recorded no code: MLflow keeps it in tags such as mlflow.source.git.commit.`,
    });
  }
  const hasCode = Array.from({ length: runCount }, (_, at) => found.some(({ tag }) => cellsOf(tag)?.[at]));
  const rows = found.map(({ tag, title }) =>
    rowOf(
      title,
      (cellsOf(tag) ?? []).map((cell, at) => (cell || hasCode[at] ? shown(title, cell) : NOTHING)),
    ),
  );
  return sectionOf('code', rows);
}

const NOTHING = { kind: 'unknown', why: 'This run recorded no code', word: 'no code' } as const;

function shown(title: string, cell: Cell | null): Cell | null {
  if (title !== UNCOMMITTED || dirty(cell) === undefined) return cell;
  return { kind: 'text', value: dirty(cell) ? DIRTY : 'clean' };
}
