// What the alias board shows, from a registered model as the cache has it. Pure.
import type { Metric, ModelBoard, Promotion, VersionRow } from '../backend';
import { fromWire } from '../format/number';

/** Slots that are there even while nobody holds them. */
export const FIRST_ALIASES = ['champion', 'challenger'];
const MOST_METRICS = 4;

export interface Slot {
  alias: string;
  /** Who holds it; undefined: nobody. */
  row: VersionRow | undefined;
  version: string | undefined;
}

/** Champion, challenger, then the others by name. */
export function slotsOf(board: ModelBoard): Slot[] {
  const others = board.model.aliases
    .map(({ alias }) => alias)
    .filter((alias) => !FIRST_ALIASES.includes(alias));
  const rows = new Map(board.versions.map((row) => [row.version.version, row]));
  return [...FIRST_ALIASES, ...others.toSorted((a, b) => a.localeCompare(b))].map((alias) => {
    const version = board.model.aliases.find((held) => held.alias === alias)?.version;
    return { alias, version, row: version === undefined ? undefined : rows.get(version) };
  });
}

export function aliasesOf(slots: readonly Slot[], version: string): string[] {
  return slots.filter((slot) => slot.version === version).map(({ alias }) => alias);
}

/** The metrics that most versions have, at most four, system metrics left out. */
export function decidingMetrics(versions: readonly VersionRow[]): string[] {
  const counts = new Map<string, number>();
  for (const { metrics } of versions)
    for (const { key } of metrics)
      if (!key.startsWith('system/')) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts]
    .toSorted(([a, n], [b, m]) => m - n || weight(b) - weight(a) || a.localeCompare(b))
    .slice(0, MOST_METRICS)
    .map(([key]) => key);
}

/** Held-out figures decide more than those of training. */
function weight(key: string): number {
  if (/train/i.test(key)) return -1;
  return /acc|auc|f1|loss|rmse|mae|latency|precision|recall/i.test(key) ? 1 : 0;
}

export function metricOf(row: VersionRow, key: string): Metric | undefined {
  return row.metrics.find((metric) => metric.key === key);
}

const LOWER =
  /^(\w*loss|\w*errors?|err|rmse|r?msle|mae|mse|mape|smape|\w*latency|duration|perplexity|ppl|brier|wer|cer|fid|nll)$/;
const HIGHER =
  /^(acc\d*|\w*accuracy|auc|au?roc|auprc|f1|f1score|fbeta|precision|recall|sensitivity|specificity|r2|score|bleu|rouge\w*|map\d*|m?iou|dice|ndcg|mrr|hit|psnr|ssim|reward|throughput)$/;

/** Which way a metric is better, where a word of its name says so. */
export function direction(key: string): 'higher' | 'lower' | undefined {
  // Whole words only: there is no accuracy in "accumulated", and no error in "terror_watch".
  const words = key.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  if (words.some((word) => LOWER.test(word))) return 'lower';
  if (words.some((word) => HIGHER.test(word))) return 'higher';
  return undefined;
}

/** The best value of a metric, where it is known which way is better and there is something to compare. */
export function bestOf(versions: readonly VersionRow[], key: string): number | undefined {
  const values = versions.flatMap((row) => {
    const value = metricOf(row, key)?.value;
    return value === undefined ? [] : [fromWire(value)];
  });
  const finite = values.filter(Number.isFinite);
  const better = direction(key);
  return better && finite.length > 1 ? Math[better === 'higher' ? 'max' : 'min'](...finite) : undefined;
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

/** The move that brought the alias where it is, if it is known to have been made from this machine. */
export function arrival(board: ModelBoard, alias: string): Promotion | undefined {
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
 * A promotion can be undone while it is the last thing that happened to its alias. One of which nobody knows
 * whether it was made has happened if the alias is where it would be, and stands in nobody's way if not.
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
