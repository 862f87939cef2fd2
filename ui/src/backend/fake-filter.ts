// Enough of the filter language to try screens with: comparisons joined by and, or, and parentheses.
import type { AppError, ColumnKind } from './bindings';
import { cellOf, type FakeRun } from './fake-data';

type Test = (run: FakeRun) => boolean;

const KINDS: Record<string, ColumnKind> = {
  metrics: 'metric',
  params: 'param',
  tags: 'tag',
  attributes: 'attribute',
};
const TOKEN = /\s*(?:(>=|<=|!=|=|>|<|\(|\)|,)|'([^']*)'|([^\s()<>=!,']+))/y;

function fail(message: string): never {
  throw { code: 'badFilter', message, part: null } satisfies AppError;
}

function tokens(text: string): { text: string; quoted: boolean }[] {
  const found = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) fail(`The text ‘${text.slice(at).trim()}’ cannot be read.`);
    found.push({ text: match[1] ?? match[2] ?? match[3] ?? '', quoted: match[2] !== undefined });
  }
  return found;
}

/** Turns a filter into a test; throws a `badFilter` error. */
export function parseFilter(text: string): Test {
  if (text.trim() === '') return () => true;
  const rest = tokens(text);
  const take = () => rest.shift() ?? fail('The filter ends too early: a value is missing.');
  const word = () => rest[0]?.text.toLowerCase();

  function comparison(): Test {
    if (word() === '(') {
      take();
      const inner = either();
      if (take().text !== ')') fail('A closing ) is missing.');
      return inner;
    }
    const { text: name } = take();
    if (!/^([<>=!]|in$|like$)/.test(word() ?? '')) {
      return (run) => run.runName.includes(name) || run.runId.startsWith(name);
    }
    const dot = name.indexOf('.');
    const kind = dot < 0 ? 'attribute' : KINDS[name.slice(0, dot)];
    if (!kind) fail(`‘${name}’ is not a column: write metrics.…, params.…, tags.… or an attribute.`);
    const column = { kind, key: dot < 0 ? name : name.slice(dot + 1) };
    const operator = take().text.toLowerCase();
    if (!['>', '<', '>=', '<=', '=', '!=', 'in', 'like'].includes(operator)) {
      fail(`After ‘${name}’ comes a comparison such as > or =, not ‘${operator}’.`);
    }
    const wanted: string[] = [];
    if (operator === 'in') {
      take();
      while (word() !== ')') if (take().text !== ',') wanted.push(rest[0] ? String(rest[0].text) : '');
      take();
    } else wanted.push(take().text);
    return (run) => {
      const value = cellOf(run, column)?.value;
      if (value === undefined) return false;
      const [first = ''] = wanted;
      if (operator === 'in') return wanted.includes(String(value));
      if (operator === 'like') return String(value).includes(first.replaceAll('%', ''));
      const [a, b] =
        kind === 'metric' || !Number.isNaN(Number(first)) ? [Number(value), Number(first)] : [value, first];
      if (operator === '=') return a === b;
      if (operator === '!=') return a !== b;
      if (operator === '>') return a > b;
      if (operator === '<') return a < b;
      return operator === '>=' ? a >= b : a <= b;
    };
  }
  function both(): Test {
    let test = comparison();
    while (rest.length > 0 && !['or', ')'].includes(word() ?? '')) {
      if (word() === 'and') take();
      const [left, right] = [test, comparison()];
      test = (run) => left(run) && right(run);
    }
    return test;
  }
  function either(): Test {
    let test = both();
    while (word() === 'or') {
      take();
      const [left, right] = [test, both()];
      test = (run) => left(run) || right(run);
    }
    return test;
  }
  const test = either();
  if (rest.length > 0) fail(`‘${rest[0]?.text}’ is not expected here: join comparisons with and / or.`);
  return test;
}
