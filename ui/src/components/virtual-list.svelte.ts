// A long list inside a page that scrolls. For tables with a scroller of their own there is `table/`.
import { observeElementRect } from '@tanstack/virtual-core';
import type { Attachment } from 'svelte/attachments';
import { keepFocus } from './keep-focus.svelte';
import { firstRowsFirst, Virtual, type CoreOptions } from './virtual.svelte';

/** What there is room for where that cannot be told. */
const USUAL_PX = 900;

export class VirtualList extends Virtual {
  /** The nearest element around the list that scrolls. */
  #scroller: HTMLElement | null = null;

  /** For an item whose size is not known beforehand, with `{@attach}`. */
  measure(index: number): Attachment<HTMLElement> {
    return (node) => {
      node.dataset['index'] = String(index);
      this.core.measureElement(node);
      return () => this.core.measureElement(null);
    };
  }

  /** `head_px` at the top of what scrolls is covered. */
  override show(index: number, head_px = 0): void {
    const item = this.core.measurementsCache[index];
    if (!item || !this.#scroller) return;
    const top_px = -this.#offset_px();
    const above_px = top_px + item.start - head_px;
    const below_px = top_px + item.end - this.#scroller.clientHeight;
    if (above_px < 0) this.#scroller.scrollTop += above_px;
    else if (below_px > 0) this.#scroller.scrollTop += below_px;
  }

  protected override watch(node: HTMLElement): () => void {
    this.#scroller = scrollerOf(node);
    const stop = super.watch(node);
    keepFocus(node, () => this.items);
    return () => {
      stop();
      this.#scroller = null;
    };
  }

  protected override options(): CoreOptions {
    return {
      ...super.options(),
      getScrollElement: () => this.#scroller,
      observeElementRect: firstRowsFirst((core, tell) =>
        observeElementRect(core, ({ width, height }) => tell({ width, height: height || USUAL_PX })),
      ),
      observeElementOffset: (_core, tell) => this.#watchOffset((offset_px) => tell(offset_px, false)),
      // The page scrolls by itself; only what was guessed wrongly above the screen is made up for.
      scrollToFn: (_offset_px, { adjustments = 0 }) => {
        if (adjustments !== 0 && this.#scroller) this.#scroller.scrollTop += adjustments;
      },
    };
  }

  /** How far the list is scrolled out at the top; negative while it begins further down. */
  #offset_px(): number {
    if (!this.#scroller || !this.node) return 0;
    const edge_px = this.#scroller.getBoundingClientRect().top + this.#scroller.clientTop;
    return edge_px - this.node.getBoundingClientRect().top;
  }

  /** The list moves when the page scrolls, and when what stands above it grows. */
  #watchOffset(tell: (offset_px: number) => void): () => void {
    const scroller = this.#scroller;
    const look = () => tell(Math.max(0, this.#offset_px()));
    scroller?.addEventListener('scroll', look, { passive: true });
    const grown = new ResizeObserver(look);
    for (let node = this.node?.parentElement; node && node !== scroller; node = node.parentElement) {
      grown.observe(node);
    }
    look();
    return () => {
      scroller?.removeEventListener('scroll', look);
      grown.disconnect();
    };
  }
}

/** The nearest element around it that scrolls up and down. */
function scrollerOf(node: HTMLElement): HTMLElement {
  for (let around = node.parentElement; around; around = around.parentElement) {
    if (/^(auto|scroll)$/.test(getComputedStyle(around).overflowY)) return around;
  }
  return document.documentElement;
}
