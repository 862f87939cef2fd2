// Registering, stages and rights as the stand-in answers them: enough to look at, not the core's own rules.
import type { Commands, CopyView, ModelVersion, StageMove } from './types';
import { NOW_MS, versionsOf } from './fake-data';

type Fakes = Pick<
  Commands,
  | 'prepareRegistration'
  | 'registerVersion'
  | 'followRegistration'
  | 'modelRights'
  | 'modelStages'
  | 'prepareStage'
  | 'moveStage'
  | 'undoStage'
  | 'prepareCopy'
  | 'copyVersion'
  | 'listCopies'
  | 'resumeCopy'
  | 'stopCopy'
  | 'discardCopy'
>;

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
const stages = new Map<string, string>();
const moves: StageMove[] = [];
const copies: CopyView[] = [];
const FILES = [
  { path: 'MLmodel', sizeBytes: 1_100, sha256: 'b5d4045c3f466fa9' },
  { path: 'data/model.pt', sizeBytes: 98_000_000, sha256: null },
  { path: 'requirements.txt', sizeBytes: 200, sha256: null },
];
const keyOf = (model: string, version: string) => `${model}/${version}`;

/** The stage that was set since the start. */
export function stageOf(model: string, version: string): string {
  return stages.get(keyOf(model, version)) ?? 'None';
}

export const registration: Fakes = {
  prepareRegistration: async (_profileId, from) => {
    await wait(150);
    const runId = from.kind === 'run' ? from.id : 'r-7';
    const logged = {
      root: { kind: 'loggedModel' as const, id: 'm-4f2a81c09e' },
      folder: '',
      name: 'resnet',
      runId,
      modelId: 'm-4f2a81c09e',
      source: 'models:/m-4f2a81c09e',
      refusal: null,
    };
    const folder = {
      root: { kind: 'run' as const, id: runId },
      folder: 'model',
      name: 'model',
      runId,
      modelId: null,
      source: `mlflow-artifacts:/1/${runId}/artifacts/model`,
      refusal: null,
    };
    return {
      id: 'wish-1',
      sources:
        from.kind === 'run'
          ? [
              { source: logged, versions: [{ model: 'resnet50', version: '3' }] },
              { source: folder, versions: [] },
            ]
          : [{ source: { ...logged, root: from }, versions: [] }],
      unread: [],
      refusals: [],
    };
  },
  registerVersion: async (_profileId, { model, description, tags }) => {
    await wait(400);
    return madeVersion(model, description, tags, 'PENDING_REGISTRATION');
  },
  followRegistration: async (_profileId, model) => {
    await wait(1500);
    return madeVersion(model, '', [], 'READY');
  },
  modelRights: async () => ({ permission: null, editRefusal: null, manageRefusal: null }),
  modelStages: async (_profileId, model) => ({
    inUse: moves.some((move) => move.model === model),
    moves: moves.filter((move) => move.model === model),
  }),
  prepareStage: async (_profileId, model, version, stage) => ({
    model,
    version,
    fromStage: stageOf(model, version),
    toStage: stage,
    others: ['Staging', 'Production'].includes(stage)
      ? versionsOf(model).flatMap((row) =>
          row.version.version !== version && stageOf(model, row.version.version) === stage
            ? [row.version.version]
            : [],
        )
      : [],
    refusals: stageOf(model, version) === stage ? [`Version ${version} is in ${stage} already.`] : [],
  }),
  moveStage: async (_profileId, { model, version, expectedStage, stage, others, archive, reason }) => {
    const archived = archive ? others : [];
    await wait(300);
    for (const other of archived) stages.set(keyOf(model, other), 'Archived');
    stages.set(keyOf(model, version), stage);
    const move: StageMove = {
      id: String(moves.length),
      model,
      version,
      fromStage: expectedStage,
      toStage: stage,
      archived,
      by: 'mika',
      atMs: Date.now(),
      reason,
      undoneAtMs: null,
      outcome: 'moved',
      warnings: [],
    };
    moves.unshift(move);
    return move;
  },
  undoStage: async (_profileId, id) => {
    const move = moves.find((each) => each.id === id);
    if (!move) throw new Error(`There is no move ${id}.`);
    stages.set(keyOf(move.model, move.version), move.fromStage);
    for (const other of move.archived) stages.set(keyOf(move.model, other), move.toStage);
    move.undoneAtMs = Date.now();
    return move;
  },
  prepareCopy: async (fromProfile, model, version, toProfile) => {
    await wait(200);
    const source = versionsOf(model).find((row) => row.version.version === version)?.version;
    return {
      id: `copy-${copies.length}`,
      origin: { address: 'http://gpu-3:5000', model, version, runId: source?.runId ?? null },
      description: source?.description ?? '',
      tags: source?.tags ?? [],
      ways:
        fromProfile === toProfile
          ? [{ way: 'reference', refusal: null }]
          : [
              { way: 'files', refusal: null },
              { way: 'place', refusal: 'The source is a place that only its own server knows.' },
            ],
      files: FILES.map(({ path, sizeBytes }) => ({ path, sizeBytes })),
      bytes: FILES.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
      refusals: [],
    };
  },
  copyVersion: async ({ way, id, fromProfile, toProfile, model, version, toModel, isNew, experiment }) => {
    await wait(300);
    if (way !== 'files') return madeVersion(toModel, '', [], 'READY');
    copies.unshift({
      state: {
        id,
        fromProfile,
        toProfile,
        origin: { address: 'http://gpu-3:5000', model, version, runId: null },
        root: { kind: 'run', id: 'r-7' },
        folder: 'model',
        toModel,
        isNew,
        experiment,
        description: '',
        tags: [],
        by: 'mika',
        startedAtMs: Date.now(),
        files: structuredClone(FILES),
        carrier: null,
        recorded: true,
        finished: false,
        version: null,
        warnings: [],
        trouble: null,
      },
      progress: {
        doing: 'Sending data/model.pt',
        files: 1,
        allFiles: 3,
        bytes: 36_000_000,
        allBytes: 98_001_300,
      },
    });
    return null;
  },
  listCopies: async () => structuredClone(copies),
  resumeCopy: async () => null,
  stopCopy: async (id) => {
    const copy = copies.find(({ state }) => state.id === id);
    if (copy) {
      copy.progress = null;
      copy.state.trouble = 'You have stopped it.';
    }
    return null;
  },
  discardCopy: async (id) => {
    const at = copies.findIndex(({ state }) => state.id === id);
    if (at >= 0) copies.splice(at, 1);
    return null;
  },
};

function madeVersion(
  name: string,
  description: string,
  tags: ModelVersion['tags'],
  status: string,
): ModelVersion {
  return {
    name,
    version: String(versionsOf(name).length + 1),
    description,
    creationTimeMs: NOW_MS,
    lastUpdatedTimeMs: NOW_MS,
    userId: 'mika',
    stage: 'None',
    source: 'models:/m-4f2a81c09e',
    runId: null,
    modelId: 'm-4f2a81c09e',
    status,
    statusMessage: status === 'READY' ? '' : 'The server copies the files.',
    tags,
  };
}
