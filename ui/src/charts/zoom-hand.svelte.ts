// The hand on the axes of a chart: what a drag, the wheel and keys do to the part of them that is shown.
import type { Axis } from '../backend';
import { matchesKeys } from '../components/keys';
import {
  LEAST_DRAG_PX,
  boxOf,
  notBeyond,
  panned,
  zoomOf,
  zoomedAround,
  type Axes,
  type Place,
  type Zoom,
} from './zoom';
import { nextGesture } from './zooms';

export interface ZoomTarget {
  /** What is wanted now; undefined where there is nothing to take hold of. */
  axes: () => Axes | undefined;
  /** What the chart shows where nothing is zoomed, as far as that is known. */
  whole: () => { x?: Axis | undefined; y?: Axis | undefined };
  zoom: () => Zoom;
  onzoom: (change: Partial<Zoom>, gesture: number) => void;
}

type Drag =
  { kind: 'box'; from: Place; to: Place } | { kind: 'pan'; from: Place; axes: Axes; gesture: number };

/** Turns of the wheel, or keys, that follow each other so soon are one gesture. */
const ONE_GESTURE_MS = 700;
const LINE_PX = 18;

export class ZoomHand {
  #drag: Drag | undefined = $state.raw();
  /** The pointer has gone far enough from where it was pressed. */
  #hasMoved = $state(false);
  #row: { what: string; gesture: number; at_ms: number } | undefined;

  constructor(private readonly target: ZoomTarget) {}

  /** What the drag frames so far. */
  readonly box = $derived.by(() => {
    const axes = this.target.axes();
    const drag = this.#drag;
    return axes && drag?.kind === 'box' ? boxOf(drag.from, drag.to, axes.plot) : undefined;
  });
  get isDown(): boolean {
    return this.#drag !== undefined;
  }
  get isDragging(): boolean {
    return this.#hasMoved;
  }
  get isPanning(): boolean {
    return this.#hasMoved && this.#drag?.kind === 'pan';
  }

  press(place: Place, kind: Drag['kind']): void {
    const axes = this.target.axes();
    if (!axes) return;
    this.#hasMoved = false;
    this.#drag =
      kind === 'box' ? { kind, from: place, to: place } : { kind, from: place, axes, gesture: nextGesture() };
  }

  move(to: Place): void {
    const drag = this.#drag;
    if (!drag) return;
    this.#hasMoved ||= Math.hypot(to.x - drag.from.x, to.y - drag.from.y) >= LEAST_DRAG_PX;
    if (drag.kind === 'box') this.#drag = { ...drag, to };
    else if (this.#hasMoved) this.#pan(drag.axes, drag.from, to, drag.gesture);
  }

  /** Whether it was a drag and not a press. */
  release(): boolean {
    const { box } = this;
    const axes = this.target.axes();
    if (box && axes) this.target.onzoom(zoomOf(box, axes), nextGesture());
    const hasMoved = this.#hasMoved;
    this.drop();
    return hasMoved;
  }

  drop(): void {
    this.#drag = undefined;
    this.#hasMoved = false;
  }

  /**
   * The wheel zooms with Ctrl (a pinch comes so, too) or while the chart has the focus; over the numbers of y it zooms
   * y. With Shift, or sideways, it pans. Says whether it was for the chart: otherwise the page scrolls.
   */
  wheel(event: WheelEvent, place: Place, hasFocus: boolean): boolean {
    const axes = this.target.axes();
    if (!axes) return false;
    const unit_px = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PX;
    const [aside, down] = [event.deltaX * unit_px, event.deltaY * unit_px];
    const asked = event.ctrlKey || event.metaKey;
    if (event.shiftKey || Math.abs(aside) > Math.abs(down)) {
      if (!asked && !event.shiftKey && !hasFocus) return false;
      const x = panned(axes.x, (aside || down) / axes.plot.width, this.target.whole().x);
      if (x) this.target.onzoom({ x }, this.#inRow('wheel pan'));
      return x !== undefined || asked;
    }
    if (!asked && !hasFocus) return false;
    const axis = place.x < axes.plot.x ? 'y' : 'x';
    const factor = Math.exp(Math.max(-0.5, Math.min(0.5, down / 300)));
    return this.#zoomAround(axis, place, factor, `wheel ${axis}`) || asked;
  }

  /** Says whether the key was for the axes. */
  key(event: KeyboardEvent, place: Place): boolean {
    const axes = this.target.axes();
    if (!axes) return false;
    const { key, altKey } = event;
    if (['+', '=', '-'].includes(key) && !event.ctrlKey && !event.metaKey) {
      const axis = altKey ? 'y' : 'x';
      this.#zoomAround(axis, place, key === '-' ? 1.5 : 1 / 1.5, `key ${axis}`);
      return true;
    }
    const by = {
      'Ctrl Left': [-0.2, 0],
      'Ctrl Right': [0.2, 0],
      'Ctrl Up': [0, 0.2],
      'Ctrl Down': [0, -0.2],
    };
    const pan = Object.entries(by).find(([keys]) => matchesKeys(event, keys))?.[1];
    if (!pan) return false;
    const { plot } = axes;
    const to = { x: -(pan[0] ?? 0) * plot.width, y: (pan[1] ?? 0) * plot.height };
    this.#pan(axes, { x: 0, y: 0 }, to, this.#inRow('key pan'));
    return true;
  }

  /** y moves along only where it is zoomed: otherwise it follows what is shown of x. */
  #pan({ plot, x, y }: Axes, from: Place, to: Place, gesture: number): void {
    const movedX = panned(x, (from.x - to.x) / plot.width, this.target.whole().x);
    const movedY = this.target.zoom().y && panned(y, (to.y - from.y) / plot.height, undefined);
    if (movedX || movedY)
      this.target.onzoom({ ...(movedX && { x: movedX }), ...(movedY && { y: movedY }) }, gesture);
  }

  #zoomAround(axis: 'x' | 'y', { x, y }: Place, factor: number, what: string): boolean {
    const axes = this.target.axes();
    if (!axes) return false;
    const { plot } = axes;
    const share = axis === 'x' ? (x - plot.x) / plot.width : 1 - (y - plot.y) / plot.height;
    const range = zoomedAround(axes[axis], Math.min(1, Math.max(0, share)), factor);
    if (!range) return false;
    const next = factor > 1 ? notBeyond(range, axes[axis], this.target.whole()[axis]) : range;
    const isNothing = next === null && this.target.zoom()[axis] === null;
    if (!isNothing) this.target.onzoom(axis === 'x' ? { x: next } : { y: next }, this.#inRow(what));
    return !isNothing;
  }

  /** The gesture that goes on, or a new one. */
  #inRow(what: string): number {
    const at_ms = performance.now();
    const goesOn = this.#row?.what === what && at_ms - this.#row.at_ms < ONE_GESTURE_MS;
    const gesture = goesOn && this.#row ? this.#row.gesture : nextGesture();
    this.#row = { what, gesture, at_ms };
    return gesture;
  }
}
