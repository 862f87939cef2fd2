// The tags of a model or version: whose they are, and what may be done with them. Pure.
import type { Tag } from '../backend';

/** Who writes and reads a tag. */
export type TagOwner = 'people' | 'podium' | 'mlflow';

/** The metric that decides about a model, where its team chose one. */
export const METRIC_TAG = 'podium.metric';

/** Those that approvals write for scripts; to change one by hand is to say that somebody approved. */
const OF_APPROVAL = /^approval_/;

export function tagOwner(key: string): TagOwner {
  if (key.startsWith('podium.') || OF_APPROVAL.test(key)) return 'podium';
  return key.startsWith('mlflow.') ? 'mlflow' : 'people';
}

/** Why a tag is better left alone; undefined: it is the user's own. */
export function tagWarning(key: string): string | undefined {
  switch (tagOwner(key)) {
    case 'podium':
      return 'Podium keeps rules, approvals and the record of moves in such tags. Changed by hand, a record is no longer what happened, and rules may hold back every version, for the whole team.';
    case 'mlflow':
      return 'MLflow keeps its own facts in such tags. Changed by hand, other programs may read something else than what is there.';
    case 'people':
      return undefined;
  }
}

const RANK: Record<TagOwner, number> = { people: 0, podium: 1, mlflow: 2 };

/** Those of people first, then Podium's, then MLflow's; each by key. */
export function sortedTags(tags: readonly Tag[]): Tag[] {
  return tags.toSorted((a, b) => RANK[tagOwner(a.key)] - RANK[tagOwner(b.key)] || a.key.localeCompare(b.key));
}

/** Why the server would not take this as the key of a new tag; its own rules. */
export function keyRefusal(key: string, tags: readonly Tag[]): string | undefined {
  if (key === '') return 'A tag needs a key.';
  if ([...key].length > 250) return 'At most 250 characters.';
  if (tags.some((tag) => tag.key === key)) return 'There is a tag with this key already.';
  // MLflow wants a key that is one as a path too.
  if (/^\/|\/\/|(^|\/)\.\.?(\/|$)|\/$/.test(key) || key === '.') return 'Not a key that MLflow takes.';
  return undefined;
}
