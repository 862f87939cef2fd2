// Which run is meant in a chart of points: by the pointer, by keys, or by another chart.
import type { MarkedRuns, RunRef } from '../backend';
import { runKey } from '../run-ref';
import { choose, markOf, markedRun, orderBy, stepAlong, type Choosing } from './marks';

type Tenths = readonly (number | null)[];

/** In CSS pixels of the picture. */
export interface Place {
  x: number;
  y: number;
}

/** The points that keys walk: one coordinate of each, none where it has no place. */
export interface Walk {
  across: Tenths;
  down: Tenths;
}

/** Where a point stands in the picture, if it does. */
export function placeIn({ across, down }: Walk, at: number): Place | undefined {
  const [x, y] = [across[at], down[at]];
  return x == null || y == null ? undefined : { x: x / 10, y: y / 10 };
}

/** As a card begins. */
export class PointPointer {
  /** The run that is meant here, by its place among all. */
  at: number | undefined = $state();
  /** Where the picture was in the window when a point was meant last. */
  origin = $state.raw({ left: 0, top: 0 });
  readonly pointed: RunRef | undefined = $derived.by(() => {
    const runs = this.runs();
    return runs && this.at !== undefined ? markedRun(runs, this.at) : undefined;
  });
  /** The run that stands out: the one that is meant here, or the one that others point at. */
  readonly lit: number | undefined = $derived.by(() => {
    const [runs, key] = [this.runs(), this.highlighted()];
    return this.at ?? (runs && key !== null ? markOf(runs, key) : undefined);
  });
  #orders: { of: Walk; across: number[]; down: number[] } | undefined;

  constructor(
    private runs: () => MarkedRuns | undefined,
    private highlighted: () => string | null,
  ) {}

  /** Where the pointer is in the picture. */
  placeOf(event: PointerEvent & { currentTarget: HTMLElement }): Place {
    this.origin = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - this.origin.left, y: event.clientY - this.origin.top };
  }

  /** Another picture may have the same run in another place, or not at all. */
  keep(runs: MarkedRuns): void {
    this.at = this.pointed && markOf(runs, runKey(this.pointed));
  }

  /** What a key does with the points; false where it means nothing. */
  key(
    event: KeyboardEvent & { currentTarget: HTMLElement },
    walk: Walk | undefined,
    does: Choosing,
  ): boolean {
    const to = walk && this.#byKey(event.key, walk);
    if (to !== undefined) {
      this.origin = event.currentTarget.getBoundingClientRect();
      this.at = to;
    } else if (event.key === 'Enter' && this.pointed) choose(event, this.pointed, does);
    else if (event.key === 'Escape' && this.at !== undefined) this.at = undefined;
    else return false;
    return true;
  }

  #byKey(key: string, walk: Walk): number | undefined {
    if (this.#orders?.of !== walk) {
      const isThere = (i: number) => walk.across[i] != null && walk.down[i] != null;
      const order = (of: Tenths) => orderBy(of.map((each) => each ?? 0)).filter(isThere);
      this.#orders = { of: walk, across: order(walk.across), down: order(walk.down) };
    }
    const { across, down } = this.#orders;
    if (key === 'ArrowRight') return stepAlong(across, this.at, 1);
    if (key === 'ArrowLeft') return stepAlong(across, this.at, -1);
    if (key === 'ArrowDown') return stepAlong(down, this.at, 1);
    if (key === 'ArrowUp') return stepAlong(down, this.at, -1);
    if (key === 'Home') return across[0];
    return key === 'End' ? across.at(-1) : undefined;
  }
}
