// A test of a connection as it goes on: started, read at every change, stopped when its panel is closed.
import {
  asAppError,
  onChange,
  commands,
  type AppError,
  type Profile,
  type Route,
  type TestReport,
} from '../backend';

export class TestRun {
  report = $state.raw<TestReport>();
  error = $state.raw<AppError>();
  stopped = $state(false);
  busy = $state(false);
  #id: number | undefined;
  #turn = 0;
  #reading = false;
  #again = false;
  #unhear: (() => void) | undefined;

  async start(profile: Profile, route: Route | null): Promise<void> {
    this.stop();
    const turn = ++this.#turn;
    this.report = undefined;
    this.error = undefined;
    this.stopped = false;
    this.busy = true;
    this.#unhear ??= onChange((change) => {
      if (change.kind === 'test' && change.id === this.#id) void this.#read();
    });
    try {
      const id = await commands.startTest(profile, route);
      if (turn !== this.#turn) {
        void commands.stopTest(id).catch(() => undefined);
        return;
      }
      this.#id = id;
      await this.#read();
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.error = asAppError(thrown);
      this.busy = false;
    }
  }

  /** Stops it; what was found stays on screen. */
  stop(): void {
    const id = this.#id;
    if (!this.busy) return;
    this.#turn += 1;
    this.busy = false;
    this.stopped = true;
    if (id === undefined) return;
    const { report } = this;
    if (report) this.report = { ...report, finished: true };
    void commands.stopTest(id).then(
      () => this.#read(),
      () => undefined,
    );
  }

  /** The panel is closed. */
  end(): void {
    this.stop();
    this.#unhear?.();
    this.#unhear = undefined;
    this.#id = undefined;
  }

  async #read(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    do {
      this.#again = false;
      const id = this.#id;
      if (id === undefined) break;
      try {
        const report = await commands.readTest(id);
        if (id !== this.#id) continue;
        this.report = this.stopped ? { ...report, finished: true } : report;
        if (report.finished) this.busy = false;
      } catch (thrown) {
        if (id !== this.#id) continue;
        this.error = asAppError(thrown);
        this.busy = false;
      }
    } while (this.#again);
    this.#reading = false;
  }
}
