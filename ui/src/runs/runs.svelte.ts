// The state of one experiment's screen: what is asked, what is selected, how it is arranged.
import {
  commands as app,
  onChange,
  type Better,
  type Cell,
  type Change,
  type Column,
  type ColumnInfo,
  type Commands,
  type CurveInfo,
  type ProfileExperiments,
  type RunRef,
  type RunRow,
} from '../backend';
import { BoardView } from '../charts/board-view.svelte';
import { withDashes } from '../format/run-look';
import { Live } from '../live.svelte';
import { isInScope, runKey, runRef } from '../run-ref';
import { Selection } from '../table/selection.svelte';
import { columnWidth_px, nextSort, type SortMark } from '../table/table';
import { isFreshnessOf, type ProfileScopes } from '../watch.svelte';
import { RUN_NAME, columnId, defaultColumns, parseColumnId, startWidth_px } from '../columns';
import { START_VIEW, formatView, parseView, type ChartChoices, type View } from './view';
import { RunWindows } from './windows.svelte';

/** How many runs the charts show while none is selected. */
const TOP_RUNS = 10;
/** More than this many selected runs are not drawn at once. */
export const MOST_CHARTED = 500;
/** More runs than this side by side cannot be read. */
export const MOST_COMPARED = 200;
const SAVE_AFTER_MS = 400;
const FILTER_AFTER_MS = 160;
const HIGHLIGHT_AFTER_MS = 60;
const COLUMNS_AFTER_MS = 2000;

type Asked = Pick<
  Commands,
  'searchRuns' | 'listColumns' | 'listCurves' | 'colorRuns' | 'getValue' | 'setValue'
>;

export class RunsState {
  readonly windows: RunWindows;
  readonly selection = new Selection<RunRow>(runKey);
  readonly infos: Live<ColumnInfo[]>;
  readonly curves: Live<CurveInfo[]>;
  /** What stands in the filter field; asked for a moment after the last key. */
  filterText = $state('');
  /** The run (by its key) whose curve stands out because its row is under the mouse. */
  highlighted = $state<string | null>(null);
  /** Where the table was scrolled to, for coming back. */
  scrollTop_px = $state(0);
  /** The runs inside the ranges that are brushed in a chart, by their keys; null: nothing is. */
  brushed = $state.raw<ReadonlySet<string> | null>(null);
  /** How its charts are looked at. */
  readonly board = new BoardView();
  #view = $state.raw<View>(START_VIEW);
  #restored = false;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    /** The first profile is the one whose bars are around the table. */
    readonly scope: ProfileExperiments[],
    private commands: Asked = app,
    private hear: typeof onChange = onChange,
  ) {
    this.windows = new RunWindows((view) => commands.searchRuns(view));
    // Asked again together with the rows, so that both change at once.
    this.infos = new Live(
      () => commands.listColumns(scope),
      (change) => change.kind === 'directions' && change.profileId === this.profileId,
      hear,
    );
    this.curves = new Live(
      () => commands.listCurves(this.charted.map(runRef)),
      (change) =>
        this.#concernsRuns(change) ||
        (change.kind === 'histories' && this.#isOfProfile(change.profileId) && 'later'),
      hear,
    );
  }

  /** Takes up where it was left and stays true until the returned function is called. */
  start(): () => void {
    const stop = this.hear((change) => {
      if (this.#concernsRuns(change)) {
        this.windows.refresh();
        // Counting columns reads every run: while runs pour in, it waits for a pause.
        this.#later('columns', this.#decided ? COLUMNS_AFTER_MS : 0, () => void this.#renewColumns());
      } else if (change.kind === 'colors' && this.#isOfProfile(change.profileId)) {
        void this.#readColors();
        this.windows.refresh();
      } else if (isFreshnessOf(change, this.scopes)) {
        this.windows.refresh();
      }
    });
    void this.#restore();
    return stop;
  }

  get profileId(): string {
    return this.scope[0]?.profileId ?? '';
  }

  /** What the table shows, to be watched and read again. */
  get scopes(): ProfileScopes[] {
    return this.scope.map(({ profileId, experimentIds }) => ({
      profileId,
      scopes: experimentIds.map((of) => ({ kind: 'experiment', of })),
    }));
  }

  get view(): View {
    return this.#view;
  }

  /** The columns beside the name; the defaults until the user arranges them. */
  columns = $derived.by(() => this.#view.columns ?? this.#defaults);
  // Decided once, from the first runs that are here: columns do not move while others come in.
  #defaults = $state.raw<Column[]>(defaultColumns([]));
  #decided = false;

  width_px(column: Column): number {
    return this.#view.widths_px[columnId(column)] ?? startWidth_px(column);
  }

  /** A cell of a shown row; `undefined` while the column's values are on their way. */
  cell(row: RunRow, column: Column): Cell | null | undefined {
    const at = this.#cellPlaces.get(columnId(column));
    return at === undefined ? undefined : row.cells[at];
  }
  #cellPlaces = $derived.by(
    () => new Map((this.windows.question?.columns ?? []).map((column, i) => [columnId(column), i])),
  );

  /** Picked in charts, by their keys: who picks there goes on seeing what is picked from. */
  #picked = $state.raw<ReadonlySet<string>>(new Set());
  /** Whether the charts show the selected runs: not while these are those that were picked in the charts. */
  isSelectionCharted = $derived.by(
    () =>
      this.selection.size > 0 &&
      (this.selection.size !== this.#picked.size || this.selection.ids.some((id) => !this.#picked.has(id))),
  );
  /** The runs in the charts: the selected ones, or the first rows and what was picked beside them. */
  charted = $derived.by((): RunRow[] => {
    if (this.isSelectionCharted) return this.selection.rows.slice(0, MOST_CHARTED);
    const top = this.windows.top(TOP_RUNS);
    const shown = new Set(top.map(runKey));
    return [...top, ...this.selection.rows.filter((row) => !shown.has(runKey(row)))].slice(0, MOST_CHARTED);
  });

  /** Selects a run that was clicked in a chart, or not any more. */
  async pick(run: RunRef): Promise<void> {
    const key = runKey(run);
    const isFirst = this.selection.size === 0;
    const isOfCharts = isFirst || !this.isSelectionCharted;
    if (this.selection.has(key)) this.selection.remove(key);
    else {
      const row = this.charted.find((each) => runKey(each) === key) ?? (await this.#find(run));
      if (row) this.selection.add([row]);
    }
    this.#picked = new Set(isOfCharts ? this.selection.ids : []);
  }
  /** The charts show only what was picked in them. */
  chartPicked(): void {
    this.#picked = new Set();
  }
  /** The row of a run that the table may not have loaded. */
  async #find({ profileId, runId }: RunRef): Promise<RunRow | undefined> {
    const scope = this.scope.filter((of) => of.profileId === profileId);
    const filter = `attributes.run_id = '${runId}'`;
    const answer = await this.commands
      .searchRuns({ scope, filter, sort: [], columns: [], lifecycleStage: 'active', offset: 0, limit: 1 })
      .catch(() => undefined);
    return answer?.window.rows.find((row) => row.runId === runId);
  }

  /** How they look in charts, table and legend. */
  looks = $derived.by(() =>
    withDashes(
      this.charted.map((run) => ({
        ...runRef(run),
        displayName: run.displayName,
        color: this.colorOf(run),
      })),
    ),
  );

  /** The colour of a run; null while it was in no chart. */
  colorOf(run: RunRow): number | null {
    return this.#colors.get(runKey(run)) ?? run.color;
  }

  /** Gives those of the charted runs a colour that have none: from now on they keep it. */
  async colorCharted(): Promise<void> {
    if (this.charted.some((run) => this.colorOf(run) === null)) await this.#readColors();
  }
  async #readColors(): Promise<void> {
    const runs = this.charted;
    // Without an answer they stay grey here, and the curves say what is wrong.
    const colors = await this.commands.colorRuns(runs.map(runRef)).catch(() => []);
    const next = new Map(this.#colors);
    runs.forEach((run, i) => colors[i] !== undefined && next.set(runKey(run), colors[i]));
    this.#colors = next;
  }
  /** What was decided after the rows were read. */
  #colors = $state.raw<ReadonlyMap<string, number>>(new Map());

  setFilter(text: string, now = false): void {
    this.filterText = text;
    this.#later('filter', now ? 0 : FILTER_AFTER_MS, () => {
      if (text !== this.#view.filter || this.windows.error) this.#change({ filter: text }, true);
    });
  }

  /** First click: the usual direction of the column; second: the other; third: back to newest first. */
  sortBy(id: string, add = false): void {
    const column = parseColumnId(id);
    if (!column) return;
    const firstDescending =
      (column.kind === 'metric' && this.#better(id) !== 'lower') ||
      (column.kind === 'attribute' && /_time$|duration/.test(column.key));
    const marks = nextSort(this.sortMarks, id, { add, firstDescending });
    const sort = marks.flatMap(({ id: each, descending }) => {
      const of = parseColumnId(each);
      return of ? [{ column: of, descending }] : [];
    });
    this.#change({ sort }, true);
  }

  #better(id: string): Better | null | undefined {
    return this.infos.value?.find(({ column }) => columnId(column) === id)?.direction.better;
  }

  get sortMarks(): SortMark[] {
    return this.#view.sort.map(({ column, descending }) => ({ id: columnId(column), descending }));
  }

  setColumns(columns: Column[] | undefined): void {
    this.#change({ columns: columns?.filter((column) => columnId(column) !== columnId(RUN_NAME)) }, true);
  }

  resize(id: string, width_px: number): void {
    this.#change({ widths_px: { ...this.#view.widths_px, [id]: columnWidth_px(width_px) } });
  }

  /** Puts a column before another, or last. */
  move(id: string, before: string | undefined): void {
    const ids = this.columns.map(columnId).filter((each) => each !== id);
    ids.splice(before === undefined ? ids.length : Math.max(0, ids.indexOf(before)), 0, id);
    // The same columns in another order: what is asked stays the same set, so no row has to wait.
    this.#change({ columns: ids.flatMap((each) => parseColumnId(each) ?? []) });
  }

  /** Why the selected runs cannot be compared, if so. */
  get compareRefusal(): string | undefined {
    if (this.selection.size < 2) return 'Select two or more runs';
    if (this.selection.size > MOST_COMPARED) return `At most ${MOST_COMPARED} runs can be compared at once`;
    return undefined;
  }

  setPanes(part: Partial<Pick<View, 'split' | 'panes'>>): void {
    this.#change(part);
  }

  setCharts(choices: Partial<ChartChoices>): void {
    this.#change({ charts: { ...this.#view.charts, ...choices } });
  }

  /** By the key of the run. */
  highlight(key: string | null): void {
    this.#later('highlight', HIGHLIGHT_AFTER_MS, () => (this.highlighted = key));
  }

  /** Asks for the rows of the view as it is now. */
  ask(): void {
    this.windows.ask({
      scope: this.scope,
      filter: this.#view.filter,
      sort: this.#view.sort,
      columns: this.columns.filter((column) => column.kind !== 'attribute'),
      lifecycleStage: 'active',
    });
  }

  #concernsRuns = (change: Change): boolean => change.kind === 'runs' && isInScope(this.scope, change);

  #isOfProfile(profileId: string): boolean {
    return this.scope.some((of) => of.profileId === profileId);
  }

  #change(part: Partial<View>, askAgain = false): void {
    this.#view = { ...this.#view, ...part };
    if (askAgain) this.ask();
    this.#later('save', SAVE_AFTER_MS, () => {
      this.commands.setValue(this.#key, formatView(this.#view)).catch(() => undefined);
    });
  }

  get #key(): string {
    const of = this.scope.map(({ profileId, experimentIds }) => `${profileId}/${experimentIds.join(',')}`);
    return `runs/${of.join(';')}`;
  }

  async #restore(): Promise<void> {
    if (!this.#restored) {
      this.#restored = true;
      const kept = parseView(await this.commands.getValue(this.#key).catch(() => null));
      this.#view = kept;
      // What was typed meanwhile is newer.
      if (this.filterText) this.#change({ filter: this.filterText });
      else this.filterText = kept.filter;
    }
    await this.#renewColumns();
    this.ask();
  }

  async #renewColumns(): Promise<void> {
    await this.infos.refresh();
    const infos = this.infos.value ?? [];
    if (this.#decided || infos.length === 0) return;
    this.#decided = true;
    this.#defaults = defaultColumns(infos, this.scope.flatMap(({ experimentIds }) => experimentIds).length);
    if (!this.#view.columns && this.windows.question) this.ask();
  }

  #later(name: string, after_ms: number, what: () => void): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(what, after_ms));
  }
}

// The tables seen last, for the window: going back to one finds its rows, its selection and its place.
const KEPT = 8;
const kept = new Map<string, RunsState>();

/** The state of an experiment's screen, as it was left if it was open a moment ago. */
export function runsOf(scope: ProfileExperiments[]): RunsState {
  const name = JSON.stringify(scope);
  const state = kept.get(name) ?? new RunsState(scope);
  kept.delete(name);
  kept.set(name, state);
  for (const old of [...kept.keys()].slice(0, -KEPT)) kept.delete(old);
  return state;
}
