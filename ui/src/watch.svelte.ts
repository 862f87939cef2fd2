// What the window watches: the app keeps that up to date, and nothing else.
import { commands, type Change, type Scope } from './backend';

/** Some things of one profile: what is watched or read again. */
export interface ProfileScopes {
  profileId: string;
  scopes: readonly Scope[];
}

type Watched = [profileId: string, scope: Scope];

/** Equal to no list, so that the next one is sent in any case. */
const UNKNOWN = '?';

/** What all screens and cards watch, as one list for the app. */
export class WatchList {
  readonly #watchers = new Set<Watched[]>();
  /** What the app was told last. */
  #told = '';
  #telling = false;

  constructor(private send: (watched: Watched[]) => Promise<unknown>) {}

  /** For a page that begins: the app may still have the list of the page before it, so it is told even of nothing. */
  begin(): void {
    this.#told = UNKNOWN;
    void this.#tell();
  }

  /** Watches these until the returned function is called. */
  add(all: readonly ProfileScopes[]): () => void {
    const watcher = all.flatMap(({ profileId, scopes }) =>
      scopes.map((scope): Watched => [profileId, scope]),
    );
    this.#watchers.add(watcher);
    void this.#tell();
    return () => {
      this.#watchers.delete(watcher);
      void this.#tell();
    };
  }

  /** Tells the app where something has changed. One word at a time, so that an older one never comes last. */
  async #tell(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    // What comes and goes while the screen is brought up to date is one change.
    await Promise.resolve();
    try {
      for (;;) {
        const all = new Map([...this.#watchers].flat().map((each) => [JSON.stringify(each), each]));
        const names = [...all.keys()].sort().join('\n');
        if (names === this.#told) return;
        this.#told = names;
        await this.send([...all.values()]);
      }
    } catch {
      // The next change says everything again.
      this.#told = UNKNOWN;
    } finally {
      this.#telling = false;
    }
  }
}

// One for the page: the app keeps one list for it.
const watchList = new WatchList((watched) => commands.watch(watched));
watchList.begin();

/**
 * For a component, as it begins: watches these while it is there. What lies inside of it comes later in the list, and
 * is served first.
 */
export function watch(all: () => readonly ProfileScopes[]): void {
  $effect.pre(() => watchList.add(all()));
}

/** Whether a change says only how fresh one of these is. */
export function isFreshnessOf(change: Change, all: readonly ProfileScopes[]): boolean {
  if (change.kind !== 'freshness') return false;
  const name = JSON.stringify(change.scope);
  return all.some(
    ({ profileId, scopes }) =>
      profileId === change.profileId && scopes.some((scope) => JSON.stringify(scope) === name),
  );
}
