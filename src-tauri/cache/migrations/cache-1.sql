-- Everything the cache knows, except for the histories of metrics. `source` is one profile's store at
-- one address; ids are never used again, so a late writer cannot hit another profile. Every other
-- table but `name` has a column `source`, `experiment` or `run`, which says whose rows these are
-- (`owner.rs`).

PRAGMA application_id = 1349477481; -- "Podi"

CREATE TABLE source (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    profile_id TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL
);

-- Names of metrics, params and tags, once each, so that the wide tables hold numbers. The same for all
-- sources, so that one statement can ask about runs of several.
CREATE TABLE name (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
);

-- `listed` is 0 while only a run of the experiment has been seen.
CREATE TABLE experiment (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    experiment_id TEXT NOT NULL,
    listed INTEGER NOT NULL,
    name TEXT NOT NULL,
    artifact_location TEXT NOT NULL,
    stage INTEGER NOT NULL,
    creation_time_ms INTEGER,
    last_update_time_ms INTEGER,
    tags TEXT NOT NULL,
    UNIQUE (source, experiment_id)
);

-- `stage`: 0 active, 1 deleted, 2 gone (a completed sweep did not meet it).
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    experiment INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    stage INTEGER NOT NULL,
    status TEXT NOT NULL,
    start_time_ms INTEGER,
    end_time_ms INTEGER,
    seen_ms INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    run_name TEXT NOT NULL,
    user_id TEXT NOT NULL,
    parent_run_id TEXT,
    artifact_uri TEXT NOT NULL,
    model_outputs TEXT,
    UNIQUE (source, run_id)
);
CREATE INDEX run_by_start ON run (experiment, stage, start_time_ms DESC, run_id);
CREATE INDEX run_by_parent ON run (source, parent_run_id) WHERE parent_run_id IS NOT NULL;
CREATE INDEX run_open ON run (experiment) WHERE status IN ('RUNNING', 'SCHEDULED');

-- What runs logged. `id` is `key * 2^32 + run`: one key's rows lie together in the order of runs,
-- and one of them is found by a number, which takes SQLite half the time of finding it by a pair.
-- In `metric` a row with NULL is NaN, because SQLite has no NaN; a missing row is a missing metric.
CREATE TABLE metric (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    value REAL,
    step INTEGER NOT NULL,
    timestamp_ms INTEGER NOT NULL
);
CREATE INDEX metric_by_run ON metric (run);

-- `number` is the value as a number where it is one.
CREATE TABLE param (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    value TEXT NOT NULL,
    number REAL
);
CREATE INDEX param_by_run ON param (run);

CREATE TABLE tag (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    value TEXT NOT NULL,
    number REAL
);
CREATE INDEX tag_by_run ON tag (run);

-- In how many active runs of an experiment a key has a value, and in how many that is a number.
-- `kind`: 1 metric, 2 param, 3 tag.
CREATE TABLE column_count (
    experiment INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    key INTEGER NOT NULL,
    run_count INTEGER NOT NULL,
    number_count INTEGER NOT NULL,
    PRIMARY KEY (experiment, kind, key)
) WITHOUT ROWID;

-- Many runs read the same dataset, and its profile may be large.
CREATE TABLE dataset (
    id INTEGER PRIMARY KEY,
    experiment INTEGER NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    source_type TEXT NOT NULL,
    source_uri TEXT NOT NULL,
    schema TEXT,
    profile TEXT,
    UNIQUE (experiment, name, digest)
);
CREATE TABLE dataset_input (
    run INTEGER NOT NULL,
    position INTEGER NOT NULL,
    dataset INTEGER NOT NULL,
    context TEXT,
    PRIMARY KEY (run, position)
) WITHOUT ROWID;

CREATE TABLE registered_model (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    creation_time_ms INTEGER,
    last_updated_time_ms INTEGER,
    tags TEXT NOT NULL,
    aliases TEXT NOT NULL,
    UNIQUE (source, name)
);

CREATE TABLE model_version (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    number INTEGER NOT NULL,
    run_id TEXT,
    model_id TEXT,
    document TEXT NOT NULL,
    UNIQUE (source, name, version)
);
CREATE INDEX model_version_by_run ON model_version (source, run_id) WHERE run_id IS NOT NULL;

-- Logged models that versions were made from. `document` is NULL where the server has no such model.
CREATE TABLE logged_model (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    model_id TEXT NOT NULL,
    seen_ms INTEGER NOT NULL,
    document TEXT,
    UNIQUE (source, model_id)
);

-- How true the cache is, per scope (`experiments`, `experiment/<id>`, `models`, `model/<name>`).
CREATE TABLE sync_state (
    source INTEGER NOT NULL,
    scope TEXT NOT NULL,
    synced_at_ms INTEGER,
    swept_at_ms INTEGER,
    newest_start_ms INTEGER,
    complete INTEGER NOT NULL,
    PRIMARY KEY (source, scope)
) WITHOUT ROWID;
