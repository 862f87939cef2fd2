// Which cards of charts a screen shows, in which sections and order. Sections and cards make themselves from the
// metrics; a layout holds only what the user changed, so a new metric appears by itself. Everything here is pure.
import type { Ends } from '../backend';
import type { CurveChoices } from './choices';
import type { FixedX } from './fixed-ends';
import { bySystemPlace, isSystemSection, systemPlace, systemSection, systemTitle } from './system-metrics';

/** What a card draws. */
export type CardKind =
  | 'curve'
  | 'bars'
  | 'scatter'
  | 'parallel'
  | 'importance'
  | 'panels'
  | 'heat'
  | 'contour'
  | 'distribution'
  | 'formula';

/** What the user can add. */
export type AddedKind = Exclude<CardKind, 'curve' | 'bars'>;

/** A card as a screen offers it, before the user changed anything. */
export interface OfferedCard {
  /** The same whenever the screen is opened: for a curve or bars the name of the metric. */
  id: string;
  kind: CardKind;
  title: string;
  /** The section that it belongs to by itself; see `sectionOf`. */
  section: string;
}

export type CardSize = 'small' | 'wide' | 'full';
export const CARD_SIZES: readonly CardSize[] = ['small', 'wide', 'full'];

/** What a card may choose by itself; all else is as on the board. */
export type OwnChoices = Partial<
  Omit<CurveChoices, 'withOutliers' | 'colorBy'> & {
    /** Ends of axes that stay, which no board has for all its cards. */
    xEnds: FixedX;
    yEnds: Ends;
  }
>;

/** What the user changed. Cards that are not here at the moment keep their part. */
export interface Layout {
  /** The sections that come first; the others follow in their own order. */
  sections: readonly string[];
  collapsed: readonly string[];
  /** The cards that come first in a section; the others follow in their own order. */
  order: Readonly<Record<string, readonly string[]>>;
  /** Cards that were moved to another section, the pinned one included. */
  homes: Readonly<Record<string, string>>;
  sizes: Readonly<Record<string, CardSize>>;
  hidden: readonly string[];
  /** More cards of what another one shows. */
  copies: readonly { id: string; of: string }[];
  choices: Readonly<Record<string, OwnChoices>>;
  /** Charts of values, which no metric offers by itself. */
  added: readonly AddedCard[];
}

export interface AddedCard {
  id: string;
  kind: AddedKind;
  /** What it shows, as its kind has it. */
  spec: unknown;
}

export const START_LAYOUT: Layout = {
  sections: [],
  collapsed: [],
  order: {},
  homes: {},
  sizes: {},
  hidden: [],
  copies: [],
  choices: {},
  added: [],
};

/** The section on top that the user fills. No metric can be called so: MLflow allows no `*` in a name. */
export const PINNED = '*pinned';
/** The section of charts that the user added. */
export const ADDED = '*added';
/** The section of metrics without a prefix. */
export const PLAIN = '';

export interface BoardCard extends OfferedCard {
  /** What it was copied from, for a copy; otherwise its own id. */
  source: string;
  size: CardSize;
  own: OwnChoices;
}

/** Whether a card is drawn as the choices about curves say. */
export const isOfCurves = ({ kind }: Pick<OfferedCard, 'kind'>): boolean =>
  kind === 'curve' || kind === 'formula';

export interface BoardSection {
  id: string;
  title: string;
  collapsed: boolean;
  /** Those that are shown. */
  cards: BoardCard[];
  /** How many there are with those that are hidden or not found. */
  total: number;
}

/** The section of a metric: what stands before its first `/`, and of the machine each node and GPU. */
export function sectionOf(metric: string): string {
  const place = systemPlace(metric);
  if (place) return systemSection(place);
  const end = metric.indexOf('/');
  return end > 0 ? metric.slice(0, end) : PLAIN;
}

function sectionTitle(id: string): string {
  if (isSystemSection(id)) return systemTitle(id);
  return id === PINNED ? 'Pinned' : id === ADDED ? 'Across runs' : id === PLAIN ? 'Metrics' : `${id}/`;
}

/**
 * The board as it is shown. `found` says which cards the search finds; while it is given, no section is collapsed.
 * A section without cards is not there, one whose cards are all hidden is.
 */
export function arrange(
  offered: readonly OfferedCard[],
  layout: Layout,
  found?: (card: OfferedCard) => boolean,
): BoardSection[] {
  const hidden = new Set(layout.hidden);
  const collapsed = new Set(layout.collapsed);
  return placesOf(offered, layout).flatMap(({ id, cards }) => {
    const shown = cards.filter((card) => !hidden.has(card.id) && (found?.(card) ?? true));
    if (found && shown.length === 0) return [];
    return [
      {
        id,
        title: sectionTitle(id),
        collapsed: !found && collapsed.has(id),
        cards: shown,
        total: cards.length,
      },
    ];
  });
}

/** Every card in its section, hidden ones too. */
function placesOf(offered: readonly OfferedCard[], layout: Layout): { id: string; cards: BoardCard[] }[] {
  const sections = new Map<string, BoardCard[]>();
  for (const card of withCopies(offered, layout)) {
    const home = part(layout.homes, card.id) ?? card.section;
    const those = sections.get(home);
    if (those) those.push(card);
    else sections.set(home, [card]);
  }
  // A card that was moved in does not move the section: it stands where its own cards put it.
  const ids = new Set([...offered.map(({ section }) => section), ...sections.keys()]);
  const present = [...ids].filter((id) => sections.has(id));
  return sectionOrder(present, layout.sections).map((id) => ({
    id,
    cards: inOrder(sections.get(id) ?? [], part(layout.order, id) ?? [], (card) => card.id),
  }));
}

function withCopies(offered: readonly OfferedCard[], layout: Layout): BoardCard[] {
  const copies = new Map<string, string[]>();
  for (const { id, of } of layout.copies) copies.set(of, [...(copies.get(of) ?? []), id]);
  return offered.flatMap((card) =>
    [card.id, ...(copies.get(card.id) ?? [])].map((id) => ({
      ...card,
      id,
      source: card.id,
      size: part(layout.sizes, id) ?? 'small',
      own: part(layout.choices, id) ?? {},
    })),
  );
}

/** Pinned first, metrics without a prefix next, what MLflow measures of the machine last, or as the user ordered them. */
function sectionOrder(ids: readonly string[], first: readonly string[]): string[] {
  const rank = (id: string) =>
    [PINNED, ADDED, PLAIN].includes(id) ? [PINNED, ADDED, PLAIN].indexOf(id) : isSystemSection(id) ? 4 : 3;
  const natural = [...ids].sort((a, b) => rank(a) - rank(b) || (rank(a) === 4 ? bySystemPlace(a, b) : 0));
  const ordered = inOrder(natural, first, (id) => id);
  return ordered.includes(PINNED) ? [PINNED, ...ordered.filter((id) => id !== PINNED)] : ordered;
}

/** Those that are named first, in that order; then the others as they are. */
function inOrder<T>(items: readonly T[], first: readonly string[], idOf: (item: T) => string): T[] {
  if (first.length === 0) return [...items];
  const byId = new Map(items.map((item) => [idOf(item), item]));
  const named = first.flatMap((id) => {
    const item = byId.get(id);
    byId.delete(id);
    return item === undefined ? [] : [item];
  });
  return [...named, ...byId.values()];
}

/**
 * What must be named first so that `natural` comes in the order `wanted`: as little as possible, so that new ones find
 * their own place. What was named before and is not here now stays behind what it stood behind.
 */
function namedFirst(
  natural: readonly string[],
  wanted: readonly string[],
  before: readonly string[],
): string[] {
  const rank = new Map(natural.map((id, at) => [id, at]));
  const at = (index: number) => rank.get(wanted[index] ?? '') ?? -1;
  let end = wanted.length - 1;
  while (end > 0 && at(end - 1) < at(end)) end -= 1;
  const named = wanted.slice(0, Math.max(0, end));
  before.forEach((id, index) => {
    if (rank.has(id)) return;
    const behind = named.indexOf(before[index - 1] ?? '');
    named.splice(index === 0 ? 0 : behind >= 0 ? behind + 1 : named.length, 0, id);
  });
  return named;
}

/** Puts a card into a section before another card, or last. */
export function moveCard(
  offered: readonly OfferedCard[],
  layout: Layout,
  id: string,
  section: string,
  before?: string,
): Layout {
  const card = withCopies(offered, layout).find((each) => each.id === id);
  if (!card || before === id) return layout;
  const others = without(layout.homes, id);
  const homes = card.section === section ? others : { ...others, [id]: section };
  const moved = { ...layout, homes };
  const natural = placesOf(offered, { ...moved, order: { ...moved.order, [section]: [] } });
  const ids = natural.find((each) => each.id === section)?.cards.map((each) => each.id) ?? [];
  const known = part(layout.order, section) ?? [];
  const wanted = inOrder(ids, known, (each) => each).filter((each) => each !== id);
  const to = before === undefined ? -1 : wanted.indexOf(before);
  wanted.splice(to < 0 ? wanted.length : to, 0, id);
  const named = namedFirst(
    ids,
    wanted,
    known.filter((each) => each !== id),
  );
  return { ...moved, order: withoutEmpty({ ...notNamed(layout.order, id), [section]: named }) };
}

/** Moves a card by so many places among those that are shown in its section; at an end it stays. */
export function stepCard(
  offered: readonly OfferedCard[],
  layout: Layout,
  shown: readonly BoardSection[],
  id: string,
  by: number,
): Layout {
  const section = shown.find(({ cards }) => cards.some((card) => card.id === id));
  if (!section) return layout;
  const from = section.cards.findIndex((card) => card.id === id);
  const to = Math.max(0, Math.min(section.cards.length - 1, from + by));
  if (to === from) return layout;
  const others = section.cards.filter((card) => card.id !== id);
  return moveCard(offered, layout, id, section.id, others[to]?.id);
}

/** Moves a section before another one, or last. The pinned one stays on top. */
export function moveSection(
  offered: readonly OfferedCard[],
  layout: Layout,
  id: string,
  before?: string,
): Layout {
  const ids = placesOf(offered, layout).map((each) => each.id);
  if (!ids.includes(id) || id === PINNED || before === PINNED || before === id) return layout;
  const natural = placesOf(offered, { ...layout, sections: [] }).map((each) => each.id);
  const wanted = ids.filter((each) => each !== id);
  wanted.splice(before === undefined ? wanted.length : Math.max(0, wanted.indexOf(before)), 0, id);
  return { ...layout, sections: namedFirst(natural, wanted, layout.sections) };
}

export function pinCard(
  offered: readonly OfferedCard[],
  layout: Layout,
  id: string,
  pinned: boolean,
): Layout {
  if (pinned) return moveCard(offered, layout, id, PINNED);
  return { ...layout, homes: without(layout.homes, id), order: notNamed(layout.order, id) };
}

export function collapse(layout: Layout, section: string, collapsed: boolean): Layout {
  return { ...layout, collapsed: toggled(layout.collapsed, section, collapsed) };
}

export function collapseAll(layout: Layout, sections: readonly BoardSection[], collapsed: boolean): Layout {
  return sections.reduce((of, { id }) => collapse(of, id, collapsed), layout);
}

export function sizeCard(layout: Layout, id: string, size: CardSize): Layout {
  const others = without(layout.sizes, id);
  return { ...layout, sizes: size === 'small' ? others : { ...others, [id]: size } };
}

/** A copy, or a chart that the user added, is removed for good; any other card can be shown again. */
export function hideCard(layout: Layout, id: string): Layout {
  if (![...layout.copies, ...layout.added].some((each) => each.id === id))
    return { ...layout, hidden: toggled(layout.hidden, id, true) };
  return {
    ...layout,
    copies: layout.copies.filter((copy) => copy.id !== id),
    added: layout.added.filter((card) => card.id !== id),
    order: notNamed(layout.order, id),
    homes: without(layout.homes, id),
    sizes: without(layout.sizes, id),
    choices: without(layout.choices, id),
  };
}

export function showHidden(layout: Layout): Layout {
  return { ...layout, hidden: [] };
}

/** As the board makes itself; charts that the user added stay, since another screen may not even show them. */
export function arrangedAnew(layout: Layout): Layout {
  const added = new Set(layout.added.map(({ id }) => id));
  const kept = Object.entries(layout.sizes).filter(([id]) => added.has(id));
  return { ...START_LAYOUT, added: layout.added, sizes: Object.fromEntries(kept) };
}

/** Another card of the same, right behind it and with its choices. */
export function copyCard(offered: readonly OfferedCard[], layout: Layout, id: string): [Layout, string] {
  const card = withCopies(offered, layout).find((each) => each.id === id);
  if (!card) return [layout, id];
  const original = layout.added.find((each) => each.id === id);
  if (original) {
    const [next, copy] = addCard(layout, original.kind, original.spec);
    return [chooseFor({ ...next, sizes: { ...next.sizes, [copy]: card.size } }, copy, card.own), copy];
  }
  const taken = new Set([...layout.copies, ...offered].map((each) => each.id));
  let number = 2;
  while (taken.has(`${card.source}#${number}`)) number += 1;
  const copy = `${card.source}#${number}`;
  const section = part(layout.homes, id) ?? card.section;
  const grown: Layout = {
    ...layout,
    copies: [...layout.copies, { id: copy, of: card.source }],
    sizes: card.size === 'small' ? layout.sizes : { ...layout.sizes, [copy]: card.size },
    choices: Object.keys(card.own).length === 0 ? layout.choices : { ...layout.choices, [copy]: card.own },
  };
  const cards = placesOf(offered, layout).find((each) => each.id === section)?.cards ?? [];
  const next = cards[cards.findIndex((each) => each.id === id) + 1];
  return [moveCard(offered, grown, copy, section, next?.id), copy];
}

/** Adds a chart of values, wide as it has more to say; answers with its id, which no metric can have. */
export function addCard(layout: Layout, kind: AddedKind, spec: unknown): [Layout, string] {
  const numbers = layout.added.map(({ id }) => Number(id.slice(1)) || 0);
  const id = `*${Math.max(0, ...numbers) + 1}`;
  const sizes =
    kind === 'parallel' || kind === 'panels' ? { ...layout.sizes, [id]: 'wide' as const } : layout.sizes;
  const collapsed = layout.collapsed.filter((section) => section !== ADDED);
  return [{ ...layout, sizes, collapsed, added: [...layout.added, { id, kind, spec }] }, id];
}

export function changeSpec(layout: Layout, id: string, spec: unknown): Layout {
  return { ...layout, added: layout.added.map((card) => (card.id === id ? { ...card, spec } : card)) };
}

/** `undefined` in the change gives a choice back to the board. */
export function chooseFor(
  layout: Layout,
  id: string,
  change: { [Key in keyof OwnChoices]: OwnChoices[Key] | undefined },
): Layout {
  const own = Object.entries({ ...part(layout.choices, id), ...change }).filter(
    ([, value]) => value !== undefined,
  );
  const others = without(layout.choices, id);
  return {
    ...layout,
    choices: own.length === 0 ? others : { ...others, [id]: Object.fromEntries(own) as OwnChoices },
  };
}

/** A metric may be called `constructor`: only what the layout itself holds counts. */
function part<T>(all: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(all, id) ? all[id] : undefined;
}
function without<T>(all: Readonly<Record<string, T>>, id: string): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key !== id));
}
/** The order of all sections without this card. */
function notNamed(order: Layout['order'], id: string): Layout['order'] {
  return withoutEmpty(
    Object.fromEntries(Object.entries(order).map(([of, ids]) => [of, ids.filter((each) => each !== id)])),
  );
}
function withoutEmpty(order: Layout['order']): Layout['order'] {
  return Object.fromEntries(Object.entries(order).filter(([, ids]) => ids.length > 0));
}
function toggled(all: readonly string[], id: string, on: boolean): string[] {
  const others = all.filter((each) => each !== id);
  return on ? [...others, id] : others;
}
