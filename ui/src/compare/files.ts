// What is read from the files of each compared run: its environment, and the files themselves. Pure.
import type { RunEnvironment, RunFiles } from '../backend';
import type { Answer } from './ask-each.svelte';
import { isRead, type TableCell, type Unread } from './cell';
import { rowOf, sectionOf, type Section } from './comparison';

/** Of each run in the order of the columns; absent until it has answered. */
export type Answers<T> = readonly (Answer<T> | undefined)[];

const READING: Unread = { kind: 'reading' };

function valueOf<T>(answer: Answer<T> | undefined): T | undefined {
  return answer && 'value' in answer ? answer.value : undefined;
}

/** Why nothing is known of a run, where it is so. */
function unread<T>(answer: Answer<T> | undefined): Unread | undefined {
  if (!answer) return READING;
  return 'error' in answer ? { kind: 'failed', message: answer.error.message } : undefined;
}

const text = (value: string): TableCell => ({ kind: 'text', value });
const unknown = (why: string, word = '?'): TableCell => ({ kind: 'unknown', why, word });

export const RECORDED_IN = 'Recorded in';
export const PYTHON = 'Python';

export function environmentSection(answers: Answers<RunEnvironment>): Section {
  const recorded = answers.map((answer): TableCell => {
    const value = valueOf(answer);
    if (!value) return unread(answer) ?? null;
    return value.files.length > 0
      ? text(value.files.join(', '))
      : unknown('This run recorded no environment', 'nowhere');
  });
  const why = (answer: Answer<RunEnvironment> | undefined): TableCell | undefined => {
    const value = valueOf(answer);
    if (!value) return unknown('This run’s environment was not read');
    return value.files.length === 0 ? unknown('This run recorded no environment') : undefined;
  };
  // Only of those that recorded one it is known which packages they have.
  const of = (cell: (environment: RunEnvironment) => TableCell) =>
    answers.map((answer) => why(answer) ?? cell(valueOf(answer) as RunEnvironment));
  const versions = answers.map(
    (answer) => new Map(valueOf(answer)?.packages.map(({ name, version }) => [name, version])),
  );
  const names = [...new Set(versions.flatMap((packages) => [...packages.keys()]))].sort();
  const rows = names.map((name) =>
    rowOf(
      name,
      answers.map((answer, at) => {
        const version = versions[at]?.get(name);
        if (version !== undefined) return text(version);
        const value = valueOf(answer);
        return why(answer) ?? (value?.complete ? null : unknown('Not all of its file was read'));
      }),
    ),
  );
  const python = rowOf(
    PYTHON,
    of(({ python }) => (python === null ? unknown('No file says which version') : text(python))),
  );
  const hasPython = python.cells.some(isRead);
  const all = [rowOf(RECORDED_IN, recorded), ...(hasPython ? [python] : []), ...rows];
  if (answers.every((answer) => valueOf(answer)?.files.length === 0))
    return sectionOf('environment', [], { none: nothing(answers.map(valueOf)) });
  return sectionOf('environment', all);
}

function nothing(environments: readonly (RunEnvironment | undefined)[]): string {
  const who = environments.length === 1 ? 'This run' : 'These runs';
  const where = environments.every((environment) => environment?.complete)
    ? ''
    : ' in the folders that were looked at';
  return `${who} recorded no environment${where}: MLflow keeps it in requirements.txt, conda.yaml and python_env.yaml.`;
}

export function artifactSection(answers: Answers<RunFiles>): Section {
  const sizes = answers.map(
    (answer) => new Map(valueOf(answer)?.files.map(({ path, sizeBytes }) => [path, sizeBytes])),
  );
  const failures = answers.map(
    (answer) => new Map(valueOf(answer)?.failures.map(({ path, error }) => [path, error.message])),
  );
  const paths = [...new Set(sizes.flatMap((files) => [...files.keys()]))].sort();
  const folders = [...new Set(failures.flatMap((failed) => [...failed.keys()]))].sort();
  const rows = [
    // One row that says whose files are not known at all.
    ...(answers.every((answer) => valueOf(answer))
      ? []
      : [
          rowOf(
            'Files',
            answers.map((answer) => unread(answer) ?? counted(valueOf(answer))),
          ),
        ]),
    ...folders.map((folder) =>
      rowOf(
        folder === '' ? 'All files' : `${folder}/`,
        answers.map((answer, at): TableCell => {
          const message = failures[at]?.get(folder);
          if (!valueOf(answer)) return unknown('This run’s files were not read');
          return message === undefined
            ? unknown('It was read: its files stand below')
            : { kind: 'failed', message };
        }),
      ),
    ),
    ...paths.map((path) => {
      const cells = answers.map((answer, at): TableCell => {
        const value = valueOf(answer);
        if (!value) return unknown('This run’s files were not read');
        const size = sizes[at]?.get(path);
        if (size !== undefined)
          return size === null ? unknown('Its size is not known', 'there') : { kind: 'number', value: size };
        const hidden = [...(failures[at]?.keys() ?? []), ...value.unseen].some((folder) =>
          isIn(path, folder),
        );
        return hidden ? unknown('The folder it would be in was not read') : null;
      });
      const row = rowOf(path, cells);
      // A file without a known size is there all the same.
      const isThere = sizes.some((files) => files.has(path));
      return { ...row, differs: row.differs || (isThere && cells.includes(null)) };
    }),
  ];
  if (rows.length === 0) return sectionOf('artifacts', [], { none: 'These runs have no artifacts.' });
  const unseen = answers.reduce((sum, answer) => sum + (valueOf(answer)?.unseen.length ?? 0), 0);
  const note = unseen > 0 ? `by path and size, ${unseen} more folders not looked at` : 'by path and size';
  return sectionOf('artifacts', rows, { note });
}

function counted(files: RunFiles | undefined): TableCell {
  const count = files?.files.length ?? 0;
  return unknown('How many files it has', count === 1 ? '1 file' : `${count} files`);
}

function isIn(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}
