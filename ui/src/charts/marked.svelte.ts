// What is told of the run that is pointed at: its name and values, asked of the app for that run only.
import { commands, type Column, type MarkedValues, type RunRef } from '../backend';
import { runKey } from '../run-ref';
import { FrameQueue } from './frame-queue';

interface Ask {
  run: RunRef;
  columns: Column[];
}

export class Marked {
  #answer: { key: string; values: MarkedValues | null } | undefined = $state.raw();
  #asked: string | undefined = $state();
  readonly #asks = new FrameQueue<Ask, MarkedValues | null>(
    ({ run, columns }) => commands.markedValues(run, columns),
    (values, { run, columns }) => (this.#answer = { key: askKey(run, columns), values }),
    () => (this.#answer = undefined),
  );

  /** The values of the run that was asked for last, once they are there. */
  get values(): MarkedValues | undefined {
    return this.#answer?.key === this.#asked ? (this.#answer?.values ?? undefined) : undefined;
  }

  ask(run: RunRef | undefined, columns: readonly Column[]): void {
    const key = run && askKey(run, columns);
    if (key === this.#asked) return;
    this.#asked = key;
    if (run) this.#asks.ask({ run, columns: [...columns] });
  }

  stop(): void {
    this.#asks.cancel();
  }
}

function askKey(run: RunRef, columns: readonly Column[]): string {
  return JSON.stringify([runKey(run), columns]);
}
