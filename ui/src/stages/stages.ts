// Stages in words. Pure.
import type { StageMove, VersionRow } from '../backend';

/** In the order in which a version takes them. */
export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;

/** Which versions are in use, by stage: those of Production first. */
export function heldStages(versions: readonly Pick<VersionRow, 'version'>[]): [string, string[]][] {
  return ['Production', 'Staging'].flatMap((stage): [string, string[]][] => {
    const held = versions.flatMap(({ version }) => (version.stage === stage ? [version.version] : []));
    return held.length > 0 ? [[stage, held]] : [];
  });
}

/** What a move did, in a line. */
export function moveWords({ version, fromStage, toStage, archived }: StageMove): string {
  const along =
    archived.length === 0 ? '' : `, archived ${archived.map((other) => `v${other}`).join(', ')} along`;
  return `v${version} from ${fromStage} to ${toStage}${along}`;
}

/** A move can be undone while no later one has changed any of its versions. */
export function canUndo(move: StageMove, moves: readonly StageMove[]): boolean {
  if (move.undoneAtMs !== null || move.outcome !== 'moved') return false;
  const touched = ({ version, archived }: StageMove) => [version, ...archived];
  const later = moves.slice(
    0,
    moves.findIndex(({ id }) => id === move.id),
  );
  return !later.some(
    (other) => other.undoneAtMs === null && touched(other).some((version) => touched(move).includes(version)),
  );
}
