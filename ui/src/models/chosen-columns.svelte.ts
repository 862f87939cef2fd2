// The columns of the table of versions that the user chose for a model: read as its page opens, kept as they change.
import { commands, type VersionCells } from '../backend';
import { USUAL, keyOf, parseColumns, type VersionColumns } from './version-columns';

export class ChosenColumns {
  current: VersionColumns = $state.raw(USUAL);
  /** What versions have in the columns of words, by version; undefined while it is on its way. */
  cells: ReadonlyMap<string, VersionCells['cells']> | undefined = $state.raw();
  /** Settles when it is known what the user chose. */
  readonly ready: Promise<void>;

  constructor(
    private profileId: string,
    private model: string,
  ) {
    this.ready = commands.getValue(keyOf(profileId, model)).then(
      (saved) => {
        this.current = parseColumns(saved);
      },
      // Then they are as usual.
      () => undefined,
    );
  }

  choose(columns: VersionColumns): void {
    this.current = columns;
    const kept = columns.metrics === null && columns.words.length === 0 ? '' : JSON.stringify(columns);
    // Losing this costs a choice at the next start.
    commands.setValue(keyOf(this.profileId, this.model), kept).catch(() => undefined);
  }

  /** Reads the cells of the columns of words anew; until then those before are shown. */
  async read(): Promise<void> {
    const { words } = this.current;
    if (words.length === 0) {
      this.cells = undefined;
      return;
    }
    const found = await commands.versionCells(this.profileId, this.model, words).catch(() => undefined);
    // Others may have been chosen meanwhile.
    if (found && words === this.current.words)
      this.cells = new Map(found.map(({ version, cells }) => [version, cells]));
  }
}
