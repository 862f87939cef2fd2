// Where a key leads in a grid. Row −1 is the head.

export interface GridPlace {
  row: number;
  col: number;
}

export interface GridSize {
  rows: number;
  cols: number;
  /** Rows that fit on screen. */
  page: number;
}

/** The place after a key, kept inside the grid; undefined if the key does not move. */
export function moveBy(key: string, from: GridPlace, grid: GridSize, ctrl: boolean): GridPlace | undefined {
  const { row, col } = from;
  const steps: Record<string, GridPlace> = {
    ArrowUp: { row: ctrl ? 0 : row - 1, col },
    ArrowDown: { row: ctrl ? grid.rows - 1 : row + 1, col },
    ArrowLeft: { row, col: ctrl ? 0 : col - 1 },
    ArrowRight: { row, col: ctrl ? grid.cols - 1 : col + 1 },
    // From the head, a page down is the first page.
    PageUp: { row: row < 0 ? row : Math.max(0, row - grid.page), col },
    PageDown: { row: Math.max(0, row + grid.page), col },
    Home: { row: 0, col: ctrl ? 0 : col },
    End: { row: grid.rows - 1, col: ctrl ? grid.cols - 1 : col },
  };
  const next = steps[key];
  if (!next) return undefined;
  return {
    row: Math.max(-1, Math.min(grid.rows - 1, next.row)),
    col: Math.max(0, Math.min(grid.cols - 1, next.col)),
  };
}

/** Whether a key asks for the menu of the active cell. */
export function isMenuKey(event: KeyboardEvent): boolean {
  return event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10');
}
