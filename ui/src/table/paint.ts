// Pressing a checkbox and drawing over others gives them all the same state.
import { scrollNearEdges } from '../drag/auto-scroll';

/** Calls `onrange` with the rows passed since the last call, until the pointer is let go. */
export function watchPaint(
  press: PointerEvent,
  start: number,
  rowUnder: (clientY: number) => number | undefined,
  onrange: (first: number, last: number) => void,
): void {
  let last = start;
  let y = press.clientY;
  const draw = () => {
    const to = rowUnder(y);
    if (to === undefined || to === last) return;
    onrange(Math.min(last, to), Math.max(last, to));
    last = to;
  };
  const edge = scrollNearEdges(draw);
  const move = (event: PointerEvent) => {
    y = event.clientY;
    draw();
    edge.follow(event.clientX, event.clientY);
  };
  const stop = () => {
    edge.stop();
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', stop);
    removeEventListener('pointercancel', stop);
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', stop);
  addEventListener('pointercancel', stop);
}
