// The run under the pointer of a chart, for others to show it too.
import { onDestroy, untrack } from 'svelte';

/** As a card begins: tells each run that `pointed` comes to, and none at last. By the key of the run. */
export function tellHighlight(pointed: () => string | null, tell: (key: string | null) => void): void {
  let told: string | null = null;
  $effect(() => {
    const key = pointed();
    if (key === told) return;
    told = key;
    untrack(() => tell(key));
  });
  // A card that is scrolled away does not hear the pointer leave.
  onDestroy(() => told !== null && tell(null));
}
