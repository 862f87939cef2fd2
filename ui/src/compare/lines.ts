// A comparison from top to bottom: headings, branches and rows, each with an id that stays its own; and the walk through
// what differs. Pure.
import { branches, rowsIn, type Branch } from './branches';
import { saysWhy } from './cell';
import type { Row, Section } from './comparison';

interface Place {
  /** Stays the same while values, filters and folds change. */
  id: string;
  section: Section;
}
export type Line = Place &
  (
    | { kind: 'section'; folded: boolean }
    | { kind: 'branch'; title: string; depth: number; differing: number; total: number; folded: boolean }
    | {
        kind: 'row';
        row: Row;
        title: string;
        depth: number;
        /** The folds it is in, from the outside. */ within: string[];
      }
    | { kind: 'word'; text: string }
  );

export interface Wish {
  onlyDiffering: boolean;
  /** Only keys that hold all of these words. */
  words: string;
  /** The ids of the sections and branches that are folded. */
  folded: ReadonlySet<string>;
}

export function linesOf(sections: readonly Section[], wish: Wish): Line[] {
  const wanted = wish.words.toLowerCase().split(/\s+/).filter(Boolean);
  const isShown = ({ key, cells, differs }: Row) =>
    (differs || !wish.onlyDiffering || cells.some(saysWhy)) &&
    wanted.every((word) => key.toLowerCase().includes(word));
  return sections.flatMap((section): Line[] => {
    const folded = wish.folded.has(section.name);
    const heading: Line = { kind: 'section', id: section.name, section, folded };
    if (folded) return [heading];
    const word = (text: string): Line[] => [
      heading,
      { kind: 'word', id: `${section.name} word`, section, text },
    ];
    if (section.unread) return word('Not read yet.');
    if (section.none) return word(section.none);
    const rows = section.rows.filter(isShown);
    if (rows.length === 0) return word(wanted.length > 0 ? 'None is called that.' : 'All the same.');
    // What is looked for is shown, whatever branch it is in.
    const shut = wanted.length > 0 ? new Set<string>() : wish.folded;
    if (section.name === 'params') return [heading, ...nested(section, rows, shut)];
    if (section.name === 'metrics') return [heading, ...metrics(section, rows, shut)];
    return [heading, ...rows.map((row) => line(section, row, row.key, 0, []))];
  });
}

/** The branch of the metrics that only one run logged. They say little beside the others, and may be hundreds. */
export const LONE = 'metrics lone';

function metrics(section: Section, rows: readonly Row[], folded: ReadonlySet<string>): Line[] {
  const isLone = ({ cells }: Row) => cells.length > 1 && cells.filter((cell) => cell !== null).length < 2;
  const lone = rows.filter(isLone);
  const lines = rows.filter((row) => !isLone(row)).map((row) => line(section, row, row.key, 0, []));
  if (lone.length === 0) return lines;
  const total = section.rows.filter(isLone).length;
  const isFolded = folded.has(LONE);
  lines.push({
    kind: 'branch',
    id: LONE,
    section,
    title: 'Of one run only',
    depth: 0,
    differing: total,
    total,
    folded: isFolded,
  });
  return isFolded ? lines : [...lines, ...lone.map((row) => line(section, row, row.key, 1, [LONE]))];
}

function line(section: Section, row: Row, title: string, depth: number, within: string[]): Line {
  const id = `${section.name} row ${row.key}`;
  return { kind: 'row', id, section, row, title, depth, within: [section.name, ...within] };
}

function nested(section: Section, shown: readonly Row[], folded: ReadonlySet<string>): Line[] {
  // Branches are those of all keys, so that a filter moves no key to another place.
  const visible = new Set(shown);
  const lines = (branch: Branch<Row>, depth: number, within: string[]): Line[] => {
    if (branch.kind === 'leaf')
      return visible.has(branch.row) ? [line(section, branch.row, branch.title, depth, within)] : [];
    const rows = rowsIn(branch);
    if (!rows.some((row) => visible.has(row))) return [];
    const id = `${section.name} branch ${branch.prefix}`;
    const differing = rows.filter(({ differs }) => differs).length;
    const isFolded = folded.has(id);
    const head: Line = {
      kind: 'branch',
      id,
      section,
      title: branch.title,
      depth,
      differing,
      total: rows.length,
      folded: isFolded,
    };
    if (isFolded) return [head];
    return [head, ...branch.below.flatMap((each) => lines(each, depth + 1, [...within, id]))];
  };
  return branches(section.rows).flatMap((branch) => lines(branch, 0, []));
}

/** Where a walk through the differences halts: at each of them, and at a section that is read once one gets there. */
export function stops(sections: readonly Section[], words: string): Line[] {
  const all = linesOf(sections, { onlyDiffering: true, words, folded: new Set() });
  return all.filter((line) =>
    line.kind === 'section' ? line.section.unread : line.kind === 'row' && line.row.differs,
  );
}

/** The next halt after `id` or the one before it, from the other end after the last. `id` may have gone meanwhile. */
export function step(halts: readonly Line[], id: string | undefined, by: 1 | -1): Line | undefined {
  const at = halts.findIndex((halt) => halt.id === id);
  if (at < 0) return halts.at(by === 1 ? 0 : -1);
  return halts[(at + by + halts.length) % halts.length];
}

/** "Difference 8 of 29: params optim.lr", or the name of a section that is yet to be read. */
export function said(halts: readonly Line[], id: string | undefined): string {
  const differences = halts.filter(({ kind }) => kind === 'row');
  const at = differences.findIndex((halt) => halt.id === id);
  const halt = halts.find((other) => other.id === id);
  if (halt?.kind === 'section') return `${halt.section.title}: not read yet`;
  if (at < 0 || halt?.kind !== 'row') return '';
  return `Difference ${at + 1} of ${differences.length}: ${halt.section.title}, ${halt.row.key}`;
}
