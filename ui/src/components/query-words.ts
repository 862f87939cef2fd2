// Splits a filter into coloured pieces. It only colours: what the filter means, the backend says.

export type WordKind = 'plain' | 'name' | 'word' | 'string' | 'number' | 'sign';
export interface Word {
  text: string;
  kind: WordKind;
}

/** As the backend reads it: a mark that is doubled or behind a backslash closes only where no other does. */
const quoted = (mark: string) => {
  const inner = mark === '`' ? '``|[^`]' : `${mark}${mark}|\\\\${mark}|[^${mark}]`;
  return `${mark}(?:${inner})*${mark}|${mark}[^${mark}]*`;
};

const shapes: [WordKind, RegExp][] = [
  ['string', new RegExp(`${quoted("'")}|${quoted('"')}`, 'y')],
  [
    'name',
    new RegExp(
      `(?:(?:metrics?|params?|parameters?|tags?|attributes?|attr|run|datasets?)\\.)(?:${quoted('`')}|${quoted('"')}|${quoted("'")}|[\\p{L}\\p{N}_./:-]+)?`,
      'iuy',
    ),
  ],
  ['number', /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\p{L}_])/iuy],
  ['word', /(?:and|or|not|in|is|null|like|ilike|rlike|between|true|false)(?![\p{L}\p{N}_.])/iuy],
  ['sign', /[<>=!~]+|[(),]/y],
  ['name', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['name', new RegExp(quoted('`'), 'y')],
  ['plain', /\s+|./uy],
];

/** Every character of the text, in order, each in exactly one piece. */
export function queryWords(text: string): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    for (const [kind, shape] of shapes) {
      shape.lastIndex = at;
      const found = shape.exec(text)?.[0];
      if (found) {
        words.push({ text: found, kind });
        at += found.length;
        break;
      }
    }
  }
  return words;
}
