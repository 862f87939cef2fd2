// What one run has at the crosshair in each chart beside the one under the pointer: all charts ask together, since every
// question to the app costs the same, however small.
import { commands as app, type Commands, type CurveChart, type CurveProbe, type RunRef } from '../backend';
import { runKey } from '../run-ref';

interface Waiting {
  chart: CurveChart;
  done: (probe: CurveProbe | null) => void;
  failed: (reason: unknown) => void;
}

export class Glances {
  /** By run and place: those asked for in this moment. */
  readonly #waiting = new Map<string, { run: RunRef; x: number; of: Waiting[] }>();

  constructor(private readonly commands: Pick<Commands, 'glance'> = app) {}

  /** The value of the run nearest to x; null where it has none. The chart's own runs do not matter. */
  ask(run: RunRef, chart: CurveChart, x: number): Promise<CurveProbe | null> {
    return new Promise((done, failed) => {
      const key = `${runKey(run)} ${x}`;
      const together = this.#waiting.get(key);
      if (together) return void together.of.push({ chart, done, failed });
      this.#waiting.set(key, { run, x, of: [{ chart, done, failed }] });
      // All charts follow the pointer in the same moment.
      queueMicrotask(() => void this.#send(key));
    });
  }

  async #send(key: string): Promise<void> {
    const asked = this.#waiting.get(key);
    if (!asked) return;
    this.#waiting.delete(key);
    const { run, x, of } = asked;
    try {
      const found = await this.commands.glance(
        run,
        of.map(({ chart }) => ({ ...chart, runs: [] })),
        x,
      );
      of.forEach(({ done }, at) => done(found[at] ?? null));
    } catch (reason) {
      of.forEach(({ failed }) => failed(reason));
    }
  }
}

export const glances = new Glances();
