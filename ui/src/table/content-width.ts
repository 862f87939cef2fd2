// How wide the content of a column is, as far as it is on screen.

/** Room that a cell has around each part of its content, and at its edges. */
const BESIDE_PX = 6;
const EDGES_PX = 14;

/** As wide as the widest content on screen; undefined if nothing is. */
export function contentWidth(table: HTMLElement, columnId: string): number | undefined {
  let widest = 0;
  for (const node of table.querySelectorAll<HTMLElement>(`[data-column="${CSS.escape(columnId)}"]`)) {
    let inside = 0;
    for (const child of node.children) {
      if (!(child instanceof HTMLElement && child.hasAttribute('data-edge')))
        inside += child.scrollWidth + BESIDE_PX;
    }
    widest = Math.max(widest, inside);
  }
  return widest > 0 ? widest + EDGES_PX : undefined;
}
