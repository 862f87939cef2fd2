// Light or dark: the system decides unless settings force one. Charts ask here which to draw in.
import { createSubscriber } from 'svelte/reactivity';

export type ThemeChoice = 'system' | 'light' | 'dark';

class Theme {
  #choice: ThemeChoice = $state('system');
  #subscribe = createSubscriber((update) => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    query.addEventListener('change', update);
    return () => query.removeEventListener('change', update);
  });

  get choice(): ThemeChoice {
    return this.#choice;
  }

  set choice(choice: ThemeChoice) {
    this.#choice = choice;
    if (choice === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
  }

  /** What is on screen now. */
  get current(): 'light' | 'dark' {
    this.#subscribe();
    if (this.#choice !== 'system') return this.#choice;
    return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
}

/** One for the window. */
export const theme = new Theme();
