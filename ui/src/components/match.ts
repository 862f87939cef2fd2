// Finding a thing by a few of its letters, in order: for the palette and long lists.

/**
 * How well the text matches, higher is better; undefined when it does not.
 * Letters must appear in order; the start of a word and letters in a row count more.
 */
export function score(query: string, text: string): number | undefined {
  const wanted = query.toLowerCase().replace(/\s+/g, '');
  if (wanted === '') return 0;
  const low = text.toLowerCase();
  const whole = low.indexOf(query.trim().toLowerCase());
  let points = whole === 0 ? 60 : whole > 0 ? (isStart(text, whole) ? 40 : 20) : 0;
  let at = -1;
  for (const letter of wanted) {
    const next = low.indexOf(letter, at + 1);
    if (next < 0) return undefined;
    points += next === at + 1 ? 4 : isStart(text, next) ? 3 : 0;
    at = next;
  }
  return points - text.length / 100;
}

function isStart(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text[at - 1] ?? '';
  const here = text[at] ?? '';
  return /[\s/._:-]/.test(before) || (/[a-z]/.test(before) && /[A-Z]/.test(here));
}

/** Those that match, best first; equally good ones keep their order. */
export function rank<T>(query: string, items: readonly T[], textOf: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, points: score(query, textOf(item)) }))
    .filter((found): found is { item: T; points: number } => found.points !== undefined)
    .sort((a, b) => b.points - a.points)
    .map((found) => found.item);
}
