// Asks something of each of many runs, a few at a time, and keeps what was answered.
import { asAppError, type AppError, type RunRef } from '../backend';
import { runKey } from '../run-ref';

export type Answer<T> = { value: T } | { error: AppError };

const AT_ONCE = 4;
/** Answers that come within this time are shown together: each one redraws the section. */
const GATHER_MS = 80;

export class AskEach<T> {
  /** By the key of the run; a run that was not asked, or has not answered yet, is not there. */
  answers: ReadonlyMap<string, Answer<T>> = $state.raw(new Map());
  #waiting: RunRef[] = [];
  #asked = new Set<string>();
  #busy = 0;
  #gathered: [string, Answer<T>][] = [];

  constructor(
    private readonly read: (run: RunRef) => Promise<T>,
    private readonly atOnce = AT_ONCE,
  ) {}

  /** Asks those of the runs that were not asked yet. */
  want(runs: readonly RunRef[]): void {
    for (const run of runs) {
      const key = runKey(run);
      if (this.#asked.has(key)) continue;
      this.#asked.add(key);
      this.#waiting.push(run);
    }
    this.#next();
  }

  /** Asks all of the runs once more; the last answer stays until there is a newer one. */
  again(runs: readonly RunRef[]): void {
    // Of a run that has not answered yet the answer is new anyway.
    for (const run of runs) if (this.answers.has(runKey(run))) this.#asked.delete(runKey(run));
    this.want(runs);
  }

  #next(): void {
    while (this.#busy < this.atOnce) {
      const run = this.#waiting.shift();
      if (!run) return;
      this.#busy += 1;
      void this.#ask(run);
    }
  }

  async #ask(run: RunRef): Promise<void> {
    let answer: Answer<T>;
    try {
      answer = { value: await this.read(run) };
    } catch (thrown) {
      answer = { error: asAppError(thrown) };
    }
    this.#gathered.push([runKey(run), answer]);
    if (this.#gathered.length === 1) setTimeout(() => this.#show(), GATHER_MS);
    this.#busy -= 1;
    this.#next();
  }

  #show(): void {
    this.answers = new Map([...this.answers, ...this.#gathered]);
    this.#gathered = [];
  }
}
