// A layout of the board as it is kept in the settings. What is not valid is left out; the rest is used.
import { asList, asRecord, isText } from '../saved';
import { isAskedX } from './axis-words';
import {
  CARD_SIZES,
  START_LAYOUT,
  type AddedCard,
  type CardSize,
  type Layout,
  type OwnChoices,
} from './board';
import { parseMinus } from './difference';
import { parseEnds, parseFixedX } from './fixed-ends';
import { parseGrouping } from './groups';
import { isSmoothing } from './smoothing';

const texts = (value: unknown): string[] => [...new Set(asList(value).filter(isText))];

function records<T>(value: unknown, read: (value: unknown) => T | undefined): Record<string, T> {
  return Object.fromEntries(
    Object.entries(asRecord(value)).flatMap(([key, each]): [string, T][] => {
      const valid = read(each);
      return valid === undefined ? [] : [[key, valid]];
    }),
  );
}

/** The layout to keep: without the parts that the user left alone. */
export function formatLayout(layout: Layout): Partial<Layout> {
  return Object.fromEntries(
    Object.entries(layout).filter(([, part]) => Object.keys(part as object).length > 0),
  );
}

export function parseLayout(value: unknown): Layout {
  const saved = asRecord(value);
  const copies = new Map(
    asList(saved['copies']).flatMap((each): [string, string][] => {
      const { id, of } = asRecord(each);
      // The id of a copy is of the copied card: it must not take the place of another card.
      return isText(id) && isText(of) && id.startsWith(`${of}#`) ? [[id, of]] : [];
    }),
  );
  return {
    ...START_LAYOUT,
    sections: texts(saved['sections']),
    collapsed: texts(saved['collapsed']),
    order: records(saved['order'], (ids) => (texts(ids).length > 0 ? texts(ids) : undefined)),
    homes: records(saved['homes'], (home) => (isText(home) ? home : undefined)),
    sizes: records(saved['sizes'], (size) => CARD_SIZES.find((each): each is CardSize => each === size)),
    hidden: texts(saved['hidden']),
    copies: [...copies].map(([id, of]) => ({ id, of })),
    choices: records(saved['choices'], parseOwn),
    added: parseAdded(saved['added']),
  };
}

function parseOwn(value: unknown): OwnChoices | undefined {
  const { xAxis, xLog, yLog, symlog, smoothing, smoothingKind, ...saved } = asRecord(value);
  const grouping = parseGrouping(saved['grouping']);
  const minus = parseMinus(saved['minus']);
  const [xEnds, yEnds] = [parseFixedX(saved['xEnds']), parseEnds(saved['yEnds'])];
  const own: OwnChoices = {
    ...(isAskedX(xAxis) && { xAxis }),
    ...(typeof xLog === 'boolean' && { xLog }),
    ...(typeof yLog === 'boolean' && { yLog }),
    ...(typeof symlog === 'boolean' && { symlog }),
    ...(typeof smoothing === 'number' && smoothing >= 0 && smoothing <= 0.999 && { smoothing }),
    ...(isSmoothing(smoothingKind) && { smoothingKind }),
    // None is a choice as well: the board may have groups.
    ...(minus !== undefined && { minus }),
    ...(xEnds && { xEnds }),
    ...(yEnds && { yEnds }),
    ...((grouping !== null || saved['grouping'] === null) && { grouping }),
  };
  return Object.keys(own).length > 0 ? own : undefined;
}

/** Their specs are read by the cards, each of which has a start for what is not valid. */
function parseAdded(value: unknown): AddedCard[] {
  const added = new Map<string, AddedCard>();
  for (const each of asList(value)) {
    const { id, kind, spec } = asRecord(each);
    const known = (
      ['scatter', 'parallel', 'importance', 'panels', 'heat', 'contour', 'distribution', 'formula'] as const
    ).find((name) => name === kind);
    if (known && isText(id) && /^\*\d+$/.test(id)) added.set(id, { id, kind: known, spec });
  }
  return [...added.values()];
}
