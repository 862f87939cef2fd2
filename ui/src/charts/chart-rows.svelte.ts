// The rows of a chart's table, read page by page as they come on screen; one question in flight at a time.
import {
  asAppError,
  commands as app,
  type AnyChart,
  type AppError,
  type ChartTable,
  type Commands,
} from '../backend';
import type { SortMark } from '../table/table';

export type ChartRow = { index: number; cells: ChartTable['rows'][number] };

export const PAGE_ROWS = 200;
/** More rows are saved to a file instead; the app answers no more at once. */
export const MOST_COPIED = 100_000;
/** So many pages are kept: those asked for last. */
const MOST_PAGES = 50;

interface Asked {
  page: number;
  sort: SortMark | undefined;
}

export class ChartRows {
  #table = $state.raw<Pick<ChartTable, 'columns' | 'total'>>();
  #pages = $state.raw<ReadonlyMap<number, ChartTable['rows']>>(new Map());
  #error = $state.raw<AppError>();
  #sort = $state.raw<SortMark>();
  /** What the rows on screen are sorted by: the order before, until the new one is here. */
  #shownSort: SortMark | undefined;
  #needed: [first: number, last: number] = [0, 0];
  #flying = $state(false);

  constructor(
    private readonly chart: AnyChart,
    private readonly commands: Pick<Commands, 'chartTable'> = app,
  ) {
    void this.#read();
  }

  get columns(): ChartTable['columns'] | undefined {
    return this.#table?.columns;
  }
  get total(): number {
    return this.#table?.total ?? 0;
  }
  get error(): AppError | undefined {
    return this.#error;
  }
  get busy(): boolean {
    return this.#flying;
  }
  /** By the place of the column. */
  get sort(): SortMark | undefined {
    return this.#sort;
  }

  /** Undefined while it is on its way. */
  rowAt(index: number): ChartRow | undefined {
    const cells = this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
    return cells && { index, cells };
  }

  /** These rows are on screen. */
  need(first: number, last: number): void {
    this.#needed = [first, last];
    void this.#read();
  }
  sortBy(sort: SortMark | undefined): void {
    this.#sort = sort;
    void this.#read();
  }
  retry(): void {
    this.#error = undefined;
    void this.#read();
  }

  /** The first rows in this order, as many as a clipboard takes. */
  all(): Promise<ChartTable> {
    return this.#ask(0, MOST_COPIED);
  }

  #ask(offset: number, limit: number): Promise<ChartTable> {
    const sort = this.#sort && { column: Number(this.#sort.id), descending: this.#sort.descending };
    return this.commands.chartTable(this.chart, { sort: sort ?? null, offset, limit });
  }

  #missing(): Asked | undefined {
    const sort = this.#sort;
    const isNew = sort !== this.#shownSort;
    const pages = this.#needed.map((index) => Math.floor(index / PAGE_ROWS));
    const [first = 0, last = 0] = pages;
    for (let page = first; page <= last; page++) if (isNew || !this.#pages.has(page)) return { page, sort };
    return undefined;
  }

  async #read(): Promise<void> {
    if (this.#flying || this.#error) return;
    this.#flying = true;
    try {
      for (let asked = this.#missing(); asked; asked = this.#missing()) {
        const answer = await this.#ask(asked.page * PAGE_ROWS, PAGE_ROWS);
        this.#take(asked, answer);
      }
    } catch (thrown) {
      this.#error = asAppError(thrown);
    } finally {
      this.#flying = false;
    }
  }

  #take({ page, sort }: Asked, { columns, rows, total }: ChartTable): void {
    // In another order, or after new points, the pages from before say something else.
    const goesOn = sort === this.#shownSort && total === this.#table?.total;
    const others = goesOn ? [...this.#pages].filter(([other]) => other !== page) : [];
    this.#pages = new Map([...others.slice(1 - MOST_PAGES), [page, rows]]);
    this.#table = { columns, total };
    this.#shownSort = sort;
  }
}
