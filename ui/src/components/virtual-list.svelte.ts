// A long list inside a page that scrolls: only the items on screen are drawn, the others are empty room. For tables
// with a scroller of their own there is `table/`.
import { observeElementRect, Virtualizer, type VirtualItem } from '@tanstack/virtual-core';
import { untrack } from 'svelte';
import type { Attachment } from 'svelte/attachments';

interface Size {
  count: number;
  /** Of one item with the gap behind it; where items differ, about what they have: see `measure`. */
  size_px: number;
  /** Items drawn before and after those on screen. */
  overscan?: number;
}

/** How much is drawn before it is known how much there is room for. */
const FIRST_PX = 900;

export class VirtualList {
  #core: Virtualizer<HTMLElement, HTMLElement>;
  #list: HTMLElement | null = null;
  #scroller: HTMLElement | null = null;
  #version = $state(0);
  #seen = '';

  constructor(private readonly size: () => Size) {
    this.#core = new Virtualizer(untrack(() => this.#options()));
  }

  items: VirtualItem[] = $derived.by(() => {
    void this.#version;
    this.#core.setOptions(this.#options());
    return this.#core.getVirtualItems();
  });

  /** Empty room before and after the items that are drawn. */
  before_px: number = $derived(this.items[0]?.start ?? 0);
  after_px: number = $derived.by(() => {
    const end_px = this.items.at(-1)?.end ?? 0;
    return Math.max(0, this.#core.getTotalSize() - end_px);
  });

  /** For the element that holds the items and the room, with `{@attach}`. What scrolls is found above it. */
  attach: Attachment<HTMLElement> = (node) => {
    this.#list = node;
    this.#scroller = scrollerOf(node);
    const stop = this.#core._didMount();
    untrack(() => {
      this.#core.setOptions(this.#options());
      this.#core._willUpdate();
      this.#version++;
    });
    let known_px = untrack(() => this.size().size_px);
    $effect(() => {
      const { size_px } = this.size();
      if (size_px === known_px) return;
      known_px = size_px;
      untrack(() => {
        this.#core.setOptions(this.#options());
        this.#core.measure();
        this.#version++;
      });
    });
    return () => {
      stop();
      this.#list = null;
      this.#scroller = null;
    };
  };

  /** For an item whose size is not known beforehand, with `{@attach}`. */
  measure(index: number): Attachment<HTMLElement> {
    return (node) => {
      node.dataset['index'] = String(index);
      this.#core.measureElement(node);
      return () => this.#core.measureElement(null);
    };
  }

  isDrawn(index: number): boolean {
    return index >= (this.items[0]?.index ?? Infinity) && index <= (this.items.at(-1)?.index ?? -1);
  }

  /** Brings an item into view with as little movement as possible; `head_px` at the top is covered. */
  show(index: number, head_px = 0): void {
    const item = this.#core.measurementsCache[index];
    if (!item || !this.#scroller) return;
    const top_px = -this.#offset_px();
    const above_px = top_px + item.start - head_px;
    const below_px = top_px + item.end - this.#scroller.clientHeight;
    if (above_px < 0) this.#scroller.scrollTop += above_px;
    else if (below_px > 0) this.#scroller.scrollTop += below_px;
  }

  /** How far the list is scrolled out at the top; negative while it begins further down. */
  #offset_px(): number {
    if (!this.#scroller || !this.#list) return 0;
    const edge_px = this.#scroller.getBoundingClientRect().top + this.#scroller.clientTop;
    return edge_px - this.#list.getBoundingClientRect().top;
  }

  #options() {
    const { count, size_px, overscan = 4 } = this.size();
    return {
      count,
      overscan,
      estimateSize: () => size_px,
      initialRect: { width: 0, height: FIRST_PX },
      getScrollElement: () => this.#scroller,
      observeElementRect: (
        core: Virtualizer<HTMLElement, HTMLElement>,
        tell: (rect: { width: number; height: number }) => void,
      ) => observeElementRect(core, ({ width, height }) => tell({ width, height: height || FIRST_PX })),
      observeElementOffset: (
        _core: Virtualizer<HTMLElement, HTMLElement>,
        tell: (offset_px: number, isScrolling: boolean) => void,
      ) => this.#watch(tell),
      // The page scrolls by itself; only what was guessed wrongly above the screen is made up for.
      scrollToFn: (_offset_px: number, { adjustments = 0 }: { adjustments?: number }) => {
        if (adjustments !== 0 && this.#scroller) this.#scroller.scrollTop += adjustments;
      },
      onChange: () => this.#moved(),
    };
  }

  /** The list moves when the page scrolls, and when what stands above it grows. */
  #watch(tell: (offset_px: number, isScrolling: boolean) => void): () => void {
    const scroller = this.#scroller;
    const look = () => tell(Math.max(0, this.#offset_px()), false);
    scroller?.addEventListener('scroll', look, { passive: true });
    const grown = new ResizeObserver(look);
    for (let node = this.#list?.parentElement; node && node !== scroller; node = node.parentElement) {
      grown.observe(node);
    }
    look();
    return () => {
      scroller?.removeEventListener('scroll', look);
      grown.disconnect();
    };
  }

  /** The core speaks at every pixel; readers only care when other items come on screen, or the room changes. */
  #moved(): void {
    const { range } = this.#core;
    const seen = `${range?.startIndex} ${range?.endIndex} ${this.#core.getTotalSize()}`;
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#version++;
  }
}

/** The nearest element around it that scrolls up and down. */
function scrollerOf(node: HTMLElement): HTMLElement {
  for (let around = node.parentElement; around; around = around.parentElement) {
    if (/^(auto|scroll)$/.test(getComputedStyle(around).overflowY)) return around;
  }
  return document.documentElement;
}
