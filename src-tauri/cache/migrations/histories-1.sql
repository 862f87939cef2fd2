-- The histories of the metrics of one source, in a file of its own. Runs and metrics are named as the
-- server names them, so that nothing here depends on the rows of the cache.

PRAGMA application_id = 1349477481; -- "Podi"

-- One row: the address that the histories came from.
CREATE TABLE source (
    address TEXT NOT NULL
);

-- `of_*` is the run's latest metric when this was fetched: where the run now has another one, the
-- history is out of date. `of_value` with NULL is NaN.
CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    key TEXT NOT NULL,
    points INTEGER NOT NULL,
    fetched_at_ms INTEGER NOT NULL,
    of_step INTEGER,
    of_timestamp_ms INTEGER,
    of_value REAL,
    UNIQUE (run_id, key)
);

-- The columns of a history with the same id, sorted by (step, timestamp) and compressed as `column.rs`
-- says. Apart from `history`, so that asking what there is does not pass over all of it.
CREATE TABLE point (
    id INTEGER PRIMARY KEY,
    steps BLOB NOT NULL,
    timestamps_ms BLOB NOT NULL,
    metric_values BLOB NOT NULL
);
