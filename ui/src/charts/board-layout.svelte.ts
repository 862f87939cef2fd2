// The layout of the board of some experiments: kept in the settings, the same on every screen that shows their metrics.
import { commands as app, type Commands, type ProfileExperiments } from '../backend';
import { START_LAYOUT, type Layout } from './board';
import { changed, historyOf, redone, undone, type History } from './board-history';
import { formatLayout, parseLayout } from './board-saved';

const SAVE_AFTER_MS = 400;

export class BoardLayout {
  /** Whether what was kept is here: until then no card is drawn, so that none moves a moment later. */
  ready = $state(false);
  #history = $state.raw<History<Layout>>(historyOf(START_LAYOUT));
  /** Whether changes are written to the settings. */
  #isKept = true;
  #saving: ReturnType<typeof setTimeout> | undefined;

  constructor(
    /** Under which it is kept. */
    private key: string,
    private commands: Pick<Commands, 'getValue' | 'setValue'> = app,
  ) {
    void this.#restore();
  }

  get current(): Layout {
    return this.#history.present;
  }
  get canUndo(): boolean {
    return this.#history.past.length > 0;
  }
  get canRedo(): boolean {
    return this.#history.future.length > 0;
  }

  /** A change of the user, which can be undone. */
  change(next: Layout): void {
    // Before what was kept is here, a change would take its place.
    if (this.ready && next !== this.current) this.#go(changed(this.#history, next));
  }
  undo(): void {
    this.#go(undone(this.#history));
  }
  redo(): void {
    this.#go(redone(this.#history));
  }

  #go(history: History<Layout>): void {
    this.#history = history;
    if (!this.#isKept) return;
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => {
      this.commands.setValue(this.key, JSON.stringify(formatLayout(this.current))).catch(() => undefined);
    }, SAVE_AFTER_MS);
  }

  async #restore(): Promise<void> {
    let kept: string | null = null;
    try {
      kept = await this.commands.getValue(this.key);
    } catch {
      // It may be there and only not be read: nothing is written over it.
      this.#isKept = false;
    }
    try {
      this.#history = historyOf(parseLayout(JSON.parse(kept ?? '{}')));
    } catch {
      // What cannot be read is as good as nothing: the board makes itself.
    }
    this.ready = true;
  }
}

const known = new Map<string, BoardLayout>();

/** The one layout of these experiments, so that a change on one screen is there on the others. */
export function layoutOf(scope: readonly ProfileExperiments[]): BoardLayout {
  const experiments = scope.flatMap(({ profileId, experimentIds }) =>
    experimentIds.map((id) => `${profileId}/${id}`),
  );
  const key = `board/${[...new Set(experiments)].sort().join(';')}`;
  const layout = known.get(key) ?? new BoardLayout(key);
  known.set(key, layout);
  return layout;
}
