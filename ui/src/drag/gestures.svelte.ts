// Pointer and keyboard gestures for dragging, as attachments: {@attach draggable(…)} and {@attach dropzone(…)}.
import { untrack } from 'svelte';
import type { Attachment } from 'svelte/attachments';
import { scrollNearEdges } from './auto-scroll';
import { drag, type Cargo, type Zone } from './drag.svelte';

export interface Load {
  cargo: Cargo;
  /** What is being moved, in words; the ghost shows it. */
  label: string;
}

/** Pointer travel in CSS pixels before a press becomes a drag. */
const THRESHOLD_PX = 3;

/** Where the pointer is, for the ghost; outside of state that tests need. */
export const pointer = $state({ x: 0, y: 0 });

const zoneOf = new WeakMap<Element, Zone>();
const nodeOf = new WeakMap<Zone, HTMLElement>();

/** The element of a zone, for drawing on it. */
export function zoneElement(zone: Zone): HTMLElement | undefined {
  return nodeOf.get(zone);
}

/**
 * Lets an element be dragged. `load` says what, from the event (one table has many rows); undefined: nothing.
 * Space or Enter picks up by keyboard unless `keyboard` is false, where a menu calls `pickUp` instead.
 */
export function draggable(
  load: (event: PointerEvent | KeyboardEvent) => Load | undefined,
  options: { keyboard?: boolean } = {},
): Attachment<HTMLElement> {
  return (node) => {
    const withKeyboard = options.keyboard ?? true;
    if (withKeyboard) {
      if (!node.hasAttribute('tabindex')) node.tabIndex = 0;
      node.setAttribute('aria-roledescription', 'draggable');
    }
    const down = (event: PointerEvent) => {
      if (event.button !== 0 || !event.isPrimary || drag.inAir) return;
      const found = untrack(() => load(event));
      if (found) watchPointer(event, found);
    };
    const key = (event: KeyboardEvent) => {
      if (!withKeyboard || event.target !== node || (event.key !== ' ' && event.key !== 'Enter')) return;
      const found = untrack(() => load(event));
      if (!found) return;
      event.preventDefault();
      event.stopPropagation();
      pickUp(found);
    };
    node.addEventListener('pointerdown', down);
    node.addEventListener('keydown', key);
    return () => {
      node.removeEventListener('pointerdown', down);
      node.removeEventListener('keydown', key);
    };
  };
}

/** The keyboard's way: opens the list of places where this can go. For menus: "Move champion to…". */
export function pickUp(load: Load): void {
  drag.start(load.cargo, load.label, 'keyboard');
}

/**
 * Lets an element take what is dragged. Its state is on `data-drop`: ready, refused, over, over-refused.
 * `zone` is read again whenever it is needed, so it may look at state.
 */
export function dropzone(zone: () => Zone): Attachment<HTMLElement> {
  return (node) => {
    const own: Zone = {
      get label() {
        return untrack(zone).label;
      },
      accepts: (cargo) => zone().accepts(cargo),
      ondrop: (cargo) => untrack(zone).ondrop(cargo),
    };
    const forget = untrack(() => drag.register(own));
    const leave = stand(node, own);
    return () => {
      leave();
      untrack(forget);
    };
  };
}

/** As `dropzone`, for one of the zones that `drag.offer` has made known. */
export function dropzoneOf(zone: Zone): Attachment<HTMLElement> {
  return (node) => stand(node, zone);
}

/** The zone is where the element is, and the element shows its state. */
function stand(node: HTMLElement, zone: Zone): () => void {
  zoneOf.set(node, zone);
  nodeOf.set(zone, node);
  $effect(() => {
    const state = drag.stateOf(zone);
    if (state === 'idle') delete node.dataset.drop;
    else node.dataset.drop = state;
  });
  return () => {
    zoneOf.delete(node);
    if (nodeOf.get(zone) === node) nodeOf.delete(zone);
  };
}

/** Follows a press from its first pixel until the button is released, Escape is pressed or the window loses the focus. */
function watchPointer(press: PointerEvent, load: Load): void {
  const from = { x: press.clientX, y: press.clientY };
  const scroller = scrollNearEdges();
  let flying = false;

  const move = (event: PointerEvent) => {
    if (event.pointerId !== press.pointerId) return;
    if (!flying && Math.hypot(event.clientX - from.x, event.clientY - from.y) < THRESHOLD_PX) return;
    pointer.x = event.clientX;
    pointer.y = event.clientY;
    if (!flying) {
      flying = true;
      getSelection()?.removeAllRanges();
      document.documentElement.style.cursor = 'grabbing';
      drag.start(load.cargo, load.label, 'pointer');
    }
    event.preventDefault();
    drag.pointAt(zoneAt(event.clientX, event.clientY));
    scroller.follow(event.clientX, event.clientY);
  };
  const up = (event: PointerEvent) => {
    if (event.pointerId !== press.pointerId) return;
    if (flying) {
      drag.pointAt(zoneAt(event.clientX, event.clientY));
      drag.drop();
      swallowClick();
    }
    stop();
  };
  const escape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !flying) return;
    event.preventDefault();
    event.stopPropagation();
    stop();
  };
  const stop = () => {
    scroller.stop();
    if (flying) {
      document.documentElement.style.cursor = '';
      drag.cancel();
    }
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', up);
    removeEventListener('pointercancel', stop);
    removeEventListener('blur', stop);
    removeEventListener('keydown', escape, true);
  };
  addEventListener('pointermove', move, { passive: false });
  addEventListener('pointerup', up);
  addEventListener('pointercancel', stop);
  addEventListener('blur', stop);
  addEventListener('keydown', escape, true);
}

/** The innermost zone at a point that has something to do with what is in the air. */
function zoneAt(x: number, y: number): Zone | undefined {
  for (let node = document.elementFromPoint(x, y); node; node = node.parentElement) {
    const zone = zoneOf.get(node);
    if (zone && drag.verdict(zone) !== false) return zone;
  }
  return undefined;
}

/** The click that follows a drag belongs to the drag. */
function swallowClick(): void {
  const swallow = (event: MouseEvent) => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener('click', swallow, { capture: true }), 0);
}
