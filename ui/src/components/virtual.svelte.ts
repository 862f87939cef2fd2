// The items of a long list that are on screen, and where they stand; the others are empty room. On virtual-core.
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import { untrack } from 'svelte';
import type { Attachment } from 'svelte/attachments';

export interface Size {
  count: number;
  /** Of one item with the gap behind it. A function where each has its own; for items that are measured, about what they have. */
  size_px: number | ((index: number) => number);
  horizontal?: boolean;
  /** Room before the first item that belongs to something sticky. */
  start_px?: number;
  /** Room after the last item for what floats over it. */
  end_px?: number;
  /** Items drawn before and after those on screen. */
  overscan?: number;
}

/** How much is drawn at first. */
const FIRST_PX = 200;

export type Core = Virtualizer<HTMLElement, HTMLElement>;
export type CoreOptions = VirtualizerOptions<HTMLElement, HTMLElement>;

/** One axis of an element that scrolls by itself; for a list in a page that scrolls there is `VirtualList`. */
export class Virtual {
  protected readonly core: Core;
  /** What holds the items, once it is there. */
  protected node: HTMLElement | null = null;
  #version = $state(0);
  #seen = '';

  constructor(private readonly size: () => Size) {
    this.core = new Virtualizer(untrack(() => this.options()));
  }

  readonly #drawn = $derived.by(() => {
    void this.#version;
    this.core.setOptions(this.options());
    return { items: this.core.getVirtualItems(), total_px: this.core.getTotalSize() };
  });

  readonly items: VirtualItem[] = $derived.by(() => this.#drawn.items);
  /** Length of everything, sticky room included. */
  readonly total_px: number = $derived.by(() => this.#drawn.total_px);
  /** Empty room before and after the items that are drawn. */
  readonly before_px: number = $derived.by(() => this.items[0]?.start ?? 0);
  readonly after_px: number = $derived.by(() => Math.max(0, this.total_px - (this.items.at(-1)?.end ?? 0)));

  /** For the element that holds the items, with `{@attach}`. */
  readonly attach: Attachment<HTMLElement> = (node) => this.watch(node);

  isDrawn(index: number): boolean {
    return index >= (this.items[0]?.index ?? Infinity) && index <= (this.items.at(-1)?.index ?? -1);
  }

  /** Brings an item into view with as little movement as possible. */
  show(index: number): void {
    if (index >= 0) this.core.scrollToIndex(index, { align: 'auto' });
  }

  /** Follows the element that holds the items, until the returned function is called. */
  protected watch(node: HTMLElement): () => void {
    this.node = node;
    const stop = this.core._didMount();
    untrack(() => {
      this.core.setOptions(this.options());
      this.core._willUpdate();
      this.#version++;
    });
    // The core remembers sizes, those that were measured too: it forgets them only when other ones are asked for.
    let known = untrack(() => this.#sizes());
    $effect(() => {
      const sizes = this.#sizes();
      if (sizes === known) return;
      known = sizes;
      untrack(() => {
        this.core.setOptions(this.options());
        this.core.measure();
        this.#version++;
      });
    });
    return () => {
      stop();
      this.node = null;
    };
  }

  /** What the core is told, anew whenever something of it changes. */
  protected options(): CoreOptions {
    const { count, size_px, horizontal = false, start_px = 0, end_px = 0, overscan = 4 } = this.size();
    return {
      count,
      horizontal,
      overscan,
      paddingStart: start_px,
      scrollPaddingStart: start_px,
      paddingEnd: end_px,
      scrollPaddingEnd: end_px,
      estimateSize: typeof size_px === 'number' ? () => size_px : size_px,
      getScrollElement: () => this.node,
      observeElementRect: horizontal ? observeElementRect : firstRowsFirst(observeElementRect),
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => this.#moved(),
    };
  }

  #sizes(): string {
    const { count, size_px } = this.size();
    if (typeof size_px === 'number') return String(size_px);
    return Array.from({ length: count }, (_, index) => size_px(index)).join();
  }

  /** The core calls at every pixel; readers need it only when other items come on screen, or the total size changes. */
  #moved(): void {
    const { range } = this.core;
    const seen = `${range?.startIndex} ${range?.endIndex} ${this.core.getTotalSize()}`;
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#version++;
  }
}

type Observe = CoreOptions['observeElementRect'];

/**
 * A page that is opened draws the beginning of each of its lists first and the rest of what fits two frames later, once
 * the beginning is on screen: a screenful of rows at once would be felt as a standstill.
 */
export function firstRowsFirst(observe: Observe): Observe {
  return (core, tell) => {
    let first = true;
    let seen: Parameters<typeof tell>[0] | undefined;
    const stop = observe(core, (rect) => {
      seen = rect;
      tell(first ? { ...rect, height: Math.min(rect.height || FIRST_PX, FIRST_PX) } : rect);
    });
    const whole = () => {
      first = false;
      if (seen) tell(seen);
    };
    let frame = requestAnimationFrame(() => (frame = requestAnimationFrame(whole)));
    return () => {
      cancelAnimationFrame(frame);
      stop?.();
    };
  };
}
