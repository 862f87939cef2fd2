#!/usr/bin/env python3
"""Fill an MLflow SQLite backend store with a synthetic experiment of any size.

The database must have been created by MLflow itself (`mlflow db upgrade sqlite:///x.db`);
this script only inserts rows, so any MLflow version that owns the schema can serve it.

  seed_mlflow.py x.db --experiment sweep --runs 10000 --params 20 --metrics 20
  seed_mlflow.py x.db --experiment curves --runs 100 --history 10000 --history-keys 2
  seed_mlflow.py x.db --experiment churn --runs 50 --model churn --versions 3000

Inserting by the REST API would take hours at these sizes; a row written here is the row
that MLflow's SQL store writes for the same call (latest_metrics holds the last step).
"""
import argparse
import math
import random
import sqlite3
import time
import uuid


def columns(db, table):
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def insert(db, table, rows, names):
    have = columns(db, table)
    names = [n for n in names if n in have]
    marks = ",".join("?" * len(names))
    db.executemany(
        f"INSERT INTO {table} ({','.join(names)}) VALUES ({marks})",
        ([row[n] for n in names] for row in rows),
    )


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("database")
    p.add_argument("--experiment", default="sweep")
    p.add_argument("--artifact-root", default="mlflow-artifacts:")
    p.add_argument("--runs", type=int, default=1000)
    p.add_argument("--params", type=int, default=20)
    p.add_argument("--metrics", type=int, default=20)
    p.add_argument("--tags", type=int, default=3)
    p.add_argument("--history", type=int, default=0, help="points per history key and run")
    p.add_argument("--history-keys", type=int, default=1)
    p.add_argument("--nan-share", type=float, default=0.0, help="share of history points that are NaN")
    p.add_argument("--running", type=int, default=0, help="how many of the newest runs are still RUNNING")
    p.add_argument("--children", action="store_true", help="all other runs are children of the newest one")
    p.add_argument("--model", help="registers a model of this name, its versions from these runs in turn")
    p.add_argument("--versions", type=int, default=1)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--now-ms", type=int, help="when the newest run has just started; the default is now")
    a = p.parse_args()
    rnd = random.Random(f"{a.seed} {a.experiment}")
    db = sqlite3.connect(a.database, timeout=60)
    db.execute("PRAGMA synchronous=OFF")
    now = a.now_ms or int(time.time() * 1000)
    exp = (db.execute("SELECT max(experiment_id) FROM experiments").fetchone()[0] or 0) + 1
    insert(db, "experiments", [dict(experiment_id=exp, name=a.experiment,
           artifact_location=f"{a.artifact_root}/{exp}", lifecycle_stage="active",
           creation_time=now, last_update_time=now, workspace="default")],
           ["experiment_id", "name", "artifact_location", "lifecycle_stage", "creation_time", "last_update_time", "workspace"])
    optimizers = ["adam", "adamw", "sgd", "lion", "rmsprop"]
    users = ["ana", "bo", "chika", "deniz"]
    runs, params, tags, latest = [], [], [], []
    ids = []
    for i in range(a.runs):
        rid = uuid.UUID(int=rnd.getrandbits(128), version=4).hex
        ids.append(rid)
        start = now - (a.runs - i) * 60_000
        running = i >= a.runs - a.running
        status = "RUNNING" if running else rnd.choices(["FINISHED", "FAILED", "KILLED"], [90, 8, 2])[0]
        name = f"run-{i:06d}"
        user = rnd.choice(users)
        runs.append(dict(run_uuid=rid, name=name, source_type="LOCAL", source_name="train.py",
                    entry_point_name="", user_id=user, status=status, start_time=start,
                    end_time=None if running else start + rnd.randrange(1_000, 3_600_000),
                    source_version="", lifecycle_stage="active", deleted_time=None,
                    artifact_uri=f"{a.artifact_root}/{exp}/{rid}/artifacts", experiment_id=exp))
        lr = 10 ** rnd.uniform(-5, -1)
        depth = rnd.randrange(1, 13)
        for k in range(a.params):
            value = (f"{lr:.6g}" if k == 0 else rnd.choice(optimizers) if k == 1 else str(depth) if k == 2
                     else str(rnd.randrange(100)) if k % 2 else f"{rnd.random():.4f}")
            params.append(dict(key=["lr", "optimizer", "depth"][k] if k < 3 else f"hp_{k:03d}", value=value, run_uuid=rid))
        quality = 1 / (1 + abs(math.log10(lr) + 3)) + depth / 60 + rnd.gauss(0, 0.02)
        for k in range(a.metrics):
            key = ["accuracy", "loss", "f1_macro"][k] if k < 3 else f"m_{k:03d}"
            value = quality if k in (0, 2) else 1 - quality if k == 1 else rnd.gauss(k, 1)
            latest.append(dict(key=key, value=value, timestamp=start + 999, step=0, is_nan=0, run_uuid=rid))
        system = [("mlflow.runName", name), ("mlflow.user", user), ("mlflow.source.name", "train.py"), ("mlflow.source.type", "LOCAL")]
        for key, value in system + [(f"tag_{k}", rnd.choice("abcdef")) for k in range(a.tags)]:
            tags.append(dict(key=key, value=value, run_uuid=rid))
    if a.children:
        tags += [dict(key="mlflow.parentRunId", value=ids[-1], run_uuid=rid) for rid in ids[:-1]]
    insert(db, "runs", runs, ["run_uuid", "name", "source_type", "source_name", "entry_point_name", "user_id", "status", "start_time",
           "end_time", "source_version", "lifecycle_stage", "artifact_uri", "experiment_id", "deleted_time"])
    insert(db, "params", params, ["key", "value", "run_uuid"])
    insert(db, "tags", tags, ["key", "value", "run_uuid"])
    insert(db, "latest_metrics", latest, ["key", "value", "timestamp", "step", "is_nan", "run_uuid"])
    insert(db, "metrics", latest, ["key", "value", "timestamp", "run_uuid", "step", "is_nan"])
    names = ["key", "value", "timestamp", "run_uuid", "step", "is_nan"]
    for n, rid in enumerate(ids if a.history else []):
        start = runs[n]["start_time"]
        for k in range(a.history_keys):
            key = ["train_loss", "val_loss"][k] if k < 2 else f"curve_{k}"
            tau, floor, rows = a.history / rnd.uniform(3, 12), rnd.uniform(0.05, 0.4), []
            for s in range(a.history):
                nan = rnd.random() < a.nan_share
                value = 0.0 if nan else floor + 2.5 * math.exp(-s / tau) + rnd.gauss(0, 0.03) + (0.8 if rnd.random() < 2e-4 else 0)
                rows.append(dict(key=key, value=value, timestamp=start + s * 100, run_uuid=rid, step=s, is_nan=int(nan)))
            insert(db, "metrics", rows, names)
            insert(db, "latest_metrics", [rows[-1]], ["key", "value", "timestamp", "step", "is_nan", "run_uuid"])
    if a.model:
        insert(db, "registered_models", [dict(name=a.model, creation_time=now, last_updated_time=now,
               description="", workspace="default")],
               ["name", "creation_time", "last_updated_time", "description", "workspace"])
        versions = [dict(name=a.model, version=v + 1, creation_time=now - (a.versions - v) * 1000,
                    last_updated_time=now, user_id="ana", current_stage="None", status="READY", description="",
                    source=f"runs:/{ids[v % len(ids)]}/model", run_id=ids[v % len(ids)], workspace="default")
                    for v in range(a.versions)]
        insert(db, "model_versions", versions, ["name", "version", "creation_time", "last_updated_time", "user_id",
               "current_stage", "status", "description", "source", "run_id", "workspace"])
    db.commit()
    print(f"experiment {exp} '{a.experiment}': {a.runs} runs, {len(params)} params, {len(latest)} metrics, "
          f"{a.runs * a.history * a.history_keys if a.history else 0} history points")


if __name__ == "__main__":
    main()
