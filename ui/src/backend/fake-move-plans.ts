// Plans of several moves in the fake registry. With `halfway` in the address one is left half done at the start.
import type { MovePlan, PlannedMove, WantedMove } from './bindings';
import { MODELS, NOW_MS } from './fake-data';
import type { AppError, Commands } from './types';

const plans: { profileId: string; plan: MovePlan }[] = [];
const TROUBLE = 'https://mlflow.corp failed (503): Service Unavailable';

const planned = (alias: string, fromVersion: string | null, toVersion: string): PlannedMove => ({
  alias,
  fromVersion,
  toVersion,
  state: 'waiting',
  atMs: Date.now(),
  trouble: null,
  overridden: [],
  approvedBy: [],
  promotionId: null,
  tagged: false,
});

function holder(name: string, alias: string): string | null {
  const model = MODELS.find((each) => each.name === name);
  return model?.aliases.find((each) => each.alias === alias)?.version ?? null;
}

function put(name: string, alias: string, version: string | null) {
  const model = MODELS.find((each) => each.name === name);
  if (!model) return;
  model.aliases = model.aliases.filter((each) => each.alias !== alias);
  if (version !== null) model.aliases.push({ alias, version });
}

/** A swap of champion and challenger of which the first half was made. */
export function leaveHalfway(profileId: string) {
  const [champion, challenger] = [holder('resnet50', 'champion'), holder('resnet50', 'challenger')];
  if (champion === null || challenger === null) return;
  const done: PlannedMove = {
    ...planned('champion', champion, challenger),
    state: 'done',
    atMs: NOW_MS - 240_000,
    promotionId: 'journal-1',
  };
  const waiting = {
    ...planned('challenger', challenger, champion),
    atMs: NOW_MS - 238_000,
    trouble: TROUBLE,
  };
  put('resnet50', 'champion', challenger);
  const plan: MovePlan = {
    id: 'plan-0',
    model: 'resnet50',
    by: 'mika',
    atMs: NOW_MS - 242_000,
    reason: 'Better on every quality metric of the November data',
    moves: [done, waiting],
    state: 'unfinished',
  };
  plans.push({ profileId, plan });
}

export function movePlans(
  commands: () => Pick<Commands, 'preparePromotion' | 'promote'>,
  tell: (profileId: string, name: string) => void,
  wait: (ms: number) => Promise<unknown>,
): Pick<
  Commands,
  'prepareMovePlan' | 'startMovePlan' | 'lookAtMovePlan' | 'endMovePlan' | 'listUnfinishedMovePlans'
> {
  const find = (id: string) => {
    const found = plans.find(({ plan }) => plan.id === id);
    if (!found) throw { code: 'notFound', message: 'There is no such plan.', part: null } satisfies AppError;
    return found.plan;
  };
  const running = new Set<string>();
  return {
    prepareMovePlan: async (profileId, name, moves) => ({
      moves: await Promise.all(
        moves.map(({ alias, version }) => commands().preparePromotion(profileId, name, alias, version)),
      ),
      refusals: [],
    }),
    startMovePlan: async (profileId, name, wanted: WantedMove[], reason, confirmation) => {
      const moves = wanted.map((each) => planned(each.alias, each.expectedVersion, each.version));
      const id = `plan-${plans.length + 1}`;
      const plan: MovePlan = {
        id,
        model: name,
        by: 'mika',
        atMs: Date.now(),
        reason,
        moves,
        state: 'unfinished',
      };
      plans.push({ profileId, plan });
      running.add(plan.id);
      for (const [at, { alias, expectedVersion, version, overridden }] of wanted.entries()) {
        const move = moves[at];
        if (!move) continue;
        Object.assign(move, { state: 'underWay', atMs: Date.now() });
        tell(profileId, name);
        await wait(500);
        const made = await commands().promote(
          profileId,
          name,
          alias,
          expectedVersion,
          version,
          reason,
          overridden,
          confirmation,
        );
        Object.assign(move, { state: 'done', atMs: Date.now(), promotionId: made.id, tagged: true });
      }
      running.delete(plan.id);
      plan.state = 'finished';
      tell(profileId, name);
      return structuredClone(plan);
    },
    lookAtMovePlan: async (_profileId, id) => {
      await wait(200);
      const plan = find(id);
      const now = plan.moves.map(({ alias }) => holder(plan.model, alias));
      return structuredClone({ plan, now, underWay: running.has(id), refusal: null });
    },
    endMovePlan: async (profileId, id, end, _seen, _confirmation) => {
      const plan = find(id);
      await wait(600);
      for (const move of plan.moves) {
        const [from, to] = end === 'finish' ? ['waiting', 'done'] : ['done', 'rolledBack'];
        if (move.state !== from) continue;
        Object.assign(move, { state: to, atMs: Date.now(), trouble: null, promotionId: 'journal-1' });
        put(plan.model, move.alias, end === 'finish' ? move.toVersion : move.fromVersion);
      }
      plan.state = end === 'finish' ? 'finished' : 'rolledBack';
      tell(profileId, plan.model);
      return structuredClone(plan);
    },
    listUnfinishedMovePlans: async () =>
      structuredClone(
        plans
          .filter(({ plan }) => plan.state === 'unfinished')
          .map((each) => ({ ...each, underWay: running.has(each.plan.id) })),
      ),
  };
}
