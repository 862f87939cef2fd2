// All sections of a comparison: what the cache knows, and what was read from the files of the runs. Pure.
import type { Comparison, ComparisonRow } from '../backend';
import { codeSection, isCodeTag } from './code';
import { SECTIONS, sectionOf, type Row, type Section } from './comparison';
import { rowDiffers, type Tolerance } from './equal';

/** Metrics and params are equal within the tolerance, all else exactly. */
export function cachedSections(comparison: Comparison, tolerance: Tolerance): Section[] {
  const within = (rows: readonly ComparisonRow[]) =>
    rows.map((row): Row => ({ ...row, differs: rowDiffers(row.cells, tolerance) }));
  return [
    sectionOf('metrics', within(comparison.metrics)),
    sectionOf('params', within(comparison.params)),
    codeSection(comparison.tags, comparison.runs.length),
    sectionOf('datasets', comparison.datasets),
    sectionOf('attributes', comparison.attributes),
    sectionOf(
      'tags',
      comparison.tags.filter(({ key }) => !isCodeTag(key)),
    ),
  ];
}

/** Those that have something to show, in the order of the page. */
export function inOrder(sections: readonly Section[]): Section[] {
  const there = sections.filter(({ rows, unread, none }) => rows.length > 0 || unread || none);
  return there.toSorted((a, b) => SECTIONS.indexOf(a.name) - SECTIONS.indexOf(b.name));
}
