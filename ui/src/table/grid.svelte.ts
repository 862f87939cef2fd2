// What the parts of a table share: which columns and rows are drawn, where they stand, and which cell is the active one.
import { Virtual } from '../components/virtual.svelte';
import type { GridPlace } from './grid-keys';
import { OVERSCAN, firstDrawn, indexIn, poolSize, rowUnder, rowsPerPage } from './row-pool';
import { CHECK_PX, HEAD_PX, ROW_PX, type TableColumn, type TableWindow } from './table';

/** Read again whenever it is needed, so getters may look at state. */
interface Size {
  readonly columns: readonly TableColumn[];
  readonly rowCount: number;
  /** Whether rows have checkboxes. */
  readonly checks: boolean;
  /** Room below the last row. */
  readonly room_px: number;
}

export class Grid {
  readonly rows: Virtual;
  readonly cols: Virtual;
  /** The element that scrolls, and has the focus of the whole table. */
  scroller: HTMLElement | undefined = $state();
  height_px = $state(0);
  active: GridPlace = $state.raw({ row: 0, col: 0 });

  constructor(
    private readonly id: string,
    private readonly size: Size,
  ) {
    this.rows = new Virtual(() => ({
      count: size.rowCount,
      size_px: ROW_PX,
      overscan: OVERSCAN,
      start_px: HEAD_PX,
      end_px: size.room_px,
    }));
    this.cols = new Virtual(() => ({
      count: this.moving.length,
      size_px: (i) => this.moving[i]?.width_px ?? 0,
      horizontal: true,
      overscan: 2,
      start_px: this.#fixed_px,
    }));
  }

  /** Columns that stay at the left, and those that scroll. */
  readonly fixed: TableColumn[] = $derived.by(() => this.#columns.filter((column) => column.fixed));
  readonly moving: TableColumn[] = $derived.by(() => this.#columns.filter((column) => !column.fixed));
  /** Each once: which columns there are may have been kept, or typed by hand. */
  readonly #columns: TableColumn[] = $derived.by(() => [
    ...new Map(this.size.columns.map((column) => [column.id, column])).values(),
  ]);
  #check_px = $derived.by(() => (this.size.checks ? CHECK_PX : 0));
  #fixed_px = $derived(this.fixed.reduce((sum, column) => sum + column.width_px, this.#check_px));
  /** Where each of the fixed columns begins. */
  readonly lefts: number[] = $derived.by(() => {
    let left = this.#check_px;
    return this.fixed.map((column) => (left += column.width_px) - column.width_px);
  });
  /** The scrolling columns that are drawn, with their place among all columns. */
  readonly shown: { column: TableColumn; index: number }[] = $derived.by(() =>
    this.cols.items.flatMap((item) => {
      const column = this.moving[item.index];
      return column ? [{ column, index: this.fixed.length + item.index }] : [];
    }),
  );
  /** Empty room between the fixed columns and the first one on screen. */
  readonly gap_px: number = $derived.by(() =>
    Math.max(0, (this.cols.items[0]?.start ?? this.#fixed_px) - this.#fixed_px),
  );

  // Rows are a fixed pool whose members take turns: scrolling writes new values into the same elements.
  readonly pool: number = $derived.by(() => poolSize(this.size.rowCount, this.height_px));
  readonly #first: number = $derived.by(() =>
    firstDrawn(this.rows.items[0]?.index ?? 0, this.size.rowCount, this.pool),
  );
  readonly window: TableWindow = $derived({
    first: this.#first,
    last: this.#first + this.pool - 1,
    columnIds: [...this.fixed.map((column) => column.id), ...this.shown.map(({ column }) => column.id)],
  });

  /** The row that a member of the pool shows now. */
  indexIn(slot: number): number {
    return indexIn(slot, this.#first, this.pool);
  }

  /** Row under a place of the window; undefined outside of the rows. */
  rowUnder(clientY: number): number | undefined {
    if (!this.scroller) return undefined;
    const y_px = clientY - this.scroller.getBoundingClientRect().top;
    return rowUnder(y_px, this.scroller.scrollTop, this.size.rowCount);
  }

  get page(): number {
    return rowsPerPage(this.scroller?.clientHeight ?? 0);
  }

  /** The column that names a row. */
  get nameColumn(): TableColumn | undefined {
    return this.size.columns[0];
  }

  /** What assistive technology counts: the column of checkboxes is the first. */
  colindex(col: number): number {
    return col + (this.size.checks ? 2 : 1);
  }
  cellId(row: number, col: number): string {
    return `${this.id}-${row}-${col}`;
  }
  isActive(row: number, col: number): boolean {
    return this.active.row === row && this.active.col === col;
  }
  readonly activeId: string = $derived.by(() => this.cellId(this.active.row, this.active.col));
  readonly isActiveDrawn: boolean = $derived.by(() => {
    const { row, col } = this.active;
    const { first, last } = this.window;
    const isRow = row < 0 || (row >= first && row <= last && row < this.size.rowCount);
    return isRow && (col < this.fixed.length || this.shown.some(({ index }) => index === col));
  });
  /** Where a menu that keys ask for is to open. */
  get activeCell(): HTMLElement | undefined {
    return document.getElementById(this.activeId) ?? undefined;
  }

  /** Makes a cell the active one and brings it into view. */
  go(place: GridPlace): void {
    this.active = place;
    this.rows.show(place.row);
    if (place.col >= this.fixed.length) this.cols.show(place.col - this.fixed.length);
  }

  /** Makes a cell the active one as the pointer does: what was pressed is in view. */
  take(place: GridPlace): void {
    this.active = place;
    this.focus({ preventScroll: true });
  }

  focus(options?: FocusOptions): void {
    this.scroller?.focus(options);
  }
}
