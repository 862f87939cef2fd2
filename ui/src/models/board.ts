// What the alias board shows, from a registered model as the cache has it. Pure.
import type {
  AppError,
  Author,
  MadeFrom,
  Measured,
  ModelBoard,
  Promotion,
  PromotionPlan,
  VersionRow,
} from '../backend';
import { columnFormat, pointPads, type NumberFormat } from '../format/column';
import { formatDelta, fromWire } from '../format/number';

/** The number format of each column, the same in the table of versions and in the slots of aliases. */
export function formatsOf({ columns, versions }: ModelBoard): NumberFormat[] {
  return columns.map((_, at) =>
    columnFormat(versions.flatMap(({ cells }) => (cells[at] ? [fromWire(cells[at].value)] : []))),
  );
}

/** A number as text, and invisible padding behind it so that the decimal points of its column line up. */
export interface NumberText {
  text: string;
  pad: string;
}

/** The numbers of the card: those of one metric have the same decimals. */
export interface DeltaTexts {
  from: NumberText | undefined;
  to: NumberText | undefined;
  /** Of the difference between the two, where there is one. */
  changePad: string;
  format: NumberFormat;
}

export function numberTexts(metrics: PromotionPlan['metrics']): DeltaTexts[] {
  const sides = metrics.map(({ from, to }) => ({
    from: from ? fromWire(from.value) : undefined,
    to: to ? fromWire(to.value) : undefined,
  }));
  const formats = sides.map(({ from, to }) =>
    columnFormat([from, to].filter((value) => value !== undefined)),
  );
  const column = (values: (number | undefined)[], format = formats) => {
    const texts = values.map((value, i) => (value === undefined ? '' : (format[i]?.(value) ?? '')));
    const pads = pointPads(texts);
    return texts.map((text, i) => (text === '' ? undefined : { text, pad: pads[i] ?? '' }));
  };
  const from = column(sides.map((side) => side.from));
  const to = column(sides.map((side) => side.to));
  const changes = column(
    sides.map((side) => (side.from === undefined || side.to === undefined ? undefined : side.to - side.from)),
    formats.map((format) => (value: number) => formatDelta(value, format)),
  );
  return formats.map((format, i) => ({
    from: from[i],
    to: to[i],
    changePad: changes[i]?.pad ?? '',
    format,
  }));
}

/** Aliases that have a slot even while no version has them. */
export const FIRST_ALIASES = ['champion', 'challenger'];

export interface Slot {
  alias: string;
  /** The version that has the alias, if one has. */
  row: VersionRow | undefined;
  version: string | undefined;
}

/**
 * Champion, challenger, then the others by name. Servers tell `Champion` from `champion`, people do not: it has the
 * champion's slot, in the server's spelling.
 */
export function slotsOf(board: ModelBoard): Slot[] {
  const rows = new Map(board.versions.map((row) => [row.version.version, row]));
  const held = board.model.aliases.map(({ alias }) => alias);
  const first = FIRST_ALIASES.flatMap((name) => {
    const spelled = held.filter((alias) => alias.toLowerCase() === name);
    return spelled.length > 0 ? spelled.toSorted((a, b) => Number(b === name) - Number(a === name)) : [name];
  });
  const others = held.filter((alias) => !first.includes(alias));
  return [...first, ...others.toSorted((a, b) => a.localeCompare(b))].map((alias) => {
    const version = board.model.aliases.find((held) => held.alias === alias)?.version;
    return { alias, version, row: version === undefined ? undefined : rows.get(version) };
  });
}

/** What a sync last saw that a card may depend on: where an alias is, and the rules for it. */
export interface Seen {
  holder: string | null;
  rules: string;
}

export function seenOf({ model }: ModelBoard, alias: string): Seen {
  return {
    holder: model.aliases.find((held) => held.alias === alias)?.version ?? null,
    rules: model.tags.find(({ key }) => key === `podium.gates.${alias}`)?.value ?? '',
  };
}

/** Why a card is no longer true, if so: what is seen now differs from what was seen as it was read. */
export function staleness(
  plan: PromotionPlan,
  then: Seen | undefined,
  now: Seen | undefined,
): string | undefined {
  if (then === undefined || now === undefined) return undefined;
  // The card may have been read after what is seen: then it knows better.
  if (now.holder !== then.holder && now.holder !== plan.fromVersion) {
    const place = (version: string | null) => (version === null ? 'no version' : `version ${version}`);
    return `${plan.alias} was moved meanwhile: it is on ${place(now.holder)} now, and not on ${place(plan.fromVersion)}.`;
  }
  return now.rules !== then.rules ? `The rules for ${plan.alias} were changed meanwhile.` : undefined;
}

export function aliasesOf(slots: readonly Slot[], version: string): string[] {
  return slots.filter((slot) => slot.version === version).map(({ alias }) => alias);
}

/** What a version that is not ready is, in words; undefined: it is ready. */
export function statusWords(status: string): string | undefined {
  if (status === 'READY') return undefined;
  if (status === 'FAILED_REGISTRATION') return 'registration failed';
  if (status === 'PENDING_REGISTRATION') return 'being registered';
  return status.toLowerCase().replaceAll('_', ' ');
}

/** Whose a number is, for its tooltip. */
export function ownerOf(
  { of }: Measured,
  madeFrom: Pick<MadeFrom, 'loggedModelName' | 'runId' | 'runName'> | null,
): string {
  if (of === 'loggedModel') return `of its logged model ${madeFrom?.loggedModelName ?? ''}`.trim();
  const run = `of its run ${madeFrom?.runName || madeFrom?.runId || ''}`.trim();
  return of === 'run' ? run : `${run}, which logged several models: it may be another one’s`;
}

/** The same of a number in the table of versions. */
export function ownerWords({ loggedModelName, runName, version }: VersionRow, measured: Measured): string {
  return ownerOf(measured, { loggedModelName, runName, runId: version.runId });
}

/** Whose numbers the card compares, a line for each version. */
export function ownersOfPlan(plan: PromotionPlan): string[] {
  const line = (version: string | null, madeFrom: MadeFrom | null, side: 'from' | 'to') => {
    const owners = new Set(plan.metrics.flatMap((delta) => delta[side]?.of ?? []));
    if (version === null || owners.size === 0) return [];
    const run = `run ${madeFrom?.runName || madeFrom?.runId || ''}`.trim();
    const ofRun = owners.has('sharedRun') ? `${run}, which logged several models` : run;
    if (!owners.has('loggedModel')) return [`v${version}: numbers of ${ofRun}`];
    const model = `v${version}: numbers of logged model ${madeFrom?.loggedModelName ?? ''}`.trim();
    return [owners.size === 1 ? model : `${model}; those marked “run” of ${ofRun}`];
  };
  return [...line(plan.fromVersion, plan.from, 'from'), ...line(plan.toVersion, plan.to, 'to')];
}

/** Whose numbers a table of versions shows. */
export interface Owners {
  /** In a line; undefined where there are no numbers. */
  line: string | undefined;
  /** Whether numbers of logged models and of runs are shown together: then those of runs are marked. */
  mixed: boolean;
}

export function ownersOf(versions: readonly VersionRow[]): Owners {
  const owners = new Set(versions.flatMap(({ cells }) => cells.flatMap((cell) => cell?.of ?? [])));
  if (owners.size === 0) return { line: undefined, mixed: false };
  if (owners.has('loggedModel'))
    return owners.size === 1
      ? { line: 'numbers of their logged models', mixed: false }
      : { line: 'numbers of their logged models; those marked “run” are of the run', mixed: true };
  return {
    line: owners.has('sharedRun')
      ? 'numbers of their runs; dim ones may be of another model that the run logged'
      : 'numbers of their runs',
    mixed: false,
  };
}

const ACCORDING_TO: Record<Author['accordingTo'], string> = {
  version: 'registered this version',
  run: 'started the run it came from',
  tag: 'named by a tag',
};

export function authorWords({ name, accordingTo }: Author): string {
  return `${name}: ${ACCORDING_TO[accordingTo]}`;
}

/** Why the server would not take this as the name of an alias; its own rules. */
export function aliasRefusal(alias: string): string | undefined {
  if (alias === '') return 'An alias needs a name.';
  if (alias.length > 255) return 'At most 255 characters.';
  if (!/^[\p{L}\p{N}_-]+$/u.test(alias)) return 'Letters, digits, - and _ only.';
  if (alias.toLowerCase() === 'latest') return '“latest” always means the newest version.';
  if (/^v\d+$/i.test(alias)) return `“${alias}” means a version number.`;
  return undefined;
}

/** The promotion that put the alias on its version, if it was made from this machine. */
export function lastMoveOf(board: ModelBoard, alias: string): Promotion | undefined {
  const holder = board.model.aliases.find((held) => held.alias === alias)?.version;
  const newest = board.promotions.find((each) => each.alias === alias && each.outcome === 'moved');
  return newest && newest.undoneAtMs === null && newest.toVersion === holder ? newest : undefined;
}

/** The tags that people wrote on a version: what MLflow and the record of promotions keep there is left out. */
export function ownTags(row: VersionRow): { key: string; value: string }[] {
  return row.version.tags
    .filter(({ key }) => !/^(mlflow|podium)\./.test(key))
    .toSorted((a, b) => a.key.localeCompare(b.key));
}

/**
 * A promotion can be undone while no later one has moved its alias. Where the server's answer was lost, a promotion
 * counts as made if the alias is on its target, and otherwise as not made.
 */
export function canUndo(promotion: Promotion, board: ModelBoard): boolean {
  if (promotion.undoneAtMs !== null) return false;
  const holder = board.model.aliases.find(({ alias }) => alias === promotion.alias)?.version ?? null;
  const newest = board.promotions.find(
    ({ alias, outcome, toVersion }) =>
      alias === promotion.alias && (outcome === 'moved' || toVersion === holder),
  );
  return newest?.id === promotion.id && holder === promotion.toVersion;
}

/** What was decided on is no longer so: the new evidence has to be asked for and looked at first. */
export function isRefuted(error: AppError | undefined): boolean {
  return error !== undefined && ['aliasMoved', 'gateNotPassed', 'approvalMissing'].includes(error.code);
}
