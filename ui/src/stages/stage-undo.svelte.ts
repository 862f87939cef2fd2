// Taking a change of stage back: offered as it was made, done once.
import { asAppError, commands, type StageMove } from '../backend';
import { toasts } from '../components/toasts.svelte';
import { moveWords } from './stages';

export class StageUndo {
  /** The move that is being taken back. */
  underway: string | undefined = $state();
  /** Goes up with every move that was made or taken back. */
  done = $state(0);

  /** Tells of a move. */
  made(move: StageMove): void {
    this.done += 1;
    toasts.show({
      tone: move.warnings.length > 0 ? 'warn' : 'success',
      title: `Moved ${moveWords(move)}`,
      message: move.warnings.join(' '),
    });
  }

  async takeBack(profileId: string, move: StageMove, confirmation: string | null): Promise<void> {
    if (this.underway !== undefined) return;
    this.underway = move.id;
    try {
      const undone = await commands.undoStage(profileId, move.id, confirmation);
      toasts.show({ tone: 'success', title: `v${undone.version} is in ${undone.fromStage} again` });
    } catch (thrown) {
      toasts.show({ tone: 'error', title: 'Not undone', message: asAppError(thrown).message });
    }
    this.underway = undefined;
    this.done += 1;
  }
}

export const stageUndo = new StageUndo();
