// What the user may do with each model, as far as its server says it: asked once it matters, and again after a while.
import { SvelteMap } from 'svelte/reactivity';
import { commands, type ModelRights } from '../backend';

/** An answer is believed this long: somebody may be given a right meanwhile. */
const BELIEVED_MS = 60_000;
const AT_ONCE = 4;

interface Known {
  rights: ModelRights | undefined;
  asked_ms: number;
}

export class Rights {
  readonly #known = new SvelteMap<string, Known>();
  readonly #waiting: (() => Promise<void>)[] = [];
  #underway = 0;

  constructor(private ask: typeof commands.modelRights = (...of) => commands.modelRights(...of)) {}

  /** What is known now; undefined is not known, so it may be tried. */
  of(profileId: string, model: string): ModelRights | undefined {
    return this.#known.get(keyOf(profileId, model))?.rights;
  }

  /** Asks the server for those that were not asked for lately. */
  need(profileId: string, models: readonly string[]): void {
    const now_ms = Date.now();
    for (const model of models) {
      const key = keyOf(profileId, model);
      const known = this.#known.get(key);
      if (known && now_ms - known.asked_ms < BELIEVED_MS) continue;
      this.#known.set(key, { rights: known?.rights, asked_ms: now_ms });
      this.#waiting.push(async () => {
        try {
          this.#known.set(key, { rights: await this.ask(profileId, model), asked_ms: now_ms });
        } catch {
          // The server itself refuses what may not be done.
        }
      });
    }
    this.#goOn();
  }

  #goOn(): void {
    while (this.#underway < AT_ONCE) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#underway += 1;
      void next().finally(() => {
        this.#underway -= 1;
        this.#goOn();
      });
    }
  }
}

const keyOf = (profileId: string, model: string) => `${profileId}/${model}`;

export const rights = new Rights();
