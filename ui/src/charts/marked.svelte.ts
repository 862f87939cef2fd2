// What is told of the run that is pointed at: its name and values, asked of the app for that run only.
import { onDestroy } from 'svelte';
import { commands, type Column, type MarkedValues, type RunRef } from '../backend';
import { runKey } from '../run-ref';
import { columnTitle } from '../columns';
import { cellWords } from './marks';
import { FrameQueue } from './frame-queue';

interface Ask {
  run: RunRef;
  columns: Column[];
}

/** As a card begins. */
export class Marked {
  #answer: { key: string; values: MarkedValues | null } | undefined = $state.raw();
  #asked: string | undefined = $state();
  readonly #asks = new FrameQueue<Ask, MarkedValues | null>(
    ({ run, columns }) => commands.markedValues(run, columns),
    (values, { run, columns }) => (this.#answer = { key: askKey(run, columns), values }),
    () => (this.#answer = undefined),
  );

  constructor(
    run: () => RunRef | undefined,
    private columns: () => readonly Column[],
  ) {
    $effect(() => this.#ask(run(), columns()));
    onDestroy(() => this.#asks.cancel());
  }

  /** The values of the run that was asked for last, once they are there. */
  get values(): MarkedValues | undefined {
    return this.#answer?.key === this.#asked ? (this.#answer?.values ?? undefined) : undefined;
  }

  /** All of it in one sentence, to be read out. */
  get words(): string {
    const { values } = this;
    if (!values) return '';
    const words = this.columns().map(
      (column, i) => `${columnTitle(column)} ${cellWords(column, values.cells[i])}`,
    );
    return `${values.displayName}: ${words.join(', ')}`;
  }

  #ask(run: RunRef | undefined, columns: readonly Column[]): void {
    const key = run && askKey(run, columns);
    if (key === this.#asked) return;
    this.#asked = key;
    if (run) this.#asks.ask({ run, columns: [...columns] });
  }
}

function askKey(run: RunRef, columns: readonly Column[]): string {
  return JSON.stringify([runKey(run), columns]);
}
