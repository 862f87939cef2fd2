// A formula of metrics, as it is kept in a layout, and what a card says of what it leaves out.
import type { CurveLayout } from '../backend';
import { formatCount } from '../format/number';
import { asList, asRecord, isText } from '../saved';

export interface FormulaSpec {
  /** As typed. */
  text: string;
  /** The metrics that it is of: what it takes to read it again, whatever metrics come later. */
  names: readonly string[];
}

/** What of a saved one is valid; the app says what is wrong with a text that is none. */
export function parseFormulaSpec(value: unknown): FormulaSpec {
  const { text, names } = asRecord(value);
  return { text: isText(text) ? text : '', names: asList(names).filter(isText) };
}

/** Only what occurs in the text can be meant, so no more is asked about. */
export function namesIn(text: string, names: readonly string[]): string[] {
  return names.filter((name) => text.includes(name));
}

/** "3 runs without all its metrics · 120 points without all its metrics". */
export function partWords({ runs, points }: CurveLayout['withoutPart']): string[] {
  const amount = (count: number, what: string) => `${formatCount(count)} ${count === 1 ? what : `${what}s`}`;
  return [
    ...(runs === 0 ? [] : [`${amount(runs, 'run')} without all its metrics`]),
    ...(points === 0 ? [] : [`${amount(points, 'point')} without all its metrics`]),
  ];
}

export interface Completion {
  /** What of the text the name takes the place of. */
  start: number;
  end: number;
  names: string[];
}

/** The names that what stands before the caret may become, those that begin with it first. */
export function completionAt(text: string, caret: number, names: readonly string[], most = 8): Completion {
  const before = text.slice(0, caret);
  // A minus or a slash belongs to a name, unless a space follows it.
  const start = caret - (/(?:[^\s()+*^,`"/-]|[/-](?!\s))*$/.exec(before)?.[0].length ?? 0);
  const word = before.slice(start).replace(/^[/-]+/, '');
  const from = caret - word.length;
  const wanted = word.toLowerCase();
  const found = names.filter((name) => name !== word && name.toLowerCase().includes(wanted));
  const rank = (name: string) => (name.toLowerCase().startsWith(wanted) ? 0 : 1);
  return {
    start: from,
    end: caret,
    names: [...found].sort((a, b) => rank(a) - rank(b)).slice(0, most),
  };
}

/** The text with a name at its place, and where the caret stands behind it. */
export function complete(text: string, { start, end }: Completion, name: string): [string, number] {
  return [text.slice(0, start) + name + text.slice(end), start + name.length];
}
