// One chart's conversation with the drawer: at most one drawing in flight and one waiting, late ones dropped.

export class FrameQueue<Ask, Answer> {
  #waiting: { ask: Ask } | undefined;
  #flying = false;
  #generation = 0;

  constructor(
    private readonly draw: (ask: Ask) => Promise<Answer>,
    private readonly ondone: (answer: Answer, ask: Ask) => void,
    private readonly onerror: (error: unknown, ask: Ask) => void,
    private readonly onbusy: (busy: boolean) => void = () => undefined,
  ) {}

  /** Asks for a drawing; a drawing that was still waiting is dropped, because this one replaces it. */
  ask(ask: Ask): void {
    this.#waiting = { ask };
    if (!this.#flying) void this.#run();
  }

  /** Forgets what is waiting and drops what is in flight when it comes. */
  cancel(): void {
    this.#waiting = undefined;
    this.#generation++;
  }

  async #run(): Promise<void> {
    this.#flying = true;
    this.onbusy(true);
    while (this.#waiting) {
      const { ask } = this.#waiting;
      const generation = this.#generation;
      this.#waiting = undefined;
      // A late answer is still shown: it is newer than the frame on screen.
      try {
        const answer = await this.draw(ask);
        if (generation === this.#generation) this.ondone(answer, ask);
      } catch (error) {
        // A newer request is on its way: its answer decides.
        if (generation === this.#generation && !this.#waiting) this.onerror(error, ask);
      }
    }
    this.#flying = false;
    this.onbusy(false);
  }
}
