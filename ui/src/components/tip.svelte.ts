// The one tooltip of the window. A button costs nothing for having one: rows by the dozen have such buttons.
import type { Attachment } from 'svelte/attachments';

export interface TipWords {
  text: string;
  /** A shortcut to show. */
  keys?: string | undefined;
}

/** Until a tooltip comes under a mouse that rests. */
const DELAY_MS = 450;
/** From one tooltip to the next there is no delay for so long. */
const NEXT_MS = 250;

class Tip {
  shown: { anchor: HTMLElement; words: () => TipWords } | undefined = $state.raw();
  /** The control that the mouse or the keyboard is on. */
  #at: HTMLElement | undefined;
  #coming: ReturnType<typeof setTimeout> | undefined;
  #hidden_ms = -Infinity;

  show(anchor: HTMLElement, words: () => TipWords): void {
    clearTimeout(this.#coming);
    this.#at = anchor;
    this.shown = { anchor, words };
  }

  showSoon(anchor: HTMLElement, words: () => TipWords): void {
    clearTimeout(this.#coming);
    this.#at = anchor;
    if (performance.now() - this.#hidden_ms < NEXT_MS) this.show(anchor, words);
    else this.#coming = setTimeout(() => this.show(anchor, words), DELAY_MS);
  }

  hide(): void {
    clearTimeout(this.#coming);
    if (this.shown) this.#hidden_ms = performance.now();
    this.#at = undefined;
    this.shown = undefined;
  }

  /** The control has gone: so does its tooltip, also one that was still to come. */
  gone(anchor: HTMLElement): void {
    if (this.#at === anchor) this.hide();
  }
}

/** One for the window: only one tooltip is ever shown. */
export const tip = new Tip();

/** Says more about a control while the mouse rests on it, and when the keyboard comes to it; for `{@attach}`. */
export function tipped(words: () => TipWords): Attachment<HTMLElement> {
  return (node) => {
    const enter = (event: PointerEvent) => {
      if (event.pointerType !== 'touch') tip.showSoon(node, words);
    };
    const focus = () => {
      if (node.matches(':focus-visible')) tip.show(node, words);
    };
    const away = () => tip.hide();
    node.addEventListener('pointerenter', enter);
    node.addEventListener('focus', focus);
    const ends = ['pointerleave', 'pointerdown', 'click', 'blur'] as const;
    for (const end of ends) node.addEventListener(end, away);
    return () => {
      node.removeEventListener('pointerenter', enter);
      node.removeEventListener('focus', focus);
      for (const end of ends) node.removeEventListener(end, away);
      tip.gone(node);
    };
  };
}
