// What the user asked of a comparison: what is shown of it, which parts are folded, and where the walk through what differs is.
import { ROUNDING, TOLERANCES, type Tolerance } from './equal';
import type { Section, SectionName } from './comparison';
import { LONE, linesOf, said, step, stops, type Line } from './lines';

export class Comparing {
  onlyDiffering = $state(true);
  words = $state('');
  /** One of [`TOLERANCES`], by its value. */
  equalWithin = $state('rounding');
  /** The line that the walk has come to. */
  now: string | undefined = $state();
  #folded = $state.raw<ReadonlySet<string>>(new Set([LONE]));
  readonly #sections: () => readonly Section[];

  constructor(sections: () => readonly Section[]) {
    this.#sections = sections;
  }

  readonly tolerance: Tolerance = $derived.by(
    () => TOLERANCES.find(({ value }) => value === this.equalWithin)?.tolerance ?? ROUNDING,
  );
  readonly lines: Line[] = $derived.by(() =>
    linesOf(this.#sections(), {
      onlyDiffering: this.onlyDiffering,
      words: this.words,
      folded: this.#folded,
    }),
  );
  readonly #stops: Line[] = $derived.by(() => stops(this.#sections(), this.words));
  readonly differences: number = $derived.by(() => this.#stops.filter(({ kind }) => kind === 'row').length);
  /** Which difference the walk is at, from 1. */
  readonly at: number | undefined = $derived.by(() => {
    const at = this.#stops.filter(({ kind }) => kind === 'row').findIndex(({ id }) => id === this.now);
    return at < 0 ? undefined : at + 1;
  });
  /** Where the walk is, in words. */
  readonly said: string = $derived.by(() => said(this.#stops, this.now));

  /** Goes to the next difference, or to the one before, and opens what it is folded in. Gives the line's id. */
  step(by: 1 | -1): string | undefined {
    const halt = step(this.#stops, this.now, by);
    if (!halt) return undefined;
    const within = halt.kind === 'row' ? halt.within : [halt.id];
    if (within.some((id) => this.#folded.has(id)))
      this.#folded = new Set([...this.#folded].filter((id) => !within.includes(id)));
    this.now = halt.id;
    return halt.id;
  }

  /** Folds a section or a branch by the id of its line, or opens it. */
  fold(id: string): void {
    const folded = new Set(this.#folded);
    if (!folded.delete(id)) folded.add(id);
    this.#folded = folded;
  }

  /** Folds the section that the walk is in, or opens it; the first one before it has begun. */
  foldHere(): void {
    const sections = this.#sections();
    const here = sections.find(({ name }) => this.now?.split(' ')[0] === name) ?? sections[0];
    if (!here) return;
    this.fold(here.name);
    this.now = here.name;
  }

  open(name: SectionName): void {
    if (this.#folded.has(name)) this.fold(name);
  }
}
