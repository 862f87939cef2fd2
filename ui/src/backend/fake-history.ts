// The history of aliases by the fake journal, with a few moves of others between.
import type { AliasHistory, AliasMove, ModelHistory, Place } from './bindings';
import { NOW_MS } from './fake-data';
import type { Promotion } from './types';

const HOUR_MS = 3_600_000;
const place = (version: string | null): Place =>
  version === null ? { kind: 'noVersion' } : { kind: 'version', version };

const NOTHING = {
  reason: '',
  overridden: [],
  approvedBy: [],
  undoneAtMs: null,
  outcome: 'moved' as const,
  warnings: [],
  promotionId: null,
  planId: null,
};

/** A colleague's, and one that nobody recorded. */
const OTHERS: AliasMove[] = [
  {
    ...NOTHING,
    alias: 'challenger',
    when: { kind: 'between', afterMs: NOW_MS - 9 * HOUR_MS, beforeMs: NOW_MS - 8 * HOUR_MS },
    from: place('3'),
    to: place('4'),
    by: null,
    recorded: 'nowhere',
  },
  {
    ...NOTHING,
    alias: 'champion',
    when: { kind: 'at', ms: NOW_MS - 90 * HOUR_MS },
    from: place(null),
    to: place('2'),
    by: 'ana',
    reason: 'The first one that holds on the November data, and the only one that was measured on it.',
    overridden: ['latency_ms <= 8 (8.1 is over 8)'],
    recorded: 'tags',
  },
];

export function historyOf(name: string, moves: readonly Promotion[]): ModelHistory {
  const own = moves
    .filter(({ model }) => model === name)
    .map((move): AliasMove => ({
      alias: move.alias,
      when: { kind: 'at', ms: move.atMs },
      from: place(move.fromVersion),
      to: place(move.toVersion),
      by: move.by,
      reason: move.reason,
      overridden: move.overridden.map(({ rule, why }) => `${rule} (${why})`),
      approvedBy: move.approvedBy,
      undoneAtMs: move.undoneAtMs,
      outcome: move.outcome,
      warnings: move.warnings,
      recorded: 'both',
      promotionId: move.id,
      planId: move.planId,
    }));
  const all = name === 'resnet50' ? [...own, ...OTHERS] : own;
  const history = (alias: string): AliasHistory => {
    const of = all.filter((move) => move.alias === alias);
    const [newest] = of;
    const since = newest?.when.kind === 'at' ? newest.when.ms : NOW_MS;
    return {
      alias,
      moves: of,
      spans: [
        {
          startMs: null,
          endMs: since,
          holder: { kind: 'notKnown' },
          why: `No move of ${alias} before this is known.`,
        },
        { startMs: since, endMs: null, holder: newest?.to ?? { kind: 'notKnown' }, why: null },
      ],
    };
  };
  return { aliases: [...new Set(all.map(({ alias }) => alias))].sort().map(history), asOfMs: NOW_MS };
}
