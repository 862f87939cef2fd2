// The list of registered models as the stand-in answers it: enough to look at, not the core's own rules.
import type {
  Facet,
  Freshness,
  RegisteredModel,
  RegistryAnswer,
  RegistryRow,
  RegistryView,
  VersionRow,
} from './types';
import { versionsOf } from './fake-data';

const DAY_MS = 86_400_000;

/** Many names, some in folders, for `?fake=large`. */
export function manyModels(): RegisteredModel[] {
  const folders = ['vision/resnet/', 'vision/vit/', 'ranking.search.', 'ranking.ads.', ''];
  return Array.from({ length: 3000 }, (_, at) => ({
    name: `${folders[at % folders.length] ?? ''}model-${String(at).padStart(4, '0')}`,
    description: at % 3 === 0 ? 'Made by the nightly job.' : '',
    creationTimeMs: 1_700_000_000_000,
    lastUpdatedTimeMs: 1_700_000_000_000 + at * 60_000,
    tags: at % 4 === 0 ? [{ key: 'tier', value: String(1 + (at % 3)) }] : [],
    aliases: at % 5 === 4 ? [] : [{ alias: 'champion', version: '1' }],
  }));
}

function rowOf(model: RegisteredModel, now_ms: number): RegistryRow {
  const versions = versionsOf(model.name);
  const held = (name: string): VersionRow | undefined => {
    const number = model.aliases.find(({ alias }) => alias.toLowerCase() === name)?.version;
    return versions.find(({ version }) => version.version === number);
  };
  const value = (row: VersionRow | undefined) => (row?.cells[0] ? Number(row.cells[0].value) : undefined);
  const values = versions.map(value).reverse();
  const known = values.filter((each) => each !== undefined);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const place = (at: number): [number, number] => [
    3 + (66 / Math.max(1, values.length - 1)) * at,
    3 + (high > low ? (high - (values[at] ?? low)) / (high - low) : 0.5) * 14,
  ];
  const placeOf = (row: VersionRow | undefined) =>
    row ? place(versions.length - 1 - versions.indexOf(row)) : null;
  const [champion, challenger] = [held('champion'), held('challenger')];
  const newest = versions[0]?.version;
  return {
    name: model.name,
    description: model.description,
    aliases: model.aliases,
    tags: model.tags.filter(({ key }) => !/^(mlflow|podium)\./.test(key)),
    versionCount: versions.length,
    newest: newest
      ? {
          version: newest.version,
          creationTimeMs: newest.creationTimeMs ?? now_ms - DAY_MS,
          by: newest.userId,
        }
      : null,
    owner: { name: versions.at(-1)?.author?.name ?? 'mika', accordingTo: 'firstVersion' },
    creationTimeMs: model.creationTimeMs,
    lastUpdatedTimeMs: model.lastUpdatedTimeMs,
    chosenMetric: model.tags.find(({ key }) => key === 'podium.metric')?.value ?? null,
    hasGates: model.tags.some(({ key, value }) => key === 'podium.gates.champion' && value !== ''),
    numbers: {
      metric: { key: 'accuracy', dataset: null },
      direction: { better: 'higher', chosen: false },
      champion: champion?.cells[0] ?? null,
      challenger: challenger?.cells[0] ?? null,
      newest: champion ? null : (versions[0]?.cells[0] ?? null),
      decides: Boolean(champion && challenger),
      curve: {
        path: values.length > 1 ? `M${values.map((_, at) => place(at).join(' ')).join('L')}` : '',
        champion: placeOf(champion),
        challenger: placeOf(challenger),
        measured: known.length,
        versions: values.length,
      },
      approvalAsked: false,
      lastMove:
        model.name === 'resnet50'
          ? {
              alias: 'champion',
              from: { kind: 'version', version: '2' },
              to: { kind: 'version', version: '3' },
              by: 'mika',
              atMs: now_ms - 3 * DAY_MS,
              isUndone: false,
            }
          : null,
    },
  };
}

const gain = ({ numbers }: RegistryRow) =>
  numbers.champion && numbers.challenger
    ? Number(numbers.challenger.value) - Number(numbers.champion.value)
    : undefined;

const IN: Record<Facet, (row: RegistryRow) => boolean> = {
  challengerBetter: (row) => (gain(row) ?? 0) > 0,
  approvalAsked: (row) => row.numbers.approvalAsked,
  withChampion: (row) => row.aliases.some(({ alias }) => alias === 'champion'),
  withoutChampion: (row) => !row.aliases.some(({ alias }) => alias === 'champion'),
  withChallenger: (row) => row.aliases.some(({ alias }) => alias === 'challenger'),
};

function sortKey(row: RegistryRow, by: RegistryView['sort']['by']): string | number | undefined {
  if (by === 'name') return row.name.toLowerCase();
  if (by === 'owner') return row.owner?.name;
  if (by === 'versions') return row.versionCount;
  if (by === 'gain') return gain(row);
  if (by === 'value') return row.numbers.champion ? Number(row.numbers.champion.value) : undefined;
  if (by === 'champion') return Number(row.aliases.find(({ alias }) => alias === 'champion')?.version);
  return row.newest?.creationTimeMs ?? undefined;
}

export function registryOf(
  view: RegistryView,
  models: readonly RegisteredModel[],
  freshness: Freshness,
  now_ms = Date.now(),
): RegistryAnswer {
  const all = models.map((model) => rowOf(model, now_ms));
  const words = view.words.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (row: RegistryRow) =>
    [
      row.name,
      row.description,
      ...row.aliases.map(({ alias, version }) => `${alias} v${version}`),
      ...row.tags.map(({ key, value }) => `${key}=${value}`),
      row.owner?.name,
    ]
      .join(' ')
      .toLowerCase();
  const found = all.filter((row) =>
    words.every((word) => text(row).includes(word.replace(/^(owner|tag|alias|version|name):/, ''))),
  );
  const facets = (Object.keys(IN) as Facet[]).map((facet) => ({
    facet,
    models: found.filter(IN[facet]).length,
  }));
  const chosen = view.facet ? found.filter(IN[view.facet]) : found;
  const counts = new Map<string, number>();
  const folderOf = (name: string) => {
    if (view.folder === null || !name.startsWith(view.folder)) return undefined;
    const end = name.slice(view.folder.length).search(/[/.]/);
    return end > 0 ? name.slice(0, view.folder.length + end + 1) : undefined;
  };
  for (const { name } of chosen) {
    const folder = folderOf(name);
    if (folder) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const shown = chosen
    .filter(({ name }) => view.folder === null || (name.startsWith(view.folder) && !folderOf(name)))
    .toSorted((a, b) => {
      const [x, y] = [sortKey(a, view.sort.by), sortKey(b, view.sort.by)];
      if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? 1 : -1;
      return (x < y ? -1 : x > y ? 1 : 0) * (view.sort.descending ? -1 : 1);
    });
  return {
    folders: [...counts].map(([path, count]) => ({ path, models: count })),
    rows: shown.slice(view.offset, view.offset + view.limit),
    offset: view.offset,
    matching: shown.length,
    total: all.length,
    hasFolders: all.some(({ name }) => /[/.]/.test(name)),
    facets,
    freshness,
  };
}
