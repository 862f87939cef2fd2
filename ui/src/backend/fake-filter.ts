// Enough of the filter language to try screens with: comparisons joined by and, or, and parentheses.
import type { AppError, Column, ColumnKind } from './bindings';
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

interface Token {
  text: string;
  quoted: boolean;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) fail(`The text ‘${text.slice(at).trim()}’ cannot be read.`);
    found.push({ text: match[1] ?? match[2] ?? match[3] ?? '', quoted: match[2] !== undefined });
  }
  return found;
}

/** Numbers where numbers are meant, else texts whose case counts: that of a status only in quotes. */
function matches({ kind, key }: Column, value: string | number, operator: string, wanted: Token[]) {
  const isStatus = kind === 'attribute' && key === 'status';
  const text = isStatus ? String(value).toUpperCase() : String(value);
  const said = (token: Token) => (isStatus && !token.quoted ? token.text.toUpperCase() : token.text);
  const first = wanted[0] ?? { text: '', quoted: true };
  if (operator === 'in') return wanted.some((token) => said(token) === text);
  if (operator === 'like') {
    const pattern = said(first)
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('%', '.*')
      .replaceAll('_', '.');
    return new RegExp(`^${pattern}$`, 's').test(text);
  }
  const isNumber = kind === 'metric' || (!first.quoted && !Number.isNaN(Number(first.text)));
  const [a, b] = isNumber ? [Number(value), Number(first.text)] : [text, said(first)];
  if (operator === '=') return a === b;
  if (operator === '!=') return a !== b;
  if (operator === '>') return a > b;
  if (operator === '<') return a < b;
  return operator === '>=' ? a >= b : a <= b;
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
      return (run) => run.displayName.includes(name) || run.runId.startsWith(name);
    }
    const dot = name.indexOf('.');
    const kind = dot < 0 ? 'attribute' : KINDS[name.slice(0, dot)];
    if (!kind) fail(`‘${name}’ is not a column: write metrics.…, params.…, tags.… or an attribute.`);
    const column = { kind, key: dot < 0 ? name : name.slice(dot + 1) };
    const operator = take().text.toLowerCase();
    if (!['>', '<', '>=', '<=', '=', '!=', 'in', 'like'].includes(operator)) {
      fail(`After ‘${name}’ comes a comparison such as > or =, not ‘${operator}’.`);
    }
    const wanted: Token[] = [];
    if (operator === 'in') {
      take();
      while (word() !== ')') {
        const token = take();
        if (token.text !== ',' || token.quoted) wanted.push(token);
      }
      take();
    } else wanted.push(take());
    return (run) => {
      const value = cellOf(run, column)?.value;
      return value !== undefined && matches(column, value, operator, wanted);
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
