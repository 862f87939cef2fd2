// How the cards of a board stand: twelve columns, one height, a new row where the next card does not fit.
import type { BoardCard, BoardSection, CardSize } from './board';

const COLUMNS = 12;
const WIDE_BOARD_PX = 1000;
/** Two cards beside each other need this. */
const TWO_CARDS_PX = 600;

/** How many of the twelve columns a card takes on a board of this width. */
export function spanOf(size: CardSize, board_px: number): number {
  if (size === 'full' || board_px < TWO_CARDS_PX) return COLUMNS;
  if (board_px < WIDE_BOARD_PX) return size === 'small' ? 6 : COLUMNS;
  return size === 'small' ? 3 : 6;
}

export type BoardRow =
  { kind: 'heading'; section: BoardSection } | { kind: 'cards'; section: BoardSection; cards: BoardCard[] };

/** Headings and rows of cards from top to bottom; a collapsed section has only its heading. */
export function rowsOf(sections: readonly BoardSection[], board_px: number, headings: boolean): BoardRow[] {
  return sections.flatMap((section) => {
    const rows: BoardRow[] = headings ? [{ kind: 'heading', section }] : [];
    if (section.collapsed) return rows;
    let free = 0;
    let row: BoardCard[] = [];
    for (const card of section.cards) {
      const span = spanOf(card.size, board_px);
      if (span > free) {
        row = [];
        rows.push({ kind: 'cards', section, cards: row });
        free = COLUMNS;
      }
      row.push(card);
      free -= span;
    }
    return rows;
  });
}

/** The card that an arrow leads to, across sections; undefined at an end. */
export function cardByKey(rows: readonly BoardRow[], from: string, key: string): string | undefined {
  if (!/^(Arrow(Up|Down|Left|Right)|Home|End)$/.test(key)) return undefined;
  const lines = rows.flatMap((row) => (row.kind === 'cards' ? [row.cards] : []));
  const line = lines.findIndex((cards) => cards.some(({ id }) => id === from));
  if (line < 0) return lines[0]?.[0]?.id;
  const at = (lines[line] ?? []).findIndex(({ id }) => id === from);
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const next = lines[line + (key === 'ArrowUp' ? -1 : 1)];
    return next?.[Math.min(at, next.length - 1)]?.id;
  }
  const flat = lines.flat();
  const index = flat.findIndex(({ id }) => id === from);
  if (key === 'Home') return flat[0]?.id;
  if (key === 'End') return flat.at(-1)?.id;
  return key === 'ArrowLeft' ? flat[index - 1]?.id : key === 'ArrowRight' ? flat[index + 1]?.id : undefined;
}
