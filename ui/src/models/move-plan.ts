// What a plan of several moves is and how far it got, in words. Pure.
import type { ModelAlias, MovePlan, MovePlanLook, MoveState, PlannedMove, Promotion } from '../backend';
import type { IconName } from '../components/icons';
import type { Slot } from './board';

/** Where an alias is and where it is to go. */
export interface AliasStep {
  alias: string;
  fromVersion: string | null;
  toVersion: string;
}

/** Two aliases, each of which goes to where the other one is. */
export function isSwap(steps: readonly AliasStep[]): boolean {
  const [one, other] = steps;
  return steps.length === 2 && one?.toVersion === other?.fromVersion && other?.toVersion === one?.fromVersion;
}

export function planTitle(steps: readonly AliasStep[]): string {
  const names = steps.map(({ alias }) => alias);
  const last = names.pop() ?? '';
  return `${isSwap(steps) ? 'Swap' : 'Move'} ${names.join(', ')} and ${last}`;
}

/**
 * The moves that swap two aliases, champion's first, as the slots stand; undefined where both are on one version, or
 * one is on none.
 */
export function swapOf(slots: readonly Slot[], one: string, other: string): ModelAlias[] | undefined {
  const [first, second] = slots.filter(({ alias }) => alias === one || alias === other);
  if (first?.version === undefined || second?.version === undefined || first.version === second.version)
    return undefined;
  return [
    { alias: first.alias, version: second.version },
    { alias: second.alias, version: first.version },
  ];
}

export const versionWords = (version: string | null) => (version === null ? 'no version' : `v${version}`);

/** How many moves would be made to finish a plan, and to roll it back. */
export function stepsLeft({ moves }: MovePlan): { finish: number; rollBack: number } {
  const count = (...states: MoveState[]) => moves.filter(({ state }) => states.includes(state)).length;
  return { finish: count('waiting', 'rolledBack'), rollBack: count('done') };
}

export interface MoveWords {
  icon: IconName;
  tone: 'good' | 'warn' | 'faint';
  text: string;
}

/** What has become of a move. `running`: somebody carries the plan out at this moment. */
export function moveWords(move: PlannedMove, running: boolean): MoveWords {
  const [from, to] = [versionWords(move.fromVersion), versionWords(move.toVersion)];
  switch (move.state) {
    case 'waiting':
      return { icon: 'arrow-right', tone: 'faint', text: `${move.alias} to ${to}: not made yet` };
    case 'underWay':
      return running
        ? { icon: 'refresh', tone: 'warn', text: `${move.alias} to ${to}: under way` }
        : { icon: 'question', tone: 'warn', text: `${move.alias} to ${to}: no answer came, not known` };
    case 'done':
      return { icon: 'check', tone: 'good', text: `${move.alias} set to ${to} and read back` };
    case 'rollingBack':
      return running
        ? { icon: 'refresh', tone: 'warn', text: `${move.alias} back to ${from}: under way` }
        : {
            icon: 'question',
            tone: 'warn',
            text: `${move.alias} back to ${from}: no answer came, not known`,
          };
    case 'rolledBack':
      return { icon: 'undo', tone: 'faint', text: `${move.alias} is back on ${from}` };
    case 'left':
      return { icon: 'alert', tone: 'warn', text: `${move.alias} is left where it is` };
  }
}

/** How far a plan got, for its head: where the aliases are now. */
export function halfwayWords({
  plan,
  now,
  underWay,
}: Pick<MovePlanLook, 'plan' | 'now' | 'underWay'>): string {
  if (underWay) return 'It is being carried out at this moment.';
  const left = stepsLeft(plan);
  if (left.rollBack === 0 && plan.moves.every(({ state }) => state === 'waiting'))
    return 'Nothing was moved.';
  if (left.finish === 0 && plan.moves.every(({ state }) => state === 'done'))
    return 'All moves were made; only its end was not noted.';
  const [first] = now;
  const names = plan.moves.map(({ alias }) => alias);
  if (now.length === 2 && first != null && now.every((version) => version === first))
    return `Half done: both aliases are on v${first}.`;
  const places = names.map((alias, at) => `${alias} is on ${versionWords(now[at] ?? null)}`);
  return `Half done: ${places.slice(0, -1).join(', ')} and ${places.at(-1) ?? ''}.`;
}

/** The plan's first move as the promotion that it was: what takes it back takes back the whole plan. */
export function promotionOf(plan: MovePlan): Promotion | undefined {
  const move = plan.moves.find(({ promotionId }) => promotionId !== null);
  if (!move || move.promotionId === null) return undefined;
  const { alias, fromVersion, toVersion, overridden, approvedBy, atMs } = move;
  return {
    id: move.promotionId,
    model: plan.model,
    alias,
    fromVersion,
    toVersion,
    by: plan.by,
    atMs,
    reason: plan.reason,
    overridden,
    approvedBy,
    undoneAtMs: null,
    planId: plan.id,
    outcome: 'moved',
    warnings: [],
  };
}
