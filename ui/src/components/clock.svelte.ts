// The time for ages on screen: one clock for the window, moving every 10 s while something on screen reads it.
import { createSubscriber } from 'svelte/reactivity';

class Clock {
  #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, 10_000);
    return () => clearInterval(timer);
  });

  /** Milliseconds since 1970; reading it in a template keeps the template fresh. */
  get now_ms(): number {
    this.#subscribe();
    return Date.now();
  }
}

/** One for the window, so that all ages on screen move together. */
export const clock = new Clock();
