// Moving and resizing columns by their heads, with the pointer.
import { scrollNearEdges } from '../drag/auto-scroll';

export interface HeadDrag {
  id: string;
  /** Where the ghost is, in window coordinates. */
  x: number;
  y: number;
  /** The column it would stand before; undefined: last. */
  before: string | undefined;
  /** Left edge of that gap, in window coordinates. */
  gap_px: number;
}

const THRESHOLD_PX = 3;

interface Watch {
  /** The row of heads: its movable children carry `data-column`. */
  heads: HTMLElement;
  id: string;
  onchange: (drag: HeadDrag | undefined) => void;
  /** It was let go: there, or it never left its place (a click). */
  onmove: (before: string | undefined) => void;
  onclick: () => void;
}

/** Follows a press on a head until it is let go. */
export function watchHead(press: PointerEvent, watch: Watch): void {
  let drag: HeadDrag | undefined;
  const update = () => watch.onchange(drag);
  const scroller = scrollNearEdges();

  const move = (event: PointerEvent) => {
    if (!drag && Math.abs(event.clientX - press.clientX) < THRESHOLD_PX) return;
    drag = { id: watch.id, x: event.clientX, y: event.clientY, ...gapAt(watch.heads, event.clientX) };
    scroller.follow(event.clientX, press.clientY);
    update();
  };
  const up = () => {
    const landed = drag;
    stop();
    if (landed) watch.onmove(landed.before);
    else watch.onclick();
  };
  const escape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    stop();
  };
  const stop = () => {
    drag = undefined;
    scroller.stop();
    update();
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', up);
    removeEventListener('pointercancel', stop);
    removeEventListener('keydown', escape, true);
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', up);
  addEventListener('pointercancel', stop);
  addEventListener('keydown', escape, true);
}

function gapAt(heads: HTMLElement, x: number): { before: string | undefined; gap_px: number } {
  let gap_px = heads.getBoundingClientRect().left;
  for (const head of heads.querySelectorAll<HTMLElement>('[data-column][data-movable]')) {
    const rect = head.getBoundingClientRect();
    if (x < rect.left + rect.width / 2) return { before: head.dataset.column, gap_px: rect.left };
    gap_px = rect.right;
  }
  return { before: undefined, gap_px };
}

/** Follows a press on the edge of a head. */
export function watchEdge(press: PointerEvent, width_px: number, onresize: (width_px: number) => void): void {
  press.preventDefault();
  press.stopPropagation();
  document.documentElement.style.cursor = 'col-resize';
  const move = (event: PointerEvent) => onresize(width_px + event.clientX - press.clientX);
  const stop = () => {
    document.documentElement.style.cursor = '';
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', stop);
    removeEventListener('pointercancel', stop);
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', stop);
  addEventListener('pointercancel', stop);
}
