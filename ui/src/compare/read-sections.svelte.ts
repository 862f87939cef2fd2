// The sections of a comparison that are read from the files of the runs, once they come near the screen.
import { commands, type RunEnvironment, type RunFiles, type RunRef } from '../backend';
import { runKey } from '../run-ref';
import { AskEach } from './ask-each.svelte';
import { sectionOf, type Section, type SectionName } from './comparison';
import { artifactSection, environmentSection } from './files';

export class ReadSections {
  readonly #environments = new AskEach<RunEnvironment>((run) => commands.runEnvironment(run));
  readonly #files = new AskEach<RunFiles>((run) => commands.runFiles(run));
  #near: ReadonlySet<SectionName> = $state.raw(new Set());

  constructor(private readonly runs: () => readonly RunRef[]) {
    $effect(() => {
      if (this.#near.has('environment')) this.#environments.want(this.runs());
      if (this.#near.has('artifacts')) this.#files.want(this.runs());
    });
  }

  readonly sections: Section[] = $derived.by(() => {
    const runs = this.runs();
    if (runs.length === 0) return [];
    const of = <T>({ answers }: AskEach<T>) => runs.map((run) => answers.get(runKey(run)));
    const unread = (name: SectionName) => sectionOf(name, [], { unread: true });
    return [
      this.#near.has('environment') ? environmentSection(of(this.#environments)) : unread('environment'),
      this.#near.has('artifacts') ? artifactSection(of(this.#files)) : unread('artifacts'),
    ];
  });

  /** Its files are asked for from now on. */
  near(name: SectionName): void {
    if (!this.#near.has(name)) this.#near = new Set([...this.#near, name]);
  }

  /** Asks for the files of a section once more. */
  again(name: SectionName): void {
    (name === 'environment' ? this.#environments : this.#files).again(this.runs());
  }
}
