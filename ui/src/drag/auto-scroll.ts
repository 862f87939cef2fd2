// Scrolls what lies under the pointer while something is carried near its edge.

/** How near to an edge scrolling starts, and its greatest speed. */
const EDGE_PX = 36;
const SPEED_PX_PER_S = 900;

export interface EdgeScroller {
  follow: (x: number, y: number) => void;
  stop: () => void;
}

/** Speed at a place between two edges: 0 in the middle, growing towards an edge, negative towards the first. */
export function edgeSpeed(at: number, first: number, last: number): number {
  const reach = Math.min(EDGE_PX, (last - first) / 4);
  if (at < first || at > last || reach <= 0) return 0;
  if (at < first + reach) return -SPEED_PX_PER_S * (1 - (at - first) / reach);
  if (at > last - reach) return SPEED_PX_PER_S * (1 - (last - at) / reach);
  return 0;
}

/** `onscroll` is called after each step, so that what depends on positions can follow. */
export function scrollNearEdges(onscroll?: () => void): EdgeScroller {
  let frame = 0;
  let last_ms = 0;
  let x = 0;
  let y = 0;

  const step = (now_ms: number) => {
    frame = 0;
    const seconds = Math.min(0.05, (now_ms - last_ms) / 1000);
    last_ms = now_ms;
    // Over a fixed column or head nothing comes nearer by scrolling: it would only run away below.
    let [staysX, staysY] = [false, false];
    for (let node = document.elementFromPoint(x, y); node; node = node.parentElement) {
      const rect = node.getBoundingClientRect();
      const style = getComputedStyle(node);
      if (style.position === 'sticky') {
        staysX ||= style.left !== 'auto' || style.right !== 'auto';
        staysY ||= style.top !== 'auto' || style.bottom !== 'auto';
      }
      const [acrossX, acrossY] = [canScroll(style.overflowX), canScroll(style.overflowY)];
      const dx = acrossX && !staysX ? edgeSpeed(x, rect.left, rect.right) * seconds : 0;
      const dy = acrossY && !staysY ? edgeSpeed(y, rect.top, rect.bottom) * seconds : 0;
      [staysX, staysY] = [staysX && !acrossX, staysY && !acrossY];
      if (dx === 0 && dy === 0) continue;
      const { scrollLeft, scrollTop } = node;
      node.scrollBy(dx, dy);
      if (node.scrollLeft !== scrollLeft || node.scrollTop !== scrollTop) {
        onscroll?.();
        break;
      }
    }
    frame = requestAnimationFrame(step);
  };

  return {
    follow(nextX, nextY) {
      x = nextX;
      y = nextY;
      if (frame) return;
      last_ms = performance.now();
      frame = requestAnimationFrame(step);
    },
    stop() {
      cancelAnimationFrame(frame);
      frame = 0;
    },
  };
}

function canScroll(overflow: string): boolean {
  return overflow === 'auto' || overflow === 'scroll';
}
