// How a board is looked at: what is zoomed to, pointed at and has all the room. Not kept.
type XRange = [number, number];

export class BoardView {
  /** The card that has all the room, by its id. */
  full = $state<string | null>(null);
  /** Whether charts of one x zoom together. */
  together = $state(true);
  /** The card that is to be brought on screen. */
  wanted = $state<string | null>(null);
  #ranges = $state.raw<Readonly<Record<string, XRange>>>({});
  #cursors = $state.raw<Readonly<Record<string, number>>>({});

  /** The part of x that a card shows; null: everything. A range of steps means nothing in minutes. */
  rangeOf(card: string, xAxis: string): XRange | null {
    return this.#ranges[this.#sharing(card, xAxis)] ?? null;
  }
  zoom(card: string, xAxis: string, range: XRange | null): void {
    this.#ranges = withPart(this.#ranges, this.#sharing(card, xAxis), range);
  }

  /** The crosshair that all charts of one x share. */
  cursorOf(xAxis: string): number | null {
    return this.#cursors[xAxis] ?? null;
  }
  point(xAxis: string, x: number | null): void {
    this.#cursors = withPart(this.#cursors, xAxis, x);
  }

  #sharing(card: string, xAxis: string): string {
    return this.together ? xAxis : `${xAxis} ${card}`;
  }
}

function withPart<T>(all: Readonly<Record<string, T>>, key: string, part: T | null): Record<string, T> {
  const others = Object.fromEntries(Object.entries(all).filter(([each]) => each !== key));
  return part === null ? others : { ...others, [key]: part };
}
