// One axis of a scrolling surface on virtual-core: which items are on screen, and where.
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem,
} from '@tanstack/virtual-core';
import { untrack } from 'svelte';

interface Axis {
  count: number;
  size_px: (index: number) => number;
  horizontal?: boolean;
  /** Room before the first item that belongs to something sticky. */
  start_px?: number;
  /** Room after the last item for what floats over it. */
  end_px?: number;
  overscan?: number;
}

export class Virtual {
  #core: Virtualizer<HTMLElement, HTMLElement>;
  #node: HTMLElement | null = null;
  #version = $state(0);
  #range = '';

  constructor(private readonly axis: () => Axis) {
    this.#core = new Virtualizer(untrack(() => this.#options()));
  }

  items: VirtualItem[] = $derived.by(() => {
    void this.#version;
    this.#core.setOptions(this.#options());
    return this.#core.getVirtualItems();
  });

  /** Length of everything, sticky room included. */
  total_px: number = $derived.by(() => {
    void this.items;
    return this.#core.getTotalSize();
  });

  /** Watches a scrolling element; for `{@attach}`. */
  attach = (node: HTMLElement) => {
    this.#node = node;
    const stop = this.#core._didMount();
    untrack(() => {
      this.#core.setOptions(this.#options());
      this.#core._willUpdate();
      this.#version++;
    });
    // Sizes are remembered by the core: it must be told when they change.
    $effect(() => {
      const { count, size_px, end_px } = this.axis();
      void end_px;
      for (let i = 0; i < (this.axis().horizontal ? count : 0); i++) size_px(i);
      untrack(() => {
        this.#core.setOptions(this.#options());
        this.#core.measure();
        this.#version++;
      });
    });
    return () => {
      stop();
      this.#node = null;
    };
  };

  /** Brings an item into view with as little movement as possible. */
  show(index: number): void {
    if (index >= 0) this.#core.scrollToIndex(index, { align: 'auto' });
  }

  #options() {
    const { count, size_px, horizontal = false, start_px = 0, end_px = 0, overscan = 5 } = this.axis();
    return {
      count,
      horizontal,
      overscan,
      paddingStart: start_px,
      scrollPaddingStart: start_px,
      paddingEnd: end_px,
      scrollPaddingEnd: end_px,
      estimateSize: size_px,
      getScrollElement: () => this.#node,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => this.#moved(),
    };
  }

  /** The core speaks at every pixel; readers only care when other items come on screen. */
  #moved(): void {
    const range = `${this.#core.range?.startIndex} ${this.#core.range?.endIndex}`;
    if (range === this.#range) return;
    this.#range = range;
    this.#version++;
  }
}
