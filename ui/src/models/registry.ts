// The list of registered models: its words, choices and columns. Pure.
import type { Facet, OwnerSource, RegistryRow, SortBy } from '../backend';
import { columnFormat, type NumberFormat } from '../format/column';
import { fromWire } from '../format/number';

/** What can be chosen above the list, in this order. */
export const FACETS: Record<Facet, string> = {
  challengerBetter: 'Challenger is better',
  approvalAsked: 'Approval asked',
  withChampion: 'With champion',
  withoutChampion: 'No champion',
  withChallenger: 'With challenger',
};

/** A column: what it is sorted by, and whether the most of it comes first. */
export interface RegistryColumn {
  by: SortBy;
  label: string;
  descending: boolean;
  numeric?: boolean;
}

export const REGISTRY_COLUMNS: RegistryColumn[] = [
  { by: 'name', label: 'Model', descending: false },
  { by: 'champion', label: 'Champion', descending: true },
  { by: 'value', label: 'Decides', descending: true, numeric: true },
  { by: 'versions', label: 'Over versions', descending: true },
  { by: 'gain', label: 'Challenger', descending: true },
];

const ACCORDING_TO: Record<OwnerSource, string> = {
  tag: 'named by a tag of the model',
  firstVersion: 'registered its first version',
  newestVersion: 'registered its newest version',
};

export function ownerTitle({ name, accordingTo }: NonNullable<RegistryRow['owner']>): string {
  return `${name}: ${ACCORDING_TO[accordingTo]}`;
}

/** A number is compared with those of its own model only: it has the digits that these need. */
export function formatOfRow({ numbers }: RegistryRow): NumberFormat {
  const values = [numbers.champion, numbers.challenger, numbers.newest].flatMap((measured) =>
    measured ? [fromWire(measured.value)] : [],
  );
  return columnFormat(values);
}

/** The words of a search with one more, or without it where it is there already. */
export function toggleWord(words: string, word: string): string {
  const all = words.split(/\s+/).filter((each) => each !== '');
  const rest = all.filter((each) => each.toLowerCase() !== word.toLowerCase());
  return (rest.length < all.length ? rest : [...rest, word]).join(' ');
}

/** A text as one word of a search: what follows a space would be another one. */
export function asWord(place: 'owner' | 'tag' | 'alias', text: string): string {
  return `${place}:${text.trim().split(/\s+/)[0] ?? ''}`;
}

/** What of a name stands after its folder. */
export function nameIn(folder: string | undefined, name: string): string {
  return folder && name.startsWith(folder) ? name.slice(folder.length) : name;
}

/** A folder's parts with the path up to each: `vision/resnet/` is `vision/` and `resnet/`. */
export function crumbsOf(folder: string): { label: string; path: string }[] {
  const parts = folder.match(/[^/.]*[/.]/g) ?? [];
  let path = '';
  return parts.map((label) => ((path += label), { label: label.slice(0, -1), path }));
}
