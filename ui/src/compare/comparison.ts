// What the compare page shows of runs side by side. Pure.
import type { Cell, Comparison, ComparisonRow, RunRow } from '../backend';
import { formatNumber, fromWire } from '../format/number';

export type SectionName = 'metrics' | 'params' | 'attributes' | 'tags';

export interface Section {
  name: SectionName;
  title: string;
  rows: ComparisonRow[];
  total: number;
  differing: number;
}

const TITLES: Record<SectionName, string> = {
  metrics: 'Metrics',
  params: 'Params',
  attributes: 'Attributes',
  tags: 'Tags',
};

/** The sections with the rows to show: all of them or only those that differ, and only keys that hold all words. */
export function sectionsOf(comparison: Comparison, onlyDiffering: boolean, words: string): Section[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return (['metrics', 'params', 'attributes', 'tags'] as const).map((name) => {
    const all = comparison[name];
    return {
      name,
      title: TITLES[name],
      rows: all.filter(
        ({ key, differs }) =>
          (differs || !onlyDiffering) && wanted.every((word) => key.toLowerCase().includes(word)),
      ),
      total: all.length,
      differing: all.filter(({ differs }) => differs).length,
    };
  });
}

/** A cell's number, if it is one. */
export function numberOf(cell: Cell | null | undefined): number | undefined {
  return cell?.kind === 'number' ? fromWire(cell.value) : undefined;
}

export function textOf(cell: Cell | null | undefined): string {
  if (!cell) return '';
  return cell.kind === 'number' ? formatNumber(fromWire(cell.value)) : cell.value;
}

/** Runs in a new order: `runId` becomes the baseline, the others stay as they were. */
export function withBaseline(runIds: readonly string[], runId: string): string[] {
  return [runId, ...runIds.filter((other) => other !== runId)];
}

/** Runs with the dash that tells those of one colour apart: the nth of a colour has dash n. */
export function withDashes(
  runs: readonly RunRow[],
): { runId: string; runName: string; color: number; dash: number }[] {
  const seen = new Map<number, number>();
  return runs.map(({ runId, runName, color }) => {
    const dash = seen.get(color) ?? 0;
    seen.set(color, dash + 1);
    return { runId, runName, color, dash };
  });
}
