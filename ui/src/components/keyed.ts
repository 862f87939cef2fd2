// Keys for `{#each}` over what comes from outside.

export interface Keyed<T> {
  key: string;
  item: T;
}

/**
 * The items with a key that no other of them has. Svelte gives up a whole page where two items have one key, and
 * outside of Podium two things may well have one name: datasets, files, params.
 */
export function keyed<T>(items: readonly T[], name: (item: T) => string): Keyed<T>[] {
  const times = new Map<string, number>();
  return items.map((item) => {
    const of = name(item);
    const before = times.get(of) ?? 0;
    times.set(of, before + 1);
    return { key: `${before} ${of}`, item };
  });
}
