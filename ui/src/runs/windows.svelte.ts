// The rows of a runs table in windows of two hundred: only what is looked at crosses the boundary.
import {
  asAppError,
  type AppError,
  type ExperimentFreshness,
  type Freshness,
  type LostExperiment,
  type RunRow,
  type RunsAnswer,
  type RunsView,
} from '../backend';
import { joinFreshness } from '../freshness/freshness';

/** What is asked for, apart from which rows of the answer. */
export type Question = Omit<RunsView, 'offset' | 'limit'>;

/** Everything known of the answer to one question. */
interface Answer {
  question: Question;
  matching: number;
  total: number;
  elapsedMs: number;
  freshness: readonly ExperimentFreshness[] | undefined;
  /** Those of the asked experiments that are no longer on the server. */
  lost: readonly LostExperiment[];
  windows: Map<number, RunRow[]>;
  /** Whether anything was answered yet. */
  known: boolean;
}

export const WINDOW_ROWS = 200;
/** The most that may be asked for at once. */
const RANGE_ROWS = 1000;
const SLOW_MS = 200;

/**
 * Rows by their index. What is shown stays until everything on screen has its newer answer, so
 * that no row is blank and nothing jumps; one question is in flight at a time.
 */
export class RunWindows {
  #shown = $state.raw<Answer>();
  #error = $state.raw<AppError>();
  #failed = $state.raw<Question>();
  #busy = $state(false);
  #slow = $state(false);
  #next: Answer | undefined;
  /** What was asked last, answered or not. */
  #asked: Question | undefined;
  #needed: [first: number, last: number] = [0, 0];

  constructor(private search: (view: RunsView) => Promise<RunsAnswer>) {}

  /** What the shown rows answer; their cells stand in the order of its columns. */
  get question(): Question | undefined {
    return this.#shown?.question;
  }
  get matching(): number {
    return this.#shown?.matching ?? 0;
  }
  get total(): number {
    return this.#shown?.total ?? 0;
  }
  get elapsedMs(): number {
    return this.#shown?.elapsedMs ?? 0;
  }
  get freshness(): Freshness | undefined {
    const of = this.#shown?.freshness;
    return of && joinFreshness(of);
  }
  get lost(): readonly LostExperiment[] {
    return this.#shown?.lost ?? [];
  }
  get loading(): boolean {
    return this.#shown === undefined && this.#error === undefined;
  }
  get busy(): boolean {
    return this.#busy;
  }
  /** Busy for so long that it should be shown; most answers are faster than the eye. */
  get slow(): boolean {
    return this.#slow;
  }
  /** Why the last question failed; the rows are older then. */
  get error(): AppError | undefined {
    return this.#error;
  }
  /** The question of that error: what is said of a place in its filter is true of no other one. */
  get failed(): Question | undefined {
    return this.#error && this.#failed;
  }

  /** The row at an index of the shown order; nothing while its window is on the way. */
  row(index: number): RunRow | undefined {
    return this.#shown?.windows.get(Math.floor(index / WINDOW_ROWS))?.[index % WINDOW_ROWS];
  }

  /** The first rows in order, as far as they are here. */
  top(count: number): RunRow[] {
    return this.#shown?.windows.get(0)?.slice(0, count) ?? [];
  }

  /** Asks something else. */
  ask(question: Question): void {
    this.#asked = question;
    this.#put(question);
  }

  /**
   * Asks the same again, because something has changed. What cannot be read does not get better by that: then
   * the rows that are shown are brought up to date, beside the error.
   */
  refresh(): void {
    const failed = this.#error && this.#error.code !== 'badFilter' ? this.#asked : undefined;
    const question = this.#next?.question ?? failed ?? this.#shown?.question ?? this.#asked;
    if (question) this.#put(question);
  }

  #put(question: Question): void {
    this.#next = blank(question);
    void this.#run();
  }

  /** Says which rows are on screen, both ends included. */
  need(first: number, last: number): void {
    this.#needed = [Math.max(0, first), Math.max(0, last)];
    if (this.#shown || this.#next) void this.#run();
  }

  /** Rows of the shown order, both ends included, whether they have been on screen or not. */
  async range(first: number, last: number): Promise<RunRow[]> {
    const shown = this.#shown;
    if (!shown) return [];
    const rows: RunRow[] = [];
    for (let at = Math.max(0, first); at <= Math.min(last, shown.matching - 1);) {
      const row = this.#shown === shown ? this.row(at) : undefined;
      if (row) {
        rows.push(row);
        at += 1;
        continue;
      }
      const limit = Math.min(RANGE_ROWS, last - at + 1);
      const { window } = await this.search({ ...shown.question, columns: [], offset: at, limit });
      if (window.rows.length === 0) break;
      rows.push(...window.rows);
      at += window.rows.length;
    }
    return rows;
  }

  async #run(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const timer = setTimeout(() => (this.#slow = true), SLOW_MS);
    let answer: Answer | undefined;
    try {
      for (;;) {
        answer = this.#next ?? this.#shown;
        const wanted = answer && this.#missing(answer);
        if (!answer || wanted === undefined) break;
        const view = { ...answer.question, offset: wanted * WINDOW_ROWS, limit: WINDOW_ROWS };
        this.#take(answer, wanted, await this.search(view));
      }
    } catch (thrown) {
      this.#error = asAppError(thrown);
      this.#failed = answer?.question;
    }
    clearTimeout(timer);
    this.#slow = false;
    this.#busy = false;
    if (!this.#next) return;
    // What failed is not asked again by itself; what was asked meanwhile is.
    if (this.#next === answer) this.#next = this.#insteadOf(answer);
    if (this.#next) void this.#run();
  }

  /**
   * Beside a filter that cannot be read the rows keep theirs, in the order and with the columns of now. What was
   * asked half typed hides no rows: then they are all there. That is what found nothing, or a word that turned out to
   * be the beginning of a name.
   */
  #insteadOf(failed: Answer): Answer | undefined {
    const shown = this.#shown?.question;
    if (!shown || this.#error?.code !== 'badFilter' || failed.question.filter === shown.filter)
      return undefined;
    const word = shown.filter.trim();
    const isHalfTyped = /^[\w.]+$/.test(word) && failed.question.filter.trimStart().startsWith(word);
    const filter = this.#shown?.matching === 0 || isHalfTyped ? '' : shown.filter;
    const question = { ...failed.question, filter };
    return JSON.stringify(question) === JSON.stringify(shown) ? undefined : blank(question);
  }

  /** The first window that is on screen and not here; the top is always kept, for the charts. */
  #missing(answer: Answer): number | undefined {
    const lastRow = answer.known ? Math.max(0, answer.matching - 1) : Infinity;
    const from = Math.floor(Math.min(this.#needed[0], lastRow) / WINDOW_ROWS);
    const to = Math.floor(Math.min(this.#needed[1], lastRow) / WINDOW_ROWS);
    for (let at = from; at <= to; at++) if (!answer.windows.has(at)) return at;
    return answer.windows.has(0) ? undefined : 0;
  }

  #take(answer: Answer, at: number, { window, lost, freshness }: RunsAnswer): void {
    // Answers to a question that was replaced meanwhile are dropped.
    if (answer !== this.#next && (answer !== this.#shown || this.#next)) return;
    const windows = new Map(answer.windows).set(at, window.rows);
    const filled = { ...answer, ...pick(window), lost, freshness, windows, known: true };
    if (answer.question === this.#asked) this.#error = undefined;
    if (answer === this.#shown) {
      this.#shown = filled;
    } else if (this.#missing(filled) === undefined) {
      this.#shown = filled;
      this.#next = undefined;
    } else {
      this.#next = filled;
    }
  }
}

function blank(question: Question): Answer {
  return {
    question,
    matching: 0,
    total: 0,
    elapsedMs: 0,
    freshness: undefined,
    lost: [],
    windows: new Map(),
    known: false,
  };
}

function pick({
  matching,
  total,
  elapsedMs,
}: RunsAnswer['window']): Pick<Answer, 'matching' | 'total' | 'elapsedMs'> {
  return { matching, total, elapsedMs };
}
