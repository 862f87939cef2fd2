// A filter in pieces to colour. What the pieces are, the core says; see `read_filter`.

export interface FilterToken {
  kind: 'name' | 'keyword' | 'string' | 'number' | 'sign';
  start: number;
  end: number;
}
/** A text whose tokens are known. */
export interface ReadFilter {
  text: string;
  tokens: readonly FilterToken[];
}
export interface Piece {
  text: string;
  kind: FilterToken['kind'] | 'plain';
}

/**
 * Every character of `text` in order, each in exactly one piece. While the tokens of a newer text are on
 * their way, what it has in common with the text that was read last keeps its colours, and what was
 * typed takes the colour of what it was typed behind.
 */
export function pieces(text: string, read: ReadFilter): Piece[] {
  const [before, after] = common(read.text, text);
  const longer = text.length - read.text.length;
  const moved = (at: number) => (at < before ? at : Math.max(at, read.text.length - after) + longer);
  const found: Piece[] = [];
  let done = 0;
  const add = (to: number, kind: Piece['kind']) => {
    if (to > done) found.push({ text: text.slice(done, to), kind });
    done = Math.max(done, to);
  };
  for (const { kind, start, end } of read.tokens) {
    add(moved(start), 'plain');
    add(moved(end), kind);
  }
  add(text.length, 'plain');
  return found;
}

/** How many characters two texts begin with alike, and how many of the others they end with alike. */
function common(a: string, b: string): [before: number, after: number] {
  const most = Math.min(a.length, b.length);
  let before = 0;
  while (before < most && a[before] === b[before]) before += 1;
  let after = 0;
  while (after < most - before && a.at(-1 - after) === b.at(-1 - after)) after += 1;
  return [before, after];
}
