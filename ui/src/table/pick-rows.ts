// Selecting rows with the pointer: a press alone, with Ctrl or Shift, and drawing over their checkboxes.
import { watchPaint } from './paint';
import type { TableSelection } from './table';

interface Rows<R> {
  selection: TableSelection<R>;
  rowId: (row: R) => string;
  /** Undefined while the row is on its way. */
  rowAt: (index: number) => R | undefined;
  /** Brings the rows of a range, loaded or not. */
  between: (first: number, last: number) => Promise<readonly R[]>;
  /** The row at a height of the window. */
  rowUnder: (clientY: number) => number | undefined;
}

export class RowPicker<R> {
  constructor(private readonly rows: Rows<R>) {}

  has(row: R): boolean {
    return this.rows.selection.has(this.rows.rowId(row));
  }

  press(event: PointerEvent, row: R, index: number): void {
    const { selection, between } = this.rows;
    if (event.shiftKey) {
      event.preventDefault();
      void selection.extend(index, between);
    } else if (event.ctrlKey || event.metaKey) selection.toggle(row, index);
    // A press on one of several selected rows may be the start of carrying them: decided on release.
    else if (!this.has(row)) selection.only(row, index);
  }

  release(event: MouseEvent, row: R, index: number): void {
    const { selection } = this.rows;
    const alone = !event.shiftKey && !event.ctrlKey && !event.metaKey;
    if (selection.size > 1 && alone && this.has(row)) selection.only(row, index);
  }

  /** Pressing a checkbox and drawing over others gives them all the same state. */
  paint(event: PointerEvent, row: R, index: number): void {
    const { selection, rowAt, rowId, between, rowUnder } = this.rows;
    if (event.shiftKey) return void selection.extend(index, between);
    selection.toggle(row, index);
    const on = this.has(row);
    watchPaint(event, index, rowUnder, (first, last) => {
      for (let i = first; i <= last; i++) {
        const other = rowAt(i);
        if (other === undefined) continue;
        if (on) selection.add([other]);
        else selection.remove(rowId(other));
      }
    });
  }
}
