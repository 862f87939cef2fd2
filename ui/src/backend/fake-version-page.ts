// One version of the fake registry as its page shows it, and what its files say.
import type { AliasMove, Direction, Edit, Edited, Gate, RegisteredModel, VersionFiles } from './bindings';
import type { VersionPage } from './types';
import { MEASURED, keptVersions, versionsOf } from './fake-data';

/** What stands in the way of a page: everything that the other stand-ins know of the model. */
interface Known {
  model: RegisteredModel;
  moves: AliasMove[];
  gates: (alias: string, version: string) => Gate[];
  direction: (metric: string) => Direction;
}

export function versionPageOf({ model, moves, gates, direction }: Known, number: string): VersionPage | null {
  const rows = versionsOf(model.name);
  const at = rows.findIndex(({ version }) => version.version === number);
  const row = rows[at];
  if (!row) return null;
  const { version } = row;
  const { runId } = version;
  const copied = /^models:\/(.+)\/(\d+)$/.exec(version.source);
  return {
    version: structuredClone(version),
    aliases: model.aliases.filter((held) => held.version === number).map(({ alias }) => alias),
    author: row.author,
    origin: copied
      ? { kind: 'version', model: copied[1] ?? '', version: copied[2] ?? '' }
      : { kind: 'run', runId: runId ?? '', path: 'model' },
    run:
      runId === null
        ? null
        : {
            runId,
            displayName: row.runName ?? runId,
            known: {
              experimentId: '1',
              experimentName: 'vision/vit-finetune',
              status: 'finished',
              startTimeMs: version.creationTimeMs,
              isDeleted: false,
            },
          },
    loggedModel:
      Number(number) % 2 === 0
        ? { modelId: `m-4f2a${number}`, name: 'model', status: 'READY', modelType: 'classifier' }
        : null,
    datasets: [
      { name: 'birds-24', digest: 'a41c02d9', context: 'training', source: 's3://data/birds-24' },
      { name: 'birds-24-val', digest: '0d77b18e', context: 'eval', source: 's3://data/birds-24-val' },
    ],
    metrics: row.cells.flatMap((measured, i) =>
      measured
        ? [
            {
              name: { key: MEASURED[i] ?? '', dataset: null },
              measured,
              direction: direction(MEASURED[i] ?? ''),
            },
          ]
        : [],
    ),
    params: [
      { key: 'lr', value: '0.0003' },
      { key: 'optimizer', value: 'adamw' },
      { key: 'schedule', value: 'cosine' },
    ],
    gates: ['champion', 'challenger'].flatMap((alias) => {
      const found = gates(alias, number);
      const holder = model.aliases.find((held) => held.alias === alias)?.version ?? null;
      return found.length > 0 ? [{ alias, holder, gates: found }] : [];
    }),
    moves: moves.filter((move) =>
      [move.from, move.to].some((place) => place.kind === 'version' && place.version === number),
    ),
    files: runId === null ? null : [{ kind: 'run', id: runId }, 'model'],
    older: rows[at + 1]?.version.version ?? null,
    newer: rows[at - 1]?.version.version ?? null,
    readOnlyReason: null,
  };
}

export const VERSION_FILES: VersionFiles = {
  mlModel: { flavors: ['python_function', 'pytorch'], python: '3.11.7', mlflow: '3.4.0', hasRequest: true },
  signature: {
    inputs: [{ name: 'image', kind: 'float32 [-1,3,224,224]', required: true }],
    outputs: [{ name: '', kind: 'float32 [-1,1000]', required: true }],
    params: [{ name: 'temperature', kind: 'double', required: false }],
  },
  requirements: [
    { name: 'mlflow', version: '3.4.0' },
    { name: 'torch', version: '2.7.0' },
    { name: 'torchvision', version: '0.22.0' },
  ],
};

/** Edits a model, or one of its versions where a number is given. */
export function edit(model: RegisteredModel, number: string | null, edit: Edit): Edited {
  const thing =
    number === null
      ? model
      : keptVersions(model.name).find(({ version }) => version.version === number)?.version;
  if (!thing) return { kind: 'changed', now: null };
  if (edit.kind === 'description') {
    if (thing.description !== edit.expected) return { kind: 'changed', now: thing.description };
    thing.description = edit.text;
    return { kind: 'saved' };
  }
  const found = thing.tags.find(({ key }) => key === edit.key)?.value ?? null;
  if (found !== edit.expected) return { kind: 'changed', now: found };
  thing.tags = thing.tags.filter(({ key }) => key !== edit.key);
  if (edit.value !== null) thing.tags.push({ key: edit.key, value: edit.value });
  return { kind: 'saved' };
}
