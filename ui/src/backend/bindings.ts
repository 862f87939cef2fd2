// The commands and events of the app, as the window calls them. Generated; do not edit.
/* eslint-disable */
import { invoke as __TAURI_INVOKE } from "@tauri-apps/api/core";

/** Commands */
export const commands = {
  launch: () => __TAURI_INVOKE<Launch>("launch"),
  getValue: (key: string) => __TAURI_INVOKE<string | null>("get_value", { key }),
  setValue: (key: string, json: string) => __TAURI_INVOKE<null>("set_value", { key, json }),
  listProfiles: () => __TAURI_INVOKE<Profile[]>("list_profiles"),
  openTarget: (text: string) => __TAURI_INVOKE<OpenProfile>("open_target", { text }),
  openProfile: (profileId: string) => __TAURI_INVOKE<OpenProfile>("open_profile", { profileId }),
  reconnect: (profileId: string) => __TAURI_INVOKE<null>("reconnect", { profileId }),
  renameProfile: (profileId: string, name: string) => __TAURI_INVOKE<null>("rename_profile", { profileId, name }),
  deleteProfile: (profileId: string) => __TAURI_INVOKE<null>("delete_profile", { profileId }),
  listExperiments: (profileId: string) => __TAURI_INVOKE<ExperimentList>("list_experiments", { profileId }),
  refreshExperiment: (profileId: string, experimentId: string) => __TAURI_INVOKE<null>("refresh_experiment", { profileId, experimentId }),
  searchRuns: (profileId: string, view: RunsView) => __TAURI_INVOKE<RunsAnswer>("search_runs", { profileId, view }),
  listColumns: (profileId: string, experimentIds: string[]) => __TAURI_INVOKE<ColumnInfo[]>("list_columns", { profileId, experimentIds }),
  getRun: (profileId: string, runId: string) => __TAURI_INVOKE<RunPage>("get_run", { profileId, runId }),
  compareRuns: (profileId: string, runIds: string[]) => __TAURI_INVOKE<Comparison>("compare_runs", { profileId, runIds }),
  listCurves: (profileId: string, runIds: string[]) => __TAURI_INVOKE<CurveInfo[]>("list_curves", { profileId, runIds }),
  drawChart: (chart: CurveChart, paper: Paper) => __TAURI_INVOKE<ArrayBuffer>("draw_chart", { chart, paper }),
  probeChart: (chart: CurveChart, x: number) => __TAURI_INVOKE<CurveProbe[]>("probe_chart", { chart, x }),
  listArtifacts: (profileId: string, root: ArtifactRoot, path: string) => __TAURI_INVOKE<TreeEntry[]>("list_artifacts", { profileId, root, path }),
  previewArtifact: (profileId: string, root: ArtifactRoot, path: string) => __TAURI_INVOKE<Preview>("preview_artifact", { profileId, root, path }),
  artifactImage: (profileId: string, root: ArtifactRoot, path: string) => __TAURI_INVOKE<ArrayBuffer>("artifact_image", { profileId, root, path }),
  saveArtifact: (profileId: string, root: ArtifactRoot, path: string) => __TAURI_INVOKE<string | null>("save_artifact", { profileId, root, path }),
  listModels: (profileId: string) => __TAURI_INVOKE<ModelList>("list_models", { profileId }),
  getModel: (profileId: string, name: string) => __TAURI_INVOKE<ModelBoard>("get_model", { profileId, name }),
  preparePromotion: (profileId: string, name: string, alias: string, version: string) => __TAURI_INVOKE<PromotionPlan>("prepare_promotion", { profileId, name, alias, version }),
  promote: (profileId: string, name: string, alias: string, expectedVersion: string | null, version: string, reason: string) => __TAURI_INVOKE<Promotion>("promote", { profileId, name, alias, expectedVersion, version, reason }),
  undoPromotion: (profileId: string, promotionId: string) => __TAURI_INVOKE<Promotion>("undo_promotion", { profileId, promotionId }),
};

/** Events; each has `listen(cb)`, `once(cb)` and `emit(payload)`, generated. */
export declare const events: {
  changes: { listen: (cb: (event: { payload: Change[] }) => void) => Promise<() => void> };
  openTarget: { listen: (cb: (event: { payload: string }) => void) => Promise<() => void> };
};

/** Types */
export type AppError = { code: Code; message: string };
export type Code =
  | "unreachable" | "timedOut" | "notMlflow" | "badAnswer" | "unauthenticated" | "forbidden" | "notFound" | "refused"
  | "tooManyRequests" | "serverFailed" | "unsupported" | "noSuchFile" | "notMlflowDatabase" | "databaseCorrupt"
  | "databaseLocked" | "readOnly" | "diskFull" | "unsafePath" | "io" | "badFilter" | "badTarget" | "aliasMoved"
  | "notConnected" | "internal";
export type MetricValue = number | "NaN" | "Infinity" | "-Infinity";
export type Tag = { key: string; value: string };
export type Param = { key: string; value: string };
export type LifecycleStage = "active" | "deleted";
export type RunStatus = "running" | "scheduled" | "finished" | "failed" | "killed";
export type Metric = { key: string; value: MetricValue; timestampMs: number; step: number };
export type RunInfo = {
  runId: string; runName: string; experimentId: string; userId: string; status: RunStatus;
  startTimeMs: number | null; endTimeMs: number | null; artifactUri: string; lifecycleStage: LifecycleStage;
};
export type DatasetInput = {
  name: string; digest: string; sourceType: string; source: string;
  schema: string | null; profile: string | null; context: string | null;
};
export type ModelOutput = { modelId: string; step: number };
export type Run = {
  info: RunInfo; metrics: Metric[]; params: Param[]; tags: Tag[]; datasetInputs: DatasetInput[]; modelOutputs: ModelOutput[];
};
export type Experiment = {
  experimentId: string; name: string; artifactLocation: string; lifecycleStage: LifecycleStage;
  creationTimeMs: number | null; lastUpdateTimeMs: number | null; tags: Tag[];
};
export type ModelAlias = { alias: string; version: string };
export type RegisteredModel = {
  name: string; description: string; creationTimeMs: number | null; lastUpdatedTimeMs: number | null; tags: Tag[]; aliases: ModelAlias[];
};
export type ModelVersion = {
  name: string; version: string; description: string; creationTimeMs: number | null; lastUpdatedTimeMs: number | null;
  userId: string; stage: string; source: string; runId: string | null; modelId: string | null; status: string; tags: Tag[];
};
export type Capabilities = {
  description: string; version: string | null; aliases: boolean; loggedModels: boolean; writable: boolean;
};

export type ProfileKind = "server" | "local" | "sample";
export type Profile = { id: string; name: string; kind: ProfileKind; address: string };
export type ConnectionState =
  | { kind: "connecting" }
  | { kind: "up"; capabilities: Capabilities }
  /** `retryInMs`: when the next try is, if one is planned. */
  | { kind: "down"; error: AppError; retryInMs: number | null };
export type OpenProfile = { profile: Profile; state: ConnectionState };
/** Red, green, blue. */
export type PaletteColor = { light: [number, number, number]; dark: [number, number, number] };
export type Launch = { target: string | null; notices: string[]; palette: PaletteColor[]; version: string };

/** How true the cache is for one scope. `error` is the last failure; the data shown is the last good one. */
export type Freshness = {
  syncedAtMs: number | null; syncing: boolean; complete: boolean; fetched: number; error: AppError | null;
};
export type ExperimentRow = { experiment: Experiment; cachedRuns: number };
export type ExperimentList = { experiments: ExperimentRow[]; freshness: Freshness };

export type ColumnKind = "attribute" | "metric" | "param" | "tag";
/** Keys of attributes: run_name, run_id, status, start_time, end_time, duration, user_id, experiment_id. */
export type Column = { kind: ColumnKind; key: string };
export type ColumnInfo = { column: Column; runCount: number; numeric: boolean };
export type SortKey = { column: Column; descending: boolean };
export type RunsView = {
  experimentIds: string[]; filter: string; sort: SortKey[]; columns: Column[];
  lifecycleStage: LifecycleStage; offset: number; limit: number;
};
export type Cell = { kind: "number"; value: MetricValue } | { kind: "text"; value: string };
export type RunRow = {
  runId: string; runName: string; experimentId: string; userId: string; status: RunStatus;
  startTimeMs: number | null; endTimeMs: number | null; parentRunId: string | null;
  /** An index into the palette of `launch()`. */
  color: number;
  cells: (Cell | null)[];
};
export type RunsWindow = { matching: number; total: number; offset: number; rows: RunRow[]; elapsedMs: number };
export type RunsAnswer = { window: RunsWindow; freshness: Freshness };
export type CurveInfo = { key: string; runCount: number };
export type RunPage = { run: Run; color: number; parent: RunRow | null; children: RunRow[]; curves: CurveInfo[] };
export type ComparisonRow = { key: string; cells: (Cell | null)[]; differs: boolean };
export type Comparison = {
  runs: RunRow[]; attributes: ComparisonRow[]; metrics: ComparisonRow[]; params: ComparisonRow[]; tags: ComparisonRow[];
};

/** `xRange` and probes are in steps, epoch ms, or ms since the run's first point. */
export type XKind = "step" | "time" | "relative";
export type XAxisKind = XKind;
export type CurveRun = { runId: string; dash: number };
export type CurveChart = {
  profileId: string; key: string; runs: CurveRun[]; xAxis: XAxisKind; xRange: [number, number] | null;
  yLog: boolean; smoothing: number; highlightedRunId: string | null;
};
export type Paper = { widthPx: number; heightPx: number; dpr: number; dark: boolean; utcOffsetMinutes: number };
export type CurveProbe = { runId: string; x: number; value: MetricValue; smoothed: MetricValue };

export type ArtifactRoot = { kind: "run"; id: string } | { kind: "loggedModel"; id: string };
/** One line of a tree. A logged model of the run shows as a folder whose `root` is the model. */
export type TreeEntry = { root: ArtifactRoot; path: string; name: string; isDir: boolean; sizeBytes: number | null };
export type Preview =
  | { kind: "text"; text: string; language: string; truncated: boolean; sizeBytes: number | null }
  | { kind: "table"; columns: string[]; rows: string[][]; truncated: boolean; sizeBytes: number | null }
  | { kind: "image"; mime: string; widthPx: number; heightPx: number; sizeBytes: number }
  | { kind: "markdown"; html: string; source: string; truncated: boolean }
  | { kind: "html"; source: string; truncated: boolean }
  | { kind: "binary"; description: string; sizeBytes: number | null }
  | { kind: "tooLarge"; description: string; sizeBytes: number }
  | { kind: "empty" };

export type ModelList = { models: RegisteredModel[]; freshness: Freshness };
export type VersionRow = { version: ModelVersion; runName: string | null; metrics: Metric[] };
export type MetricDelta = { key: string; from: MetricValue | null; to: MetricValue | null };
export type ParamDelta = { key: string; from: string | null; to: string | null };
export type PromotionPlan = {
  model: string; alias: string; fromVersion: string | null; toVersion: string;
  metrics: MetricDelta[]; params: ParamDelta[];
  /** Why this cannot be done; empty if it can. */
  refusals: string[];
};
export type Promotion = {
  id: string; model: string; alias: string; fromVersion: string | null; toVersion: string | null;
  by: string; atMs: number; reason: string; undoneAtMs: number | null; warnings: string[];
};
export type ModelBoard = {
  model: RegisteredModel; versions: VersionRow[]; promotions: Promotion[]; readOnlyReason: string | null; freshness: Freshness;
};
export type Change =
  | { kind: "profiles" }
  | { kind: "connection"; profileId: string }
  | { kind: "experiments"; profileId: string }
  | { kind: "runs"; profileId: string; experimentId: string }
  | { kind: "histories"; profileId: string; runIds: string[] }
  | { kind: "models"; profileId: string }
  | { kind: "model"; profileId: string; name: string }
  /** Only how fresh a scope is has changed (started, finished, failed, progress). */
  | { kind: "freshness"; profileId: string };
