// What a card asks the app to draw, and when it asks anew.
import { createSubscriber } from 'svelte/reactivity';
import { onChange, type Change, type Paper } from '../backend';

/** A question to draw. As a card begins. */
export class Drawing<Question> {
  // As text, so that rows which were read again but say the same do not make a new drawing.
  readonly #text = $derived.by(() => JSON.stringify(this.question()));
  readonly asked: Question = $derived.by(() => JSON.parse(this.#text) as Question);
  readonly #changes: () => void;

  constructor(
    private question: () => Question,
    /** Whether the picture may look another way after this change. */
    concerns: (change: Change) => boolean,
    private send: (asked: Question, paper: Paper) => Promise<ArrayBuffer>,
  ) {
    this.#changes = createSubscriber((update) => onChange((change) => concerns(change) && update()));
  }

  /** Draws; another function as soon as there is something new to draw. */
  readonly draw = $derived.by(() => {
    this.#changes();
    const { asked } = this;
    return (paper: Paper) => this.send(asked, paper);
  });
}
