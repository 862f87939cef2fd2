// Believable data for development in a plain browser: made from a seed, so every reload shows the same.
import type { MetricValue, Promotion, VersionRow } from './types';
import type { Cell, Column, Experiment, RegisteredModel, RunRow, RunStatus } from './bindings';
import { PALETTE } from './bindings';

export const NOW_MS = Date.now();
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export interface FakeRun extends Omit<RunRow, 'cells' | 'profileId'> {
  metrics: Record<string, MetricValue>;
  params: Record<string, string>;
  tags: Record<string, string>;
}

/** A repeatable source of numbers in [0, 1). */
export function numbers(seed: number): () => number {
  let state = (seed * 2654435761) % 2147483647 || 7;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

export const SIZES: [id: string, name: string, runs: number][] = [
  ['1', 'vision/resnet-sweep', 10_000],
  ['2', 'vision/vit-finetune', 238],
  ['3', 'vision/画像分類', 64],
  ['4', 'churn/gbdt-weekly', 812],
  ['5', 'ranking', 0],
];

export const EXPERIMENTS: Experiment[] = SIZES.map(([experimentId, name], i) => ({
  experimentId,
  name,
  artifactLocation: `mlflow-artifacts:/${experimentId}`,
  lifecycleStage: 'active',
  creationTimeMs: NOW_MS - (90 - i) * DAY_MS,
  lastUpdateTimeMs: NOW_MS - i * DAY_MS,
  tags:
    i === 0
      ? [
          {
            key: 'mlflow.note.content',
            value: 'Depth, width and mixup for the shelf camera.\n\nBaseline: run-009836.',
          },
        ]
      : [],
}));

const OPTIMIZERS = ['adamw', 'lion', 'adam', 'sgd'];
const USERS = ['mika', 'noor', 'jonas', 'ci'];

function pick<T>(from: readonly T[], at: number): T {
  return from[Math.floor(at * from.length)] as T;
}

function statusOf(i: number, next: () => number): RunStatus {
  if (i === 0) return 'running';
  const at = next();
  return at < 0.93 ? 'finished' : at < 0.97 ? 'failed' : at < 0.99 ? 'killed' : 'scheduled';
}

function makeRun(experimentId: string, i: number, count: number): FakeRun {
  const next = numbers(i + 1 + Number(experimentId) * 100_003);
  const runId = `${Math.floor(next() * 2 ** 31)
    .toString(16)
    .padStart(8, '0')}${Math.floor(next() * 2 ** 31)
    .toString(16)
    .padStart(8, '0')}${String(i).padStart(16, '0')}`;
  const status = statusOf(i, next);
  const startTimeMs = NOW_MS - 12 * MINUTE_MS - Math.floor(i * 7.3 * MINUTE_MS);
  const endTimeMs = startTimeMs + Math.floor((4 + next() * 90) * MINUTE_MS);
  const optimizer = pick(OPTIMIZERS, next());
  const lr = 10 ** (-2 - next() * 2.4);
  const depth = pick([18, 34, 50, 101], next());
  const quality =
    0.7 + 0.2 * next() + (optimizer === 'adamw' ? 0.03 : 0) - Math.abs(Math.log10(lr) + 3) * 0.03;
  const broken = status === 'failed' || next() < 0.01;
  const run: FakeRun = {
    runId,
    // One without a name, as 1.x leaves them behind.
    displayName:
      i % 97 === 13
        ? `画像-${i}`
        : i % 97 === 14
          ? runId.slice(0, 8)
          : `run-${String(count - i).padStart(6, '0')}`,
    experimentId,
    userId: pick(USERS, next()),
    status,
    startTimeMs: status === 'scheduled' ? null : startTimeMs,
    endTimeMs: status === 'running' || status === 'scheduled' ? null : endTimeMs,
    duration:
      status === 'running'
        ? { kind: 'running', sinceMs: startTimeMs }
        : status === 'scheduled'
          ? { kind: 'unknown', why: 'notStarted' }
          : { kind: 'ended', durationMs: endTimeMs - startTimeMs },
    parentRunId: null,
    color: i % PALETTE.length,
    metrics: {},
    params: {
      optimizer,
      lr: lr.toPrecision(3),
      depth: String(depth),
      batch_size: String(pick([32, 64, 128], next())),
    },
    tags: { 'mlflow.user': 'mika', 'mlflow.source.name': 'train.py', team: pick(['core', 'edge'], next()) },
  };
  if (next() < 0.8) run.params['dropout'] = pick(['0.0', '0.1', '0.3'], next());
  if (next() < 0.5) run.params['augment'] = pick(['randaug', 'mixup', 'none'], next());
  Object.assign(run.params, {
    'data.augment.policy': pick(['randaug-9', 'trivial'], next()),
    'data.augment.magnitude': pick(['9', '9', '12'], next()),
    'data.size': '224',
    'optim.warmup_steps': pick(['500', '500', '1000'], next()),
    'optim.weight_decay': pick(['0.05', '5e-2', '0.1'], next()),
  });
  // One in nine was started where there is no repository.
  if (i % 9 !== 4) {
    run.tags['mlflow.source.type'] = 'LOCAL';
    run.tags['mlflow.source.git.branch'] = pick(['main', 'main', 'longer-warmup'], next());
    run.tags['mlflow.source.git.commit'] =
      `${pick(['9f2c1ab', 'a1c93f2'], next())}7d04be51c2a96f38e07b15d4c8a2e6f903`;
    run.tags['mlflow.source.git.dirty'] = next() < 0.1 ? 'True' : 'False';
  }
  if (status === 'scheduled') return run;
  run.metrics['accuracy'] = quality;
  run.metrics['val_loss'] = broken ? 'NaN' : (1 - quality) * 2.1 + next() * 0.05;
  run.metrics['train_loss'] = broken ? (next() < 0.2 ? 'Infinity' : 'NaN') : (1 - quality) * 1.7;
  if (next() < 0.9) run.metrics['latency_ms'] = depth * (0.18 + next() * 0.05);
  if (next() < 0.7) run.metrics['f1_macro'] = quality - 0.02 * next();
  if (next() < 0.3) run.metrics['grad_norm'] = 10 ** (next() * 4 - 2);
  if (experimentId === '2') SYSTEM.forEach((key, at) => (run.metrics[key] = 20 + ((i * 7 + at * 13) % 70)));
  // A few hundred rare keys, as sweeps over datasets leave behind.
  run.metrics[`per_class/${i % 240}/recall`] = next();
  return run;
}

const made = new Map<string, FakeRun[]>();
const byId = new Map<string, FakeRun>();

/** The runs of an experiment, newest first. */
export function runsOf(experimentId: string): FakeRun[] {
  const there = made.get(experimentId);
  if (there) return there;
  const count = SIZES.find(([id]) => id === experimentId)?.[2] ?? 0;
  const runs = Array.from({ length: count }, (_, i) => makeRun(experimentId, i, count));
  runs.forEach((run, i) => {
    // Every fortieth run is the parent of the three before it.
    if (i % 40 >= 1 && i % 40 <= 3) run.parentRunId = runs[i - (i % 40)]?.runId ?? null;
    byId.set(run.runId, run);
  });
  made.set(experimentId, runs);
  return runs;
}

export function findRun(runId: string): FakeRun | undefined {
  if (!byId.has(runId)) SIZES.forEach(([id]) => runsOf(id));
  return byId.get(runId);
}

/** The value of a column, as the table sorts and shows it. */
export function cellOf(run: FakeRun, column: Column): Cell | null {
  const text = (value: string | null | undefined): Cell | null =>
    value == null ? null : { kind: 'text', value };
  const number = (value: MetricValue | null | undefined): Cell | null =>
    value == null ? null : { kind: 'number', value };
  if (column.kind === 'metric') return number(run.metrics[column.key]);
  if (column.kind === 'param') return text(run.params[column.key]);
  if (column.kind === 'tag') return text(run.tags[column.key]);
  switch (column.key) {
    case 'run_name':
      return text(run.displayName);
    case 'run_id':
      return text(run.runId);
    case 'status':
      return text(run.status);
    case 'user_id':
      return text(run.userId);
    case 'experiment_id':
      return text(run.experimentId);
    case 'start_time':
      return number(run.startTimeMs);
    case 'end_time':
      return number(run.endTimeMs);
    default:
      return number(runDuration_ms(run.duration));
  }
}

function runDuration_ms(duration: RunRow['duration']): number | null {
  if (duration.kind === 'running') return Date.now() - duration.sinceMs;
  return duration.kind === 'ended' ? duration.durationMs : null;
}

/** The curve of a run: as many steps as wanted of a decay towards its last value, with noise. */
export function curveOf(run: FakeRun, key: string): { step: number; value: number }[] {
  const last = run.metrics[key];
  if (last === undefined || !CURVES.includes(key)) return [];
  const next = numbers(run.runId.charCodeAt(3) * 977 + run.runId.charCodeAt(6) * 31 + key.length);
  const to = Number.isFinite(Number(last)) ? Number(last) : 0.4;
  const from = key === 'accuracy' ? 0.1 : key === 'grad_norm' ? to * 8 : 2.2 + next();
  const pace = 60 + next() * 260;
  const steps = run.status === 'running' ? 1240 : 2000;
  const points = [];
  for (let step = 0; step < steps; step += 4) {
    const noise = (next() - 0.5) * 0.12 * Math.abs(from - to) * (0.35 + Math.exp(-step / pace));
    points.push({ step, value: to + (from - to) * Math.exp(-step / pace) + noise });
  }
  return points;
}

/** What MLflow measures of the machine; only one experiment logs it. */
const SYSTEM = [
  'system/cpu_utilization_percentage',
  'system/system_memory_usage_megabytes',
  'system/gpu_0_utilization_percentage',
  'system/gpu_0_power_usage_watts',
  'system/gpu_1_utilization_percentage',
  'system/1/cpu_utilization_percentage',
  'system/1/gpu_0_utilization_percentage',
];

export const CURVES = ['accuracy', 'train_loss', 'val_loss', 'grad_norm', ...SYSTEM];

export const MODELS: RegisteredModel[] = [
  {
    name: 'resnet50',
    description: 'Backbone for the shelf camera.',
    creationTimeMs: NOW_MS - 60 * DAY_MS,
    lastUpdatedTimeMs: NOW_MS - DAY_MS,
    tags: [
      { key: 'team', value: 'core' },
      { key: 'podium.approval.challenger', value: '1' },
      {
        key: 'podium.gates.champion',
        value: "accuracy >= 0.90\nlatency_ms <= champion * 1.1\ntag.fairness_review = 'done'",
      },
    ],
    aliases: [
      { alias: 'champion', version: '3' },
      { alias: 'challenger', version: '4' },
    ],
  },
  {
    name: 'churn-gbdt',
    description: '',
    creationTimeMs: NOW_MS - 200 * DAY_MS,
    lastUpdatedTimeMs: NOW_MS - 9 * DAY_MS,
    tags: [],
    aliases: [{ alias: 'champion', version: '1' }],
  },
  {
    name: 'ocr-ja',
    description: 'まだ昇格していない',
    creationTimeMs: NOW_MS - 3 * DAY_MS,
    lastUpdatedTimeMs: NOW_MS - 3 * DAY_MS,
    tags: [],
    aliases: [],
  },
];

const MOVE = {
  model: 'resnet50',
  by: 'mika',
  undoneAtMs: null,
  planId: null,
  outcome: 'moved' as const,
  overridden: [],
  approvedBy: [],
  warnings: [],
};

/** The journal of moves, newest first: one that no answer confirmed, one that counts, one that was taken back. */
export const PROMOTIONS: Promotion[] = [
  {
    ...MOVE,
    id: 'journal-3',
    alias: 'champion',
    fromVersion: '3',
    toVersion: '4',
    atMs: NOW_MS - 40 * MINUTE_MS,
    reason: '',
    outcome: 'unknown',
    warnings: ['the server closed the connection before it answered'],
  },
  {
    ...MOVE,
    id: 'journal-2',
    alias: 'champion',
    fromVersion: '2',
    toVersion: '3',
    atMs: NOW_MS - DAY_MS,
    reason: '',
  },
  {
    ...MOVE,
    id: 'journal-1',
    alias: 'champion',
    fromVersion: '2',
    toVersion: '4',
    atMs: NOW_MS - 3 * DAY_MS,
    reason: 'a look at the new backbone on the shelf camera',
    undoneAtMs: NOW_MS - 2 * DAY_MS,
  },
];

/** The metrics that every version has. */
export const MEASURED = ['accuracy', 'f1_macro', 'latency_ms', 'val_loss'];

const VERSIONS = new Map<string, VersionRow[]>();

/** Versions of a model, newest first, as they are kept: what is changed in them stays. */
export function keptVersions(name: string): VersionRow[] {
  const kept = VERSIONS.get(name) ?? madeVersions(name);
  VERSIONS.set(name, kept);
  return kept;
}

/** Versions of a model, newest first. */
export function versionsOf(name: string): VersionRow[] {
  return structuredClone(keptVersions(name));
}

function madeVersions(name: string): VersionRow[] {
  const count = name === 'resnet50' ? 4 : 1;
  return Array.from({ length: count }, (_, at) => {
    const number = count - at;
    const run = runsOf('1')[number * 41] as FakeRun;
    return {
      version: {
        name,
        version: String(number),
        description: number === 4 ? 'Longer warm-up, mixup.' : '',
        creationTimeMs: NOW_MS - at * 6 * DAY_MS - DAY_MS,
        lastUpdatedTimeMs: NOW_MS - at * 6 * DAY_MS,
        userId: run.userId,
        stage: 'None',
        source: number === 1 && count > 1 ? `models:/${name}-dev/7` : `runs:/${run.runId}/model`,
        runId: run.runId,
        modelId: null,
        status: 'READY',
        statusMessage: '',
        tags: [{ key: 'validation_status', value: number === 2 ? 'rejected' : 'approved' }],
      },
      author: { name: run.userId, accordingTo: 'version' },
      runName: run.displayName,
      loggedModelName: null,
      cells: MEASURED.map((key) => ({
        value: run.metrics[key] ?? 0.9,
        step: 0,
        of: 'run',
      })),
    };
  });
}
