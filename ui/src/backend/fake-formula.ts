// Reads formulas of metrics about as the app does: enough to look at the editor in a browser.
import type { FormulaReading } from './bindings';

const FUNCTIONS = ['abs', 'exp', 'log', 'log2', 'log10', 'max', 'min', 'sqrt'];

export function readFormula(text: string, known: readonly string[]): FormulaReading {
  const longest = [...known].sort((a, b) => b.length - a.length);
  const tokens: FormulaReading['tokens'] = [];
  const names: string[] = [];
  const wrong = (code: 'incomplete' | 'unknownName', message: string, start: number, end: number) => ({
    tokens,
    names: [],
    error: { code, message, start, end },
  });
  let start = 0;
  while (start < text.length) {
    const rest = text.slice(start);
    const quoted = /^(?:`([^`]*)`|"([^"]*)")/.exec(rest);
    const name = quoted?.[1] ?? quoted?.[2] ?? longest.find((each) => rest.startsWith(each));
    const word = quoted?.[0] ?? name ?? /^(?:[\d.]+|\w+|.)/.exec(rest)?.[0] ?? rest;
    const end = start + word.length;
    if (name !== undefined) {
      tokens.push({ kind: 'name', start, end });
      if (!names.includes(name)) names.push(name);
    } else if (/^[\d.]/.test(word)) tokens.push({ kind: 'number', start, end });
    else if (/^[-+*/^(),]/.test(word)) tokens.push({ kind: 'sign', start, end });
    else if (FUNCTIONS.includes(word)) tokens.push({ kind: 'keyword', start, end });
    else if (word.trim() !== '') return wrong('unknownName', `No metric is called ${word}`, start, end);
    start = end;
  }
  if (names.length === 0) return wrong('incomplete', 'A formula needs the name of a metric', 0, text.length);
  const last = tokens.at(-1);
  const ends = last?.kind === 'sign' && !text.trimEnd().endsWith(')');
  if (ends) {
    const message = 'Expected a metric, a number or a parenthesis, but the formula ends here';
    return wrong('incomplete', message, text.length, text.length);
  }
  return { tokens, names, error: null };
}
