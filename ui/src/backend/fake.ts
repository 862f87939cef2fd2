// Stands in for the app when the window is opened in a plain browser during development.
//
// The address chooses a situation: `?fake=new` (first start), `down`, `syncing`, `failing`, `live`, `slow`,
// `reconnecting`, `needsUser`, `untrusted`; `ask`, `asking`, `exposed`, `noKeyring`, `unread` and
// `crowded`, `large` and `halfway` may be added with a comma.
import type {
  AppError,
  Backend,
  Change,
  Commands,
  ConnectionState,
  ModelBoard,
  Promotion,
  VersionRow,
} from './types';
import type {
  Cell,
  Column,
  ColumnInfo,
  ComparisonRow,
  Direction,
  DirectionChoice,
  Freshness,
  MadeFrom,
  Metric,
  MetricColumn,
  MetricName,
  Look,
  Preview,
  ProfileExperiments,
  Fact,
  PromotionPlan,
  RegisteredModel,
  RunPage,
  RunRef,
  RunRow,
  RunSet,
  RunsView,
  TreeEntry,
  What,
} from './bindings';
import { answer, approvalPlan, ask, openRequests, policyText } from './fake-approval';
import { gatesOf, rulesOf, tryRules } from './fake-gates';
import { LOGGED_ONCE, bars, importance } from './fake-bars';
import { colored } from './fake-colors';
import { frame, probe } from './fake-chart';
import { readFormula } from './fake-formula';
import {
  CURVES,
  EXPERIMENTS,
  MEASURED,
  MODELS,
  NOW_MS,
  PROMOTIONS,
  SIZES,
  cellOf,
  findRun,
  runsOf,
  versionsOf,
  type FakeRun,
} from './fake-data';
import { distribution } from './fake-distribution';
import { contour } from './fake-contour';
import { heat, panels } from './fake-panels';
import { parallel, scatter } from './fake-values';
import { CROWDED_FAULT, CROWDED_PROFILES } from './fake-crowded';
import { chartTable } from './fake-table';
import { DATASETS } from './fake-datasets';
import { paperOf, pngOf } from './fake-file';
import { leaveHalfway, movePlans } from './fake-move-plans';
import { enlarged } from './fake-large';
import { historyOf } from './fake-history';
import { PROMPTS, promptVersionsOf } from './fake-prompts';
import { registration, stageOf } from './fake-registration';
import { registryOf } from './fake-registry';
import { useItOf } from './fake-use-it';
import { VERSION_FILES, edit, versionPageOf } from './fake-version-page';
import { versionsChart } from './fake-versions';
import { FAULTS, PROFILES, fakeConnections, linkState, type LinkSituation } from './fake-connections';
import { newProfile } from './new-profile';

type Situation = 'new' | 'syncing' | 'failing' | 'live' | 'slow' | LinkSituation | '';

const search = typeof location === 'undefined' ? '' : location.search;
const situations = (new URLSearchParams(search).get('fake') ?? '').split(',');
const situation = (situations[0] ?? '') as Situation;
const hearers = new Set<(changes: Change[]) => void>();
const savingHearers = new Set<(done: { done: number; of: number }) => void>();
/** The board that is being saved. */
let stopped = false;
const tell = (...changes: Change[]) => hearers.forEach((hear) => hear(changes));
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const crowded = situations.includes('crowded');
const unread = situations.includes('unread');
const profiles = situation === 'new' ? [] : structuredClone(crowded ? CROWDED_PROFILES : PROFILES);
const values = new Map<string, string>();
const FACTS: Fact[] = [
  {
    kind: 'data',
    verdict: 'differs',
    from: 'crm (training) a41c02d9',
    to: 'crm (training) 0d77b18e',
    why: 'The same names with other digests.',
  },
  { kind: 'signature', verdict: 'same', from: '14 inputs, 1 output', to: '14 inputs, 1 output', why: '' },
  {
    kind: 'requirements',
    verdict: 'differs',
    from: '9 packages',
    to: '9 packages',
    why: 'torch 2.6.0 → 2.7.0',
  },
  {
    kind: 'code',
    verdict: 'missing',
    from: '9f2c1ab4, clean',
    to: null,
    why: 'The run of this version recorded no commit.',
  },
];
const moves: Promotion[] = structuredClone(PROMOTIONS);
let fetched = 3000;

function fail(code: AppError['code'], message: string): never {
  throw { code, message, part: null } satisfies AppError;
}

/** The model, if the profile may change it. */
function writable(profileId: string, name: string, confirmation: string | null): RegisteredModel {
  const writes = profiles.find(({ id }) => id === profileId)?.writes;
  if (writes === 'readOnly') fail('readOnly', 'The profile is read-only.');
  if ((writes === 'confirmed' && confirmation === null) || (writes === 'typed' && confirmation !== name))
    fail('needsConfirmation', `The name of the model has to be typed: ${name}.`);
  return MODELS.find((each) => each.name === name) ?? fail('notFound', `There is no model ${name}.`);
}

const lost = (situation in FAULTS ? situation : undefined) as LinkSituation | undefined;

function freshness(...whats: What[]): Freshness {
  const { syncedAtMs: asOfMs, ...rest } = age();
  const parts = whats.map((what) => ({ what, asOfMs, error: null, failed: 0 }));
  return { syncedAtMs: asOfMs, ...rest, parts };
}

function age(): Omit<Freshness, 'parts'> {
  const base = { syncedAtMs: NOW_MS - 40_000, syncing: false, complete: true, fetched: 10_000, error: null };
  if (unread) return { ...base, syncedAtMs: null, syncing: !lost, complete: false, fetched: 0 };
  if (lost) return { ...base, syncedAtMs: NOW_MS - 7_500_000, error: FAULTS[lost] };
  if (situation === 'syncing') return { ...base, syncedAtMs: null, syncing: true, complete: false, fetched };
  return base;
}

function stateOf(): ConnectionState {
  if (lost && crowded) return { ...linkState(lost), error: CROWDED_FAULT } as ConnectionState;
  if (lost) return linkState(lost);
  return {
    kind: 'up',
    capabilities: {
      description: 'MLflow 3.4.0',
      version: '3.4.0',
      aliases: true,
      loggedModels: true,
      writable: true,
    },
  };
}

/** Every profile has the same runs here. */
type SeenRun = FakeRun & { profileId: string };

function seen(profileId: string, runs: FakeRun[]): SeenRun[] {
  return runs.map((run) => ({ ...run, profileId }));
}

function rowOf(run: SeenRun, columns: Column[]): RunRow {
  const { metrics: _metrics, params: _params, tags: _tags, ...row } = run;
  return { ...row, cells: columns.map((column) => cellOf(run, column)) };
}

function compare(a: Cell | null, b: Cell | null, down: boolean): number {
  const rank = (cell: Cell | null) => (cell === null ? 2 : Number(cell.value === 'NaN'));
  if (rank(a) + rank(b) > 0) return rank(a) - rank(b);
  const order =
    a?.kind === 'number' && b?.kind === 'number'
      ? Number(a.value) - Number(b.value)
      : String(a?.value).localeCompare(String(b?.value), undefined, { numeric: true });
  return down ? -order : order;
}

function runsInScope(scope: readonly ProfileExperiments[]): SeenRun[] {
  return scope.flatMap(({ profileId, experimentIds }) =>
    experimentIds.flatMap((id) => seen(profileId, runsOf(id))),
  );
}

let asked = '';
let answered: SeenRun[] = [];

function matchingRuns(view: RunsView): SeenRun[] {
  // No filter language here: the words of the filter, which the palette puts in backticks.
  const words = view.filter.toLowerCase().replaceAll('`', '').split(' ');
  const test = ({ displayName, runId }: FakeRun) =>
    words.every((word) => displayName.toLowerCase().includes(word) || runId.startsWith(word));
  const question = JSON.stringify([view.scope, view.filter, view.sort, situation === 'syncing' && fetched]);
  if (question === asked) return answered;
  const scope = runsInScope(view.scope);
  answered = (situation === 'syncing' ? scope.slice(0, fetched) : scope).filter(test);
  for (const key of view.sort.toReversed()) {
    answered.sort((a, b) => compare(cellOf(a, key.column), cellOf(b, key.column), key.descending));
  }
  asked = question;
  return answered;
}

function runsOfSet(runs: RunSet): RunRef[] {
  return runs.kind === 'listed' ? runs.of : matchingRuns(runs.of);
}

const chosen = new Map<string, DirectionChoice>();

/** As the core decides it, of the few metrics that are here. */
function directionOf(kind: Column['kind'], key: string): Direction {
  const choice = chosen.get(key);
  if (kind !== 'metric') return { better: null, chosen: false };
  if (choice) return { better: choice === 'none' ? null : choice, chosen: true };
  const lower = ['val_loss', 'train_loss', 'latency_ms'].includes(key);
  return {
    better: lower ? 'lower' : ['accuracy', 'f1_macro'].includes(key) ? 'higher' : null,
    chosen: false,
  };
}

function boardOf(name: string, chosen: MetricName[] | null): Pick<ModelBoard, 'columns' | 'versions'> {
  const all = versionsOf(name);
  for (const { version } of all) version.stage = stageOf(name, version.version);
  const tag = MODELS.find((each) => each.name === name)?.tags.find(({ key }) => key === 'podium.metric');
  const first = tag?.value ?? MEASURED[0] ?? '';
  const wanted =
    chosen === null ? MEASURED : MEASURED.filter((key) => chosen.some((each) => each.key === key));
  const keys = [first, ...wanted.filter((key) => key !== first)];
  const versions = all.map((row) => ({
    ...row,
    cells: keys.map((key) => row.cells[MEASURED.indexOf(key)] ?? null),
  }));
  const columns = keys.map((key, at): MetricColumn => {
    const values = versions.flatMap(({ cells }) => (cells[at] ? [Number(cells[at].value)] : []));
    const direction = directionOf('metric', key);
    const best = direction.better && values.length > 1;
    return {
      name: { key, dataset: null },
      direction,
      best: best ? Math[direction.better === 'higher' ? 'max' : 'min'](...values) : null,
    };
  });
  return { columns, versions };
}

function columnsOf(scope: readonly ProfileExperiments[]): ColumnInfo[] {
  const found = new Map<string, ColumnInfo>();
  for (const run of runsInScope(scope)) {
    for (const [kind, keys] of [
      ['metric', run.metrics],
      ['param', run.params],
      ['tag', run.tags],
    ] as const) {
      for (const [key, value] of Object.entries(keys)) {
        const name = `${kind} ${key}`;
        const info = found.get(name) ?? {
          column: { kind, key },
          runCount: 0,
          numeric: true,
          direction: directionOf(kind, key),
        };
        info.runCount += 1;
        info.numeric &&= kind === 'metric' || !Number.isNaN(Number(value));
        found.set(name, info);
      }
    }
  }
  return [...found.values()].sort((a, b) => b.runCount - a.runCount);
}

function rowsFor(runs: FakeRun[], kind: Column['kind'], keys: string[]): ComparisonRow[] {
  return keys.map((key) => {
    const cells = runs.map((run) => cellOf(run, { kind, key }));
    return {
      key,
      cells,
      direction: directionOf(kind, key),
      differs: new Set(cells.map((cell) => JSON.stringify(cell?.value))).size > 1,
    };
  });
}

/** Every sixth run read an older version of the one dataset. */
function datasetRows(runs: FakeRun[]): ComparisonRow[] {
  const digests = runs.map(({ metrics }, i) =>
    i % 6 === 5 ? '7c01d9e4' : Object.keys(metrics).length > 0 ? 'a91c22f0' : null,
  );
  const cells = digests.map((value) => (value === null ? null : { kind: 'text' as const, value }));
  return [
    {
      key: 'shelf-2025 (train)',
      cells,
      direction: { better: null, chosen: false },
      differs: new Set(digests).size > 1,
    },
  ];
}

function keysOf(runs: FakeRun[], part: 'metrics' | 'params' | 'tags'): string[] {
  return [...new Set(runs.flatMap((run) => Object.keys(run[part])))].sort();
}

function need({ profileId, runId }: RunRef): SeenRun {
  const run = findRun(runId) ?? fail('notFound', `There is no run ${runId} in the cache.`);
  return { ...run, profileId };
}

function look(preview: Preview, sizeBytes: number, hasSource = false): Look {
  const isText = 'language' in preview || ['table', 'markdown', 'html'].includes(preview.kind);
  return {
    preview,
    text: isText ? { encoding: 'UTF-8', damaged: false } : null,
    hasSource,
    readBytes: Math.min(sizeBytes, 1_048_576),
    sizeBytes,
  };
}

const FILES: Record<string, Look> = {
  'model/MLmodel': look(
    {
      kind: 'text',
      text: 'flavors:\n  pytorch:\n    pytorch_version: 2.4.0\n',
      language: 'yaml',
      truncated: false,
      overwritten: false,
    },
    61,
  ),
  'predictions.csv': look(
    {
      kind: 'table',
      columns: ['id', 'label', 'score'],
      rows: Array.from({ length: 6000 }, (_, i) => [
        String(i),
        i % 3 ? 'cat' : 'dog',
        (0.99 - i / 9000).toFixed(4),
      ]),
      truncated: true,
    },
    181_000,
    true,
  ),
  'train.log': look(
    {
      kind: 'text',
      text: Array.from(
        { length: 12_000 },
        (_, i) =>
          `2025-11-02 14:${String(i % 60).padStart(2, '0')}:00 \u001b[36mINFO\u001b[m step ${i} loss ${(2 / (i + 1)).toFixed(6)}`,
      ).join('\n'),
      language: 'text',
      truncated: true,
      overwritten: true,
    },
    34_000_000,
    true,
  ),
  'report.html': look(
    { kind: 'html', source: '<html>\n  <body>Report</body>\n</html>\n', truncated: false },
    44,
  ),
  'empty.txt': look({ kind: 'empty' }, 0),
  'plots/roc.png': look({ kind: 'image', mime: 'image/svg+xml', widthPx: 640, heightPx: 480 }, 312),
  'README.md': look(
    {
      kind: 'markdown',
      html: '<h1>Notes</h1><p>Trained with <b>mixup</b>, see <a href="https://example.org/mixup">the paper</a>.</p>',
      truncated: false,
    },
    92,
    true,
  ),
};

const commands: Commands = {
  ...fakeConnections({ situations, profiles, tell, fail, stateOf }),
  launch: async () => ({
    target: null,
    notices:
      situation === 'failing'
        ? ['The cache was damaged and has been made anew. Nothing of yours was in it.']
        : [],
    version: '0.1.0',
  }),
  getValue: async (key) => values.get(key) ?? sessionStorage.getItem(`podium:${key}`),
  setValue: async (key, json) => {
    values.set(key, json);
    sessionStorage.setItem(`podium:${key}`, json);
    return null;
  },
  holdWindow: async () => null,
  closeWindow: async () => null,
  openTarget: async (text) => {
    await wait(700);
    if (text === 'sample') {
      const sample = PROFILES.find(({ id }) => id === 'sample');
      if (sample && !profiles.includes(sample)) profiles.push(sample);
      tell({ kind: 'profiles' });
      return { profile: sample ?? fail('internal', 'no sample'), state: stateOf() };
    }
    const known = profiles.find(({ name, address }) => name === text || address === text);
    if (known) return { profile: known, state: stateOf() };
    if (text.includes(' ')) fail('badTarget', `‘${text}’ is neither an address nor a path.`);
    if (/9$/.test(text)) fail('unreachable', `${text}: connection refused (os error 111)`);
    if (text.startsWith('/')) fail('noSuchFile', `${text} does not exist.`);
    const profile = {
      ...newProfile(),
      id: text,
      name: text.replace(/^https?:\/\//, ''),
      address: text,
    };
    profiles.push(profile);
    tell({ kind: 'profiles' });
    return { profile, state: stateOf() };
  },
  openProfile: async (id) => ({
    profile: profiles.find((profile) => profile.id === id) ?? fail('notFound', 'There is no such profile.'),
    state: stateOf(),
  }),
  reconnect: async (profileId) => {
    await wait(500);
    tell({ kind: 'connection', profileId });
    return null;
  },
  listExperiments: async () => ({
    experiments: unread
      ? []
      : EXPERIMENTS.map((experiment, i) => ({ experiment, cachedRuns: SIZES[i]?.[2] ?? 0 })),
    freshness: freshness('experiments'),
  }),
  watch: async () => null,
  refresh: async (profileId, scopes) => {
    await wait(600);
    tell(...scopes.map((scope) => ({ kind: 'freshness', profileId, scope }) as const));
    return null;
  },
  searchRuns: async (view) => {
    await wait(situation === 'slow' ? 900 : 15);
    if (situation === 'failing') fail('internal', 'database disk image is malformed');
    const started = performance.now();
    const matching = matchingRuns(view);
    const total = situation === 'syncing' ? fetched : runsInScope(view.scope).length;
    return {
      window: {
        matching: matching.length,
        total,
        offset: view.offset,
        rows: matching.slice(view.offset, view.offset + view.limit).map((run) => rowOf(run, view.columns)),
        elapsedMs: performance.now() - started,
      },
      lost: [],
      freshness: view.scope.flatMap(({ profileId, experimentIds }) =>
        experimentIds.map((experimentId) => ({ profileId, experimentId, freshness: freshness('runs') })),
      ),
    };
  },
  readFilter: async (text) => ({
    tokens: text === '' ? [] : [{ kind: 'name', start: 0, end: text.length }],
    error: null,
  }),
  listColumns: async (scope) => columnsOf(scope),
  getRun: async ({ profileId, runId }) => {
    const run = need({ profileId, runId });
    const metrics: Metric[] = Object.entries(run.metrics).map(([key, value]) => ({
      key,
      value,
      timestampMs: NOW_MS,
      step: 2000,
    }));
    const { startTimeMs, endTimeMs, displayName, experimentId, userId, status } = run;
    const parent = run.parentRunId ? findRun(run.parentRunId) : undefined;
    const page: RunPage = {
      displayName,
      duration: run.duration,
      run: {
        info: {
          runId,
          experimentId,
          userId,
          status,
          startTimeMs,
          endTimeMs,
          artifactUri: `mlflow-artifacts:/${experimentId}/${runId}/artifacts`,
          lifecycleStage: 'active',
        },
        metrics,
        params: Object.entries(run.params).map(([key, value]) => ({ key, value })),
        tags: Object.entries(run.tags).map(([key, value]) => ({ key, value })),
        datasetInputs: DATASETS,
        modelOutputs: [],
      },
      color: run.color ?? 0,
      parent: parent ? rowOf({ ...parent, profileId }, []) : null,
      children: seen(profileId, runsOf(experimentId))
        .filter((child) => child.parentRunId === runId)
        .map((child) => rowOf(child, [])),
    };
    return { page, freshness: freshness('run') };
  },
  compareRuns: async (asked) => {
    const runs = asked.map(need);
    const comparison = {
      runs: runs.map((run) => rowOf(run, [])),
      attributes: rowsFor(runs, 'attribute', ['status', 'user_id', 'start_time', 'duration']),
      metrics: rowsFor(runs, 'metric', keysOf(runs, 'metrics')),
      params: rowsFor(runs, 'param', keysOf(runs, 'params')),
      tags: rowsFor(runs, 'tag', keysOf(runs, 'tags')),
      datasets: datasetRows(runs),
    };
    const of = new Map(
      runs.map(({ profileId, experimentId }) => [
        `${profileId}/${experimentId}`,
        { profileId, experimentId },
      ]),
    );
    const fresh = [...of.values()].map((each) => ({ ...each, freshness: freshness('runs') }));
    return { comparison, missing: [], freshness: fresh };
  },
  chooseRunColor: async ({ profileId, runId }, color) => {
    const run = findRun(runId);
    if (run) run.color = color;
    tell({ kind: 'colors', profileId });
    return null;
  },
  writeRunColor: async () => null,
  colorRuns: async (runs) => runs.map(({ runId }) => findRun(runId)?.color ?? 0),
  listCurves: async (runs) =>
    [...CURVES, ...LOGGED_ONCE]
      .map((key) => ({
        key,
        runCount: runs.filter(({ runId }) => findRun(runId)?.metrics[key] !== undefined).length,
        chance: LOGGED_ONCE.includes(key) ? ('none' as const) : ('likely' as const),
      }))
      .filter(({ runCount }) => runCount > 0),
  drawChart: async (chart, paper) => {
    await wait(situation === 'slow' ? 600 : 20);
    return frame(chart, paper, freshness('histories'));
  },
  drawBars: async (chart, paper) => {
    await wait(situation === 'slow' ? 600 : 20);
    return bars(chart, paper, freshness('runs'));
  },
  saveChart: async ({ title, format }) => {
    await wait(300);
    return `/home/mika/${title}.${format}`;
  },
  saveBoard: async ({ title, format, sections }) => {
    const of = sections.reduce((sum, { cards }) => sum + cards.length, 0);
    stopped = false;
    for (let done = 0; done <= of; done++) {
      savingHearers.forEach((hear) => hear({ done, of }));
      await wait(150);
      if (stopped) return null;
    }
    return `/home/mika/${title}.${format}`;
  },
  stopSavingBoard: async () => {
    stopped = true;
    return null;
  },
  chartFile: async (file) => {
    const paper = paperOf(file);
    const { kind, of } = file.chart;
    if (kind === 'curves') return pngOf(await commands.drawChart(of, paper), paper);
    if (kind === 'bars') return pngOf(await commands.drawBars(of, paper), paper);
    if (kind === 'scatter') return pngOf(await commands.drawScatter(of, paper), paper);
    if (kind === 'panels') return pngOf(await commands.drawPanels(of, paper), paper);
    if (kind === 'contour') return pngOf(await commands.drawContour(of, paper), paper);
    if (kind === 'heat') return pngOf(await commands.drawHeat(of, paper), paper);
    if (kind === 'importance') return pngOf(await commands.drawImportance(of, paper), paper);
    if (kind === 'distribution') return pngOf(await commands.drawDistribution(of, paper), paper);
    return pngOf(await commands.drawParallel(of, paper), paper);
  },
  chartTable: async (chart, page) => chartTable(chart, page, runsOfSet),
  drawScatter: async (chart, paper) => {
    await wait(situation === 'slow' ? 600 : 20);
    return scatter(chart, runsOfSet(chart.runs), paper, freshness('runs'), directionOf);
  },
  drawImportance: async (chart, paper) => {
    await wait(situation === 'slow' ? 600 : 20);
    return importance(chart, runsOfSet(chart.runs), paper, freshness('runs'));
  },
  drawDistribution: async (chart, paper) => {
    await wait(situation === 'slow' ? 600 : 20);
    return distribution(chart, runsOfSet(chart.runs), paper, freshness('runs'));
  },
  drawVersions: async (view, paper) => versionsChart(view, paper),
  drawPanels: async (chart, paper) => {
    await wait(situation === 'slow' ? 600 : 20);
    return panels(chart, runsOfSet(chart.runs), paper, freshness('runs'));
  },
  drawHeat: async (chart, paper) => {
    await wait(situation === 'slow' ? 600 : 20);
    return heat(chart, runsOfSet(chart.runs), paper, freshness('runs'));
  },
  drawContour: async (chart, paper) => {
    await wait(situation === 'slow' ? 600 : 20);
    return contour(chart, runsOfSet(chart.runs), paper, freshness('runs'));
  },
  drawParallel: async (chart, paper) => {
    await wait(situation === 'slow' ? 600 : 20);
    return parallel(chart, runsOfSet(chart.runs), paper, freshness('runs'));
  },
  markedValues: async (run, columns) => {
    const found = findRun(run.runId);
    return found
      ? {
          displayName: found.displayName,
          color: found.color,
          cells: columns.map((column) => cellOf(found, column)),
        }
      : null;
  },
  colorScale: async (runs, by, dark) => colored(runs, by, dark).scale,
  readFormula: async (text, known) => {
    // The app never answers before the field has heard of the text itself.
    await wait(5);
    return readFormula(text, known);
  },
  probeChart: async (chart, x) => probe(chart, x),
  glance: async (run, charts, x) =>
    charts.map((chart) => probe({ ...chart, runs: [{ ...run, dash: 0 }] }, x)[0] ?? null),
  // Here every run is drawn by itself.
  probeGroups: async () => [],
  chooseArtifactFolder: async (_profileId, _root, _path, folder) => folder,
  listArtifacts: async (_profileId, root, path) => {
    const entry = (name: string, sizeBytes: number | null): TreeEntry => ({
      root,
      path: path === '' ? name : `${path}/${name}`,
      name,
      isDir: sizeBytes === null,
      sizeBytes,
    });
    const whole = (entries: TreeEntry[]) => ({ entries, failures: [] });
    if (path === 'model') return whole([entry('MLmodel', 61), entry('model.pt', 98_000_000)]);
    if (path === 'plots') return whole([entry('roc.png', 312)]);
    if (path === 'unreadable') fail('forbidden', 'The server may not read s3://data/unreadable.');
    if (path !== '' || root.kind === 'loggedModel') return whole(path === '' ? [entry('MLmodel', 61)] : []);
    const model: TreeEntry = {
      root: { kind: 'loggedModel', id: 'm-1' },
      path: '',
      name: 'classifier',
      isDir: true,
      sizeBytes: null,
    };
    return whole([
      model,
      ...['model', 'plots', 'unreadable'].map((name) => entry(name, null)),
      entry('README.md', 34),
      entry('empty.txt', 0),
      entry('predictions.csv', 181_000),
      entry('report.html', 44),
      entry('train.log', 34_000_000),
    ]);
  },
  runEnvironment: async ({ runId }) => {
    await wait(situation === 'slow' ? 2000 : 60 + Math.random() * 200);
    const at = Number(runId.slice(-4));
    if (at % 11 === 7) fail('forbidden', 'The server may not read s3://runs/model.');
    if (at % 9 === 4) return { python: null, packages: [], files: [], complete: true };
    const newer = at % 4 === 2;
    const packages = [
      { name: 'mlflow', version: '3.4.0' },
      { name: 'numpy', version: newer ? '2.3.1' : '2.2.0' },
      { name: 'scikit-learn', version: '1.7.0' },
      { name: 'timm', version: at % 2 ? '1.0.15' : '1.0.11' },
      { name: 'torch', version: newer ? '2.7.1+cu126' : '2.6.0+cu124' },
      ...(at % 5 === 0 ? [{ name: 'lion-pytorch', version: '0.2.3' }] : []),
    ];
    const files = ['requirements.txt', 'python_env.yaml', 'conda.yaml'].map((name) => `model/${name}`);
    return { python: newer ? '3.12.4' : '3.11.9', packages, files, complete: true };
  },
  runFiles: async ({ runId }) => {
    await wait(situation === 'slow' ? 2000 : 60 + Math.random() * 200);
    const at = Number(runId.slice(-4));
    if (at % 11 === 7) fail('forbidden', 'The server may not read s3://runs.');
    const sizes: [string, number | null][] = [
      ['class_names.json', 4_800],
      ['config.yaml', 2_100 + (at % 3) * 60],
      ['model/MLmodel', 612],
      ['model/model.pt', at % 4 === 2 ? 1_210_000_000 : 346_000_000],
      ['plots/confusion.png', 37_000 + (at % 5) * 900],
    ];
    const files = sizes.map(([path, sizeBytes]) => ({ path, sizeBytes }));
    return { files: files.slice(at % 6 === 3 ? 1 : 0), failures: [], unseen: [] };
  },
  previewArtifact: async (_profileId, _root, path) =>
    FILES[path] ?? look({ kind: 'tooLarge', description: 'PyTorch checkpoint' }, 98_000_000),
  artifactImage: async () =>
    new TextEncoder().encode(
      '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><path d="M40 440C80 120 200 60 600 40" fill="none" stroke="#447be4" stroke-width="4"/><path d="M40 440 600 40" stroke="#999" stroke-dasharray="6 6"/></svg>',
    ).buffer,
  saveArtifact: async (_profileId, _root, path) => `/home/mika/Downloads/${path}`,
  markdownHtml: async () => null,
  openLink: async () => null,
  chooseDirection: async (profileId, metric, choice) => {
    if (choice) chosen.set(metric, choice);
    else chosen.delete(metric);
    tell({ kind: 'directions', profileId });
    return null;
  },
  listModels: async () => ({ models: unread ? [] : structuredClone(MODELS), freshness: freshness('models') }),
  registry: async (_profileId, view) =>
    registryOf(view, unread ? [] : structuredClone(MODELS), freshness('models', 'versions', 'sourceRuns')),
  getModel: async (_profileId, name, metrics) => {
    const model = MODELS.find((model) => model.name === name);
    const board = model && {
      model: structuredClone(model),
      ...boardOf(name, metrics),
      gates: Object.fromEntries(
        ['champion', 'challenger'].map((alias) => [
          alias,
          { gates: rulesOf(model, alias).join('\n'), approval: policyText(model, alias) },
        ]),
      ),
      requests: openRequests(model),
      promotions: moves.filter((move) => move.model === name),
      readOnlyReason: null,
    };
    return { board: board ?? null, freshness: freshness('model', 'versions', 'sourceRuns') };
  },
  preparePromotion: async (_profileId, name, alias, version) => {
    const model = MODELS.find((each) => each.name === name) ?? fail('notFound', `There is no model ${name}.`);
    const holder = model.aliases.find((each) => each.alias === alias);
    const versions = versionsOf(name);
    const rowOf = (wanted: string | undefined) => versions.find((row) => row.version.version === wanted);
    const madeFrom = (row: VersionRow | undefined): MadeFrom | null =>
      row
        ? {
            loggedModelName: null,
            runId: row.version.runId,
            runName: row.runName,
            registeredAtMs: row.version.creationTimeMs,
            registeredBy: row.version.userId,
            trainedAtMs: row.version.creationTimeMs,
          }
        : null;
    const [from, to] = [rowOf(holder?.version), rowOf(version)];
    const plan: PromotionPlan = {
      model: name,
      alias,
      fromVersion: holder?.version ?? null,
      toVersion: version,
      from: madeFrom(from),
      to: madeFrom(to),
      metrics: MEASURED.map((key, at) => ({
        name: { key, dataset: null },
        from: from?.cells[at] ?? null,
        to: to?.cells[at] ?? null,
        direction: directionOf('metric', key),
        decides: from !== undefined,
        sameRun: false,
        seeds: at < 2 ? { runs: 4, stdDev: 0.0019, least: 0.91, greatest: 0.915 } : null,
      })),
      metricsNote: null,
      paramsNote: null,
      unread: [],
      params: [{ key: 'optimizer', from: 'adamw', to: 'lion' }],
      facts: FACTS.map((fact) =>
        from ? fact : { ...fact, from: null, why: '', verdict: fact.to === null ? 'missing' : 'alone' },
      ),
      approval: approvalPlan(model, alias, version),
      gates: to ? gatesOf(model, alias, { keys: MEASURED, from, to }) : [],
      refusals: holder?.version === version ? [`${alias} is on version ${version} already.`] : [],
    };
    return plan;
  },
  tryGates: async (_profileId, name, alias, rules) => {
    await wait(20);
    const held = MODELS.find((each) => each.name === name)?.aliases.find((each) => each.alias === alias);
    const versions = versionsOf(name);
    const holder = versions.find((row) => row.version.version === held?.version);
    return tryRules(rules, MEASURED, holder, versions);
  },
  saveGates: async (profileId, name, alias, wanted, _expected, confirmation) => {
    await wait(300);
    const model = writable(profileId, name, confirmation);
    const [gates, approval] = [`podium.gates.${alias}`, `podium.approval.${alias}`];
    model.tags = [
      ...model.tags.filter(({ key }) => key !== gates && key !== approval),
      { key: gates, value: wanted.gates },
      { key: approval, value: wanted.approval },
    ];
    tell({ kind: 'model', profileId, name });
    return null;
  },
  requestApproval: async (profileId, name, alias, expectedVersion, version, reason, confirmation) => {
    await wait(300);
    writable(profileId, name, confirmation);
    ask(name, alias, version, expectedVersion, reason);
    tell({ kind: 'model', profileId, name });
    return [];
  },
  answerApproval: async (profileId, name, alias, version, _request, decision, confirmation) => {
    await wait(300);
    answer(writable(profileId, name, confirmation), alias, version, decision);
    tell({ kind: 'model', profileId, name });
    return [];
  },
  promote: async (profileId, name, alias, expectedVersion, version, reason, overridden, confirmation) => {
    await wait(600);
    const model = writable(profileId, name, confirmation);
    const now = model.aliases.find((each) => each.alias === alias)?.version ?? null;
    if (now !== expectedVersion) fail('aliasMoved', `${alias} is on version ${now ?? '–'} now.`);
    const rowOf = (wanted: string | null) => versionsOf(name).find((row) => row.version.version === wanted);
    const [from, to] = [rowOf(now), rowOf(version) ?? fail('notFound', `There is no version ${version}.`)];
    const gates = gatesOf(model, alias, { keys: MEASURED, from, to });
    const blocked = gates.filter(({ verdict }) => verdict !== 'passed');
    if (blocked.some(({ rule }) => reason === '' || !overridden.includes(rule)))
      fail('gateNotPassed', `A gate of ${alias} has not passed: ${blocked[0]?.rule}.`);
    model.aliases = [...model.aliases.filter((each) => each.alias !== alias), { alias, version }];
    const move: Promotion = {
      id: String(moves.length),
      model: name,
      alias,
      fromVersion: now,
      toVersion: version,
      by: 'mika',
      atMs: Date.now(),
      reason,
      approvedBy: [],
      overridden: blocked.map(({ rule, verdict, why }) => ({ rule, verdict, why })),
      undoneAtMs: null,
      planId: null,
      outcome: 'moved',
      warnings: [],
    };
    moves.unshift(move);
    tell({ kind: 'model', profileId, name }, { kind: 'models', profileId });
    return move;
  },
  undoPromotion: async (profileId, id, _confirmation) => {
    const move = moves.find((each) => each.id === id) ?? fail('notFound', 'There is no such promotion.');
    const model = MODELS.find((each) => each.name === move.model);
    if (model) {
      model.aliases = model.aliases.filter((each) => each.alias !== move.alias);
      if (move.fromVersion) model.aliases.push({ alias: move.alias, version: move.fromVersion });
    }
    move.undoneAtMs = Date.now();
    tell({ kind: 'model', profileId, name: move.model }, { kind: 'models', profileId });
    return move;
  },
  ...movePlans(
    () => commands,
    (profileId, name) => tell({ kind: 'model', profileId, name }),
    wait,
  ),
  ...registration,
  getModelHistory: async (_profileId, name) => historyOf(name, moves),
  saveModelHistory: async (_profileId, name, alias, format) =>
    `/home/mika/${name} ${alias ?? ''} history.${format}`,
  getModelVersion: async (_profileId, name, number) => {
    const model = MODELS.find((each) => each.name === name);
    const rows = versionsOf(name);
    const rowOf = (wanted: string | undefined) => rows.find((row) => row.version.version === wanted);
    const page =
      model &&
      versionPageOf(
        {
          model,
          moves: historyOf(name, moves).aliases.flatMap((alias) => alias.moves),
          gates: (alias, version) => {
            const from = rowOf(model.aliases.find((held) => held.alias === alias)?.version);
            const to = rowOf(version);
            return to ? gatesOf(model, alias, { keys: MEASURED, from, to }) : [];
          },
          direction: (metric) => directionOf('metric', metric),
        },
        number,
      );
    return { page: page ?? null, freshness: freshness('model', 'versions', 'sourceRuns') };
  },
  readVersionFiles: async () => {
    await wait(400);
    return structuredClone(VERSION_FILES);
  },
  editModel: async (profileId, name, version, wanted, confirmation) => {
    await wait(300);
    const done = edit(writable(profileId, name, confirmation), version, wanted);
    tell({ kind: 'model', profileId, name }, { kind: 'models', profileId });
    return done;
  },
  listPrompts: async () => {
    await wait(200);
    return { prompts: structuredClone(PROMPTS), isWhole: true };
  },
  getPromptVersions: async (_profileId, name) => {
    await wait(200);
    return promptVersionsOf(name);
  },
  versionColumnChoices: async () => ({
    metrics: MEASURED.map((key) => ({ key, dataset: null })),
    params: [
      ['lr', 4],
      ['optimizer', 4],
      ['schedule', 3],
    ],
    tags: [
      ['validation_status', 4],
      ['podium.promoted_by', 1],
    ],
  }),
  versionCells: async (_profileId, name, columns) => {
    await wait(150);
    return versionsOf(name).map(({ version }, at) => ({
      version: version.version,
      cells: columns.map((column) => {
        if (column.kind === 'tag') return version.tags.find(({ key }) => key === column.of)?.value ?? null;
        if (column.kind === 'param') return column.of === 'lr' ? String(3e-4 * (at + 1)) : 'adamw';
        if (column.kind === 'datasets') return `birds-24 ${at < 2 ? '0d77b18e' : 'a41c02d9'}`;
        return at === 0 ? null : '1 input, 1 output';
      }),
    }));
  },
  challengerGates: async (_profileId, names) =>
    names.flatMap((name) => {
      const model = MODELS.find((each) => each.name === name);
      const rows = versionsOf(name);
      const rowOf = (alias: string) =>
        rows.find(
          ({ version }) => version.version === model?.aliases.find((held) => held.alias === alias)?.version,
        );
      const to = rowOf('challenger');
      if (!model || !to) return [];
      const gates = gatesOf(model, 'champion', { keys: MEASURED, from: rowOf('champion'), to });
      const count = (wanted: string) => gates.filter(({ verdict }) => verdict === wanted).length;
      return gates.length === 0
        ? []
        : [
            {
              model: name,
              passed: count('passed'),
              failed: count('failed'),
              unknown: count('unknown'),
            },
          ];
    }),
  useIt: async (_profileId, name, which) => {
    await wait(300);
    const model = MODELS.find((each) => each.name === name) ?? fail('notFound', `There is no model ${name}.`);
    return useItOf(model, which);
  },
};

if (situations.includes('halfway')) leaveHalfway(profiles[0]?.id ?? '');
if (situation === 'syncing') {
  setInterval(() => {
    fetched = Math.min(9000, fetched + 200);
    tell(
      { kind: 'runs', profileId: 'vision', experimentId: '1' },
      { kind: 'freshness', profileId: 'vision', scope: { kind: 'experiment', of: '1' } },
    );
  }, 400);
}
if (situation === 'live') {
  setInterval(() => {
    const run = runsOf('1')[0];
    if (run) run.metrics['accuracy'] = 0.9 + Math.random() / 20;
    asked = '';
    tell({ kind: 'runs', profileId: 'vision', experimentId: '1' });
  }, 1000);
}

const closing = new Set<() => void>();
/** As if the user closed the window. */
export const askToClose = () => closing.forEach((hear) => hear());

export const fake: Backend = {
  commands: situations.includes('large') ? enlarged(commands) : commands,
  onChange(hear) {
    hearers.add(hear);
  },
  onOpenTarget: () => () => undefined,
  onBoardSaving(hear) {
    savingHearers.add(hear);
    return () => void savingHearers.delete(hear);
  },
  onCloseAsked: (hear, onlistening) => {
    let wanted = true;
    // A moment later, as in the app.
    queueMicrotask(() => {
      if (!wanted) return;
      closing.add(hear);
      onlistening();
    });
    return () => {
      wanted = false;
      closing.delete(hear);
    };
  },
};
