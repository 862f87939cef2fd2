// How fresh the screen in front of the user is: each screen says it, and the bars of the window show it.
import type { Freshness } from '../backend';
import { watch, type ProfileScopes } from '../watch.svelte';
import { refreshNow } from './refresh';

export interface Shown {
  freshness: Freshness | undefined;
  /** What the freshness counts: "runs", "versions". */
  of: string;
  /** What is kept up to date, and read again when the user asks for it. */
  scopes: readonly ProfileScopes[];
}

class OnScreen {
  #shown = $state.raw<Shown>();

  get shown(): Shown | undefined {
    return this.#shown;
  }

  /** Says it until the returned function is called. */
  show(shown: Shown): () => void {
    this.#shown = shown;
    return () => {
      // The next screen may have spoken already.
      if (this.#shown === shown) this.#shown = undefined;
    };
  }
}

/** One for the window: one screen is in front, and it is the bars outside of it that read this. */
export const onScreen = new OnScreen();

/** For a screen as it begins: shows this, and watches it, while the screen is there. Returns what reads it again. */
export function showOnScreen(shown: () => Shown): () => void {
  watch(() => shown().scopes);
  $effect(() => onScreen.show(shown()));
  return () => void refreshNow(shown().scopes);
}
