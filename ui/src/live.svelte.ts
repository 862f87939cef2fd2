// A query whose answer stays up to date: asked when something on screen reads it, asked again when a change concerns it.
import { createSubscriber } from 'svelte/reactivity';
import { asAppError, onChange, type AppError, type Change } from './backend';

/** Whether a change concerns an answer: not at all, at once, or so that a little later is early enough. */
export type Concern = boolean | 'later';

/** Changes that are so many that each would ask anew are answered together, this long after the first. */
const LATER_MS = 400;

/**
 * The answer to one question to the backend, for as long as something on screen reads it.
 *
 * The last good answer stays while a newer one is on its way or failed. Never more than one
 * question is in flight; any number of changes meanwhile make one more.
 */
export class Live<T> {
  #value = $state.raw<T>();
  #error = $state.raw<AppError>();
  #busy = $state(false);
  #waiting = false;
  #done: Promise<void> = Promise.resolve();
  /** Goes up when the question changes: an answer to an older question is not shown. */
  #question = 0;
  #onScreen: () => void;

  constructor(
    private read: () => Promise<T>,
    private concerns: (change: Change) => Concern,
    private hear: typeof onChange = onChange,
  ) {
    this.#onScreen = createSubscriber(() => this.start());
  }

  /** The last good answer. */
  get value(): T | undefined {
    this.#onScreen();
    return this.#value;
  }

  /** Why the last try failed; `value` is older then. */
  get error(): AppError | undefined {
    this.#onScreen();
    return this.#error;
  }

  /** There is neither an answer nor an error yet. */
  get loading(): boolean {
    return this.value === undefined && this.error === undefined;
  }

  /** A question is in flight. */
  get busy(): boolean {
    this.#onScreen();
    return this.#busy;
  }

  /** Asks, and again on every change that matters, until the returned function is called. */
  start(): () => void {
    let later: ReturnType<typeof setTimeout> | undefined;
    const stop = this.hear((change) => {
      const concern = this.concerns(change);
      if (concern === true) void this.refresh();
      else if (concern === 'later')
        later ??= setTimeout(() => {
          later = undefined;
          void this.refresh();
        }, LATER_MS);
    });
    // Not at once: the first read may happen while a component is being drawn.
    queueMicrotask(() => void this.refresh());
    return () => {
      clearTimeout(later);
      stop();
    };
  }

  /** Another question in the same place; what it replaces is shown until it is answered. */
  ask(read: () => Promise<T>): Promise<void> {
    this.read = read;
    this.#question += 1;
    return this.refresh();
  }

  /** Asks again now. Settles when the answer that includes everything up to now is here. */
  refresh(): Promise<void> {
    if (this.#busy) {
      this.#waiting = true;
      return this.#done;
    }
    this.#busy = true;
    this.#done = this.#run();
    return this.#done;
  }

  async #run(): Promise<void> {
    do {
      this.#waiting = false;
      const question = this.#question;
      try {
        const value = await this.read();
        if (question !== this.#question) continue;
        this.#value = value;
        this.#error = undefined;
      } catch (thrown) {
        if (question === this.#question) this.#error = asAppError(thrown);
      }
    } while (this.#waiting);
    this.#busy = false;
  }
}
