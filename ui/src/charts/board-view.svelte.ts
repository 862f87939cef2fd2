// How a board is looked at: what is zoomed to, pointed at and has all the room. Not kept.
import type { ShownBoard } from './board-file';
import { syncZoom, type SyncZoom } from './sync-zoom.svelte';
import type { Zoom } from './zoom';
import { canStepBack, shownWhole, steppedBack, zoomedTo, type Range, type Zooms } from './zooms';

/** The brushed range of each column that has one, in its values, by the id of the column. */
export type Brushes = Readonly<Record<string, Range>>;
const NO_BRUSHES: Brushes = {};

export class BoardView {
  /** The card that has all the room, by its id. */
  full = $state<string | null>(null);
  /** The card that is to be brought on screen. */
  wanted = $state<string | null>(null);
  /** What stands on the board now, for its file; the board that is looked at says it. */
  shown: (() => ShownBoard) | undefined;
  #zooms = $state.raw<Zooms>({});
  #cursors = $state.raw<Readonly<Record<string, number>>>({});
  #brushes = $state.raw<Readonly<Record<string, Brushes>>>({});
  /** The runs inside the brushes of each card that has some, by their keys. */
  #inside = $state.raw<Readonly<Record<string, readonly string[]>>>({});

  constructor(private readonly sync: Pick<SyncZoom, 'on' | 'switched'> = syncZoom) {}

  /** What a card shows. A range of steps means nothing in minutes: each x has its own. */
  zoomOf(card: string, xAxis: string): Zoom {
    const [x, y] = this.#keys(card, xAxis);
    return { x: this.#rangeOf(x, xAxis), y: this.#zooms[y]?.range ?? null };
  }
  /** All changes of one gesture are one step. */
  zoom(card: string, xAxis: string, { x, y }: Partial<Zoom>, gesture: number): void {
    const [keyX, keyY] = this.#keys(card, xAxis);
    const start = this.#rangeOf(keyX, xAxis);
    if (x !== undefined) this.#zooms = zoomedTo(this.#zooms, keyX, x, gesture, start);
    if (y !== undefined) this.#zooms = zoomedTo(this.#zooms, keyY, y, gesture);
  }
  canStepBack(card: string, xAxis: string): boolean {
    return canStepBack(this.#zooms, this.#keys(card, xAxis));
  }
  stepBack(card: string, xAxis: string): void {
    this.#zooms = steppedBack(this.#zooms, this.#keys(card, xAxis));
  }
  showWhole(card: string, xAxis: string): void {
    this.#zooms = shownWhole(this.#zooms, this.#keys(card, xAxis));
  }

  /** The crosshair that all charts of one x share. */
  cursorOf(xAxis: string): number | null {
    return this.#cursors[xAxis] ?? null;
  }
  point(xAxis: string, x: number | null): void {
    this.#cursors = withPart(this.#cursors, xAxis, x);
  }

  /** The brushed ranges of a card, which are there again when it comes back on screen. */
  brushesOf(card: string): Brushes {
    return this.#brushes[card] ?? NO_BRUSHES;
  }
  brush(card: string, brushes: Brushes): void {
    const isAny = Object.keys(brushes).length > 0;
    this.#brushes = withPart(this.#brushes, card, isAny ? brushes : null);
  }
  /** Which runs a card has found inside its brushes; null: it has none. */
  found(card: string, keys: readonly string[] | null): void {
    this.#inside = withPart(this.#inside, card, keys);
  }
  /** The runs inside all brushes of all cards; null: nothing is brushed. */
  readonly inside: readonly string[] | null = $derived.by(() => {
    const all = Object.values(this.#inside);
    const [first, ...others] = all.map((keys) => new Set(keys));
    return first ? [...first].filter((key) => others.every((keys) => keys.has(key))) : null;
  });
  /** Cards that are gone take their brushes with them. */
  keepOnly(cards: ReadonlySet<string>): void {
    for (const card of Object.keys(this.#brushes).filter((id) => !cards.has(id))) this.brush(card, {});
    for (const card of Object.keys(this.#inside).filter((id) => !cards.has(id))) this.found(card, null);
  }

  /** Under which names the zoom of a card is known: that of x, which may be shared, and its own of y. */
  #keys(card: string, xAxis: string): [string, string] {
    const { on, switched } = this.sync;
    return [on ? sharedX(xAxis) : JSON.stringify(['x', xAxis, card, switched]), JSON.stringify(['y', card])];
  }
  /** A card that zooms by itself goes on from what all have shown. */
  #rangeOf(key: string, xAxis: string): Range | null {
    return (this.#zooms[key] ?? this.#zooms[sharedX(xAxis)])?.range ?? null;
  }
}

const sharedX = (xAxis: string): string => JSON.stringify(['x', xAxis]);

function withPart<T>(all: Readonly<Record<string, T>>, key: string, part: T | null): Record<string, T> {
  const others = Object.fromEntries(Object.entries(all).filter(([each]) => each !== key));
  return part === null ? others : { ...others, [key]: part };
}
