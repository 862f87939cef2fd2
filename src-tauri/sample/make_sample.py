#!/usr/bin/env python3
"""Make the sample workspace that Podium opens when the user has added no server yet.

    python make_sample.py OUTDIR [--pack]

writes OUTDIR/mlflow.db and OUTDIR/mlartifacts/, the two things a plain `mlflow server` leaves in the
folder it is started in (runs and models refer to their files as `mlflow-artifacts:/…`, which means
`mlartifacts/…` beside the database). With --pack the database is left as mlflow.db.gz, as it is shipped:
four fifths of it are the same history four times over, once in the table and once in each index.
Run it with the Python of an environment that holds MLflow.

Every row and every file is written by MLflow's own client, in this process, with three things held
still so that two runs of the script give the same rows and files: the clock (a story of six weeks that ends
on 20 November 2026), random ids, and the numbers of the training stories. One step follows that is not
MLflow's: the folder the script wrote to is replaced by `mlflow-artifacts:` in the database and in the
MLmodel files, as a server would have written it, and the database is vacuumed.
"""
import gzip
import json
import logging
import math
import os
import random
import re
import shutil
import sqlite3
import sys
import time
import uuid
import warnings
from datetime import datetime, timezone
from pathlib import Path

sys.dont_write_bytecode = True
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", MPLBACKEND="agg", GIT_PYTHON_REFRESH="quiet")
warnings.filterwarnings("ignore")

IDS = random.Random(20261120)
uuid.uuid4 = lambda: uuid.UUID(int=IDS.getrandbits(128), version=4)


class Clock:
    """What MLflow takes for the time: it stands where the story is and ticks with every look."""

    now = 0.0

    def __call__(self):
        self.now += 0.001
        return self.now


CLOCK = Clock()
time.time = CLOCK

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import trials  # noqa: E402
from drawings import HISTORY_STEPS, NUMBERS, attention_map, confusion_matrix, loss_curve, prediction_grid, roc_curve  # noqa: E402

import mlflow  # noqa: E402
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag  # noqa: E402

logging.getLogger("mlflow").setLevel(logging.ERROR)
NAN, INF = math.nan, math.inf


def at(day, hour=9, minute=0, month=11):
    """Epoch milliseconds of a moment of autumn 2026, UTC."""
    return int(datetime(2026, month, day, hour, tzinfo=timezone.utc).timestamp() + minute * 60) * 1000


# ---------------------------------------------------------------- writing a run


class Workspace:
    """An MLflow store in the making: thin words around MlflowClient that keep the story's time."""

    def __init__(self, out):
        self.out, self.files = out, f"file://{out}/mlartifacts"
        mlflow.set_tracking_uri(f"sqlite:///{out}/mlflow.db")
        self.client = mlflow.MlflowClient()
        self.next_experiment = 1

    def experiment(self, name, created_ms, note, **tags):
        CLOCK.now = created_ms / 1000
        location = f"{self.files}/{self.next_experiment}"
        given = self.client.create_experiment(name, location, {"mlflow.note.content": note, **tags})
        assert given == str(self.next_experiment), "experiments are expected to be numbered"
        self.next_experiment += 1
        return given

    def run(self, experiment, name, user, start_ms, minutes, params=(), metrics=(), tags=(), status="FINISHED",
            parent=None, source="train.py", commit=None, branch="main", note=None):
        """A run; `minutes` None leaves it running. Metrics are {key: value or [(step, value), …]}."""
        CLOCK.now = start_ms / 1000
        commit = commit or f"{IDS.getrandbits(160):040x}"
        own = {"mlflow.user": user, "mlflow.source.name": source, "mlflow.source.type": "LOCAL",
               "mlflow.source.git.commit": commit, "mlflow.source.git.branch": branch, **dict(tags)}
        if parent:
            own["mlflow.parentRunId"] = parent
        if note:
            own["mlflow.note.content"] = note
        run_id = self.client.create_run(experiment, start_ms, own, name).info.run_id
        length_ms = int((minutes or 90) * 60_000)
        rows = []
        for key, value in dict(metrics).items():
            points = value if isinstance(value, list) else [(0, value)]
            last = max(step for step, _ in points) or 1
            for step, v in points:
                when = start_ms + int(length_ms * (0.02 + 0.95 * step / last)) if len(points) > 1 else start_ms + length_ms - 2000
                rows.append(Metric(key, float(v), when, step))
        pairs = [Param(k, str(v)) for k, v in dict(params).items()]
        self.client.log_batch(run_id, params=pairs)
        for i in range(0, len(rows), 1000):
            self.client.log_batch(run_id, metrics=rows[i : i + 1000])
        CLOCK.now = (start_ms + length_ms) / 1000 - 5
        if minutes:
            self.client.set_terminated(run_id, status, start_ms + length_ms)
        return run_id

    def dataset(self, run_id, name, digest, context, rows, columns, source):
        schema = {"mlflow_colspec": [{"type": t, "name": n, "required": True} for n, t in columns]}
        data = Dataset(name, digest, "local", json.dumps({"uri": source}), json.dumps(schema, ensure_ascii=False),
                       json.dumps({"num_rows": rows, "num_elements": rows * len(columns)}))
        self.client.log_inputs(run_id, [DatasetInput(data, [InputTag("mlflow.data.context", context)])])

    def text(self, run_id, path, content):
        self.client.log_text(run_id, content, path)

    def image(self, run_id, path, picture):
        # The client would write a true-colour file; the picture's own palette is a fifth of the size.
        local = self.out / "tmp" / Path(path).name
        local.parent.mkdir(exist_ok=True)
        picture.save(local, optimize=True)
        self.client.log_artifact(run_id, local, str(Path(path).parent) if "/" in path else None)

    def sklearn_model(self, run_id, model, example, when_ms, params):
        """A logged model of MLflow 3 that belongs to the run; answers its model id."""
        from mlflow.models import infer_signature

        run = self.client.get_run(run_id).info
        mlflow.set_experiment(experiment_id=run.experiment_id)
        CLOCK.now = when_ms / 1000
        with mlflow.start_run(run_id=run_id):
            info = mlflow.sklearn.log_model(
                model, name="model", input_example=example, params=params, pip_requirements=["scikit-learn", "pandas"],
                signature=infer_signature(example, model.predict(example)), tags={"framework": "scikit-learn"},
                skops_trusted_types=None, serialization_format="cloudpickle")
        CLOCK.now = when_ms / 1000
        self.client.set_terminated(run_id, run.status, run.end_time)
        return info.model_id

    def finish(self):
        """The folder becomes `mlflow-artifacts:`, and nothing of this machine is left in any file."""
        here, there = self.files, "mlflow-artifacts:"
        mlflow.tracking._tracking_service.utils._tracking_store_registry = None
        db = sqlite3.connect(self.out / "mlflow.db")
        tables = [t for (t,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        for table in tables:
            for _, column, kind, *_ in db.execute(f"PRAGMA table_info({table})").fetchall():
                if "CHAR" in kind.upper() or "TEXT" in kind.upper():
                    db.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?) WHERE instr({column}, ?) > 0", (here, there, here))
        db.execute("UPDATE experiments SET artifact_location = 'mlflow-artifacts:/0' WHERE experiment_id = 0")
        db.commit()
        db.execute("PRAGMA journal_mode=DELETE")
        db.execute("VACUUM")
        db.close()
        shutil.rmtree(self.out / "tmp", ignore_errors=True)
        for file in [p for p in self.out.rglob("*") if p.is_file()]:
            data = file.read_bytes()
            if here.encode() in data and file.name == "MLmodel":
                data = data.replace(here.encode(), there.encode())
                # The one time that MLflow does not take from time.time().
                data = re.sub(rb"utc_time_created: '[^']*'", b"utc_time_created: '2026-11-16 08:25:00.000000'", data)
                file.write_bytes(data)
            assert str(self.out).encode() not in data, f"{file} still names this machine's folder"


# ---------------------------------------------------------------- the story


def vision_resnet(ws):
    exp = ws.experiment("vision/resnet-sweep", at(5, month=10), "ResNet on **birds-24**: which learning rate, depth and optimizer.",
                        team="vision", project="birds")
    birds = ("birds-24", "9f3c1a7e", 24_000, [("image", "binary"), ("label", "string")], "/data/birds-24/train")
    labels = ["finch", "heron", "kite", "owl", "swift", "wren"]
    commit = "4be02d7c9a1f03e86d52b7740cd1e9fa83b6c510"

    def child(parent, name, user, start, lr, depth, optimizer, floor, tau, accuracy, latency, spikes=2, rise=0.0, seed=1):
        steps = range(HISTORY_STEPS)
        train = loss_curve(floor * 0.72, 2.9, tau, 0.035, spikes)
        val = loss_curve(floor, 2.95, tau * 1.06, 0.012, max(0, spikes - 1), rise)
        acc = [(s, round(float(accuracy * (1 - math.exp(-(s + 60) / (tau * 1.5))) + NUMBERS.normal(0, 0.004)), 4)) for s in range(99, HISTORY_STEPS - 1, 100)]
        return ws.run(exp, name, user, start, 42 + depth * 1.9, parent=parent, commit=commit,
                      params={"lr": lr, "depth": depth, "optimizer": optimizer, "batch_size": 128, "weight_decay": 0.05, "epochs": 20,
                              "augment": "randaug", "seed": seed, "warmup_steps": 100},
                      metrics={"train_loss": list(zip(steps, train)), "val_loss": list(zip(steps, val)),
                               "accuracy": acc + [(HISTORY_STEPS - 1, accuracy)], "f1_macro": round(accuracy - NUMBERS.uniform(0.004, 0.015), 4),
                               "latency_ms": latency, "grad_norm": round(float(NUMBERS.uniform(0.4, 1.8)), 4)},
                      tags={"dataset": "birds-24", "gpu": "A100", "stage": "sweep"})

    grid = ws.run(exp, "lr-depth-grid", "ana", at(6, 8, month=10), 60 * 9, commit=commit, source="sweep.py",
                  params={"grid": "lr × depth", "trials": 8, "objective": "accuracy"},
                  metrics={"best_accuracy": 0.9412}, tags={"starred": "yes"},
                  note="## Grid over lr and depth\n\nEight trials, 2,000 steps each. **3e-3 diverges** at depth 101; 1e-3 at depth 50 is the one to keep.\n\n"
                       "| depth | best lr |\n|---|---|\n| 18 | 1e-3 |\n| 50 | 1e-3 |\n| 101 | 3e-4 |\n")
    plan = [("r18-lr3e-4", 3e-4, 18, 0.52, 420, 0.8874, 3.1), ("r18-lr1e-3", 1e-3, 18, 0.46, 260, 0.9017, 3.2),
            ("r34-lr3e-4", 3e-4, 34, 0.44, 400, 0.9108, 4.6), ("r34-lr1e-3", 1e-3, 34, 0.40, 250, 0.9221, 4.7),
            ("r50-lr3e-4", 3e-4, 50, 0.38, 380, 0.9297, 7.9), ("r50-lr1e-3", 1e-3, 50, 0.33, 230, 0.9412, 7.9),
            ("r101-lr3e-4", 3e-4, 101, 0.35, 350, 0.9365, 14.2)]
    best = None
    for i, (name, lr, depth, floor, tau, acc, lat) in enumerate(plan):
        run = child(grid, name, "ana", at(6, 8 + i, 5, month=10), lr, depth, "adamw", floor, tau, acc, lat, spikes=i % 4, rise=0.12 if depth == 18 else 0.03)
        ws.dataset(run, *birds[:2], "train", *birds[2:])
        ws.dataset(run, "birds-24-holdout", "1d40b6c2", "validation", 4_000, birds[3], "/data/birds-24/holdout")
        best = run if name == "r50-lr1e-3" else best
    # The one that diverges: a climb, then NaN for good; the last gradient norm was infinite.
    train, val = loss_curve(0.5, 2.9, 300, 0.05, 3), loss_curve(0.6, 2.95, 320, 0.02, 2)
    climb = np.exp(np.clip((np.arange(HISTORY_STEPS) - 1180) / 40.0, 0, 12))
    train, val = train * climb, val * climb
    train[1312:], val[1312:] = NAN, NAN
    ws.run(exp, "r101-lr3e-3", "ana", at(6, 15, 20, month=10), 171, parent=grid, commit=commit,
           params={"lr": 3e-3, "depth": 101, "optimizer": "adamw", "batch_size": 128, "weight_decay": 0.05, "epochs": 20, "augment": "randaug", "seed": 1, "warmup_steps": 100},
           metrics={"train_loss": list(enumerate(train)), "val_loss": list(enumerate(val)), "accuracy": [(99, 0.31), (699, 0.62), (1299, 0.18), (1999, 0.0417)],
                    "f1_macro": NAN, "latency_ms": 14.2, "grad_norm": INF, "log_likelihood": -INF},
           tags={"dataset": "birds-24", "gpu": "A100", "stage": "sweep", "diverged": "true"}, note="Diverged near step 1,200: gradient clipping was off.")

    sweep = ws.run(exp, "optimizer-sweep", "bo", at(20, 7, month=10), 60 * 6, source="sweep.py", params={"grid": "optimizer", "trials": 4, "objective": "accuracy"},
                   metrics={"best_accuracy": 0.9441}, commit="c07f6a51b2d94e3380aa6cf1d2e95b7704f8a3be")
    for i, (opt, lr, floor, tau, acc) in enumerate([("sgd", 0.1, 0.36, 520, 0.9338), ("lion", 1e-4, 0.31, 190, 0.9441), ("rmsprop", 5e-4, 0.42, 300, 0.9214), ("adafactor", 1e-3, 0.37, 330, 0.9302)]):
        run = child(sweep, f"r50-{opt}", "bo", at(20, 7 + i, 10, month=10), lr, 50, opt, floor, tau, acc, 7.8, spikes=[0, 5, 3, 1][i])
        ws.dataset(run, *birds[:2], "train", *birds[2:])
    ws.run(exp, "r50-lr1e-3-seed2", "ana", at(22, 10, month=10), 118, params={"lr": 1e-3, "depth": 50, "optimizer": "adamw", "batch_size": 128, "seed": 2},
           metrics={"accuracy": 0.9398, "f1_macro": 0.9371, "latency_ms": 7.9, "val_loss": 0.336}, tags={"stage": "confirm"})
    ws.run(exp, "r50-lr1e-3-seed3", "ana", at(22, 13, month=10), 119, params={"lr": 1e-3, "depth": 50, "optimizer": "adamw", "batch_size": 128, "seed": 3},
           metrics={"accuracy": 0.9405, "f1_macro": 0.9388, "latency_ms": 8.0, "val_loss": 0.334}, tags={"stage": "confirm"})

    picture, matrix = confusion_matrix(labels, 0.94, "r50-lr1e-3, holdout")
    ws.image(best, "plots/confusion_matrix.png", picture)
    ws.image(best, "plots/predictions.png", prediction_grid())
    ws.text(best, "reports/confusion_matrix.csv", pd.DataFrame(matrix.astype(int), index=labels, columns=labels).to_csv())
    ws.text(best, "config.yaml", "model:\n  name: resnet50\n  depth: 50\noptim:\n  name: adamw\n  lr: 0.001\n  weight_decay: 0.05\n  warmup_steps: 100\ndata:\n  name: birds-24\n  batch_size: 128\n")
    ws.text(best, "reports/model_card.md",
            "# ResNet-50, birds-24\n\nTrained on 24,000 pictures of **six birds**; the holdout has 4,000.\n\n| metric | value |\n|---|---:|\n| accuracy | 0.9412 |\n| f1_macro | 0.9377 |\n| latency_ms | 7.9 |\n\n"
            "## Known weaknesses\n\n- Kites at dusk are taken for owls.\n- Pictures below 96 px were not tested.\n\n```bash\npython train.py --depth 50 --lr 1e-3\n```\n\n> Licence of the pictures: CC BY 4.0.\n")
    log = "\n".join(f"{9 + i // 60:02d}:{i % 60:02d} step {i * 20:>4}  train_loss {2.9 * math.exp(-i / 20) + 0.24:.4f}  lr {1e-3 * min(1, (i + 1) / 5):.2e}" for i in range(100))
    ws.text(best, "logs/train.log", log + "\n09:99 done\n".replace("99", "59"))

    gone = ws.run(exp, "typo-in-lr", "bo", at(20, 6, month=10), 3, params={"lr": 30.0, "depth": 50}, metrics={"train_loss": NAN}, status="KILLED")
    ws.client.delete_run(gone)
    return best


def vision_vit(ws):
    exp = ws.experiment("vision/vit-finetune", at(28, month=10), "ViT-S/16 fine-tuned from ImageNet-21k on birds-24.", team="vision", project="birds")
    plan = [("vit-s-full", "full", 1e-4, 0.9517), ("vit-s-head", "head", 1e-3, 0.9120), ("vit-s-last4", "last4", 3e-4, 0.9433), ("vit-s-lora8", "lora", 5e-4, 0.9484),
            ("vit-s-lora32", "lora", 5e-4, 0.9502), ("vit-b-full", "full", 5e-5, 0.9590), ("vit-b-lora8", "lora", 3e-4, 0.9566), ("vit-s-ema", "full", 1e-4, 0.9531)]
    runs = {}
    for i, (name, tune, lr, acc) in enumerate(plan):
        steps, wide = 200, "vit-b" in name
        train = loss_curve(0.22 - acc * 0.05, 1.7, 22 + 3 * i, 0.03, i % 3, steps=steps)
        val = loss_curve(1.1 - acc * 0.95, 1.6, 24 + 3 * i, 0.012, 0, 0.02 * i, steps=steps)
        metrics = {"train_loss": list(enumerate(train)), "val_loss": list(enumerate(val)), "accuracy": [(s, round(acc * (1 - 0.5 * math.exp(-s / 25)), 4)) for s in range(0, 199, 10)] + [(199, acc)],
                   "f1_macro": round(acc - 0.006, 4), "latency_ms": 21.4 if wide else 9.3, "params_m": 86.6 if wide else 22.1}
        if name in ("vit-s-full", "vit-b-full"):
            metrics |= system_metrics(busy=0.93 if wide else 0.71)
        runs[name] = ws.run(exp, name, ["deniz", "chika"][i % 2], at(29, 8, month=10) + i * 31 * 3_600_000, 35 + 20 * wide,
                            params={"lr": lr, "tune": tune, "backbone": "vit-b/16" if wide else "vit-s/16", "patch": 16, "image_size": 224, "mixup": 0.2, "ema": name.endswith("ema"), "batch_size": 64},
                            metrics=metrics, tags={"dataset": "birds-24", "gpu": "H100" if wide else "A100"}, source="finetune.py")
        ws.dataset(runs[name], "birds-24", "9f3c1a7e", "train", 24_000, [("image", "binary"), ("label", "string")], "/data/birds-24/train")
    for name, seed in (("vit-s-full", 3), ("vit-b-full", 5)):
        for step in (0, 50, 100, 150, 199):
            ws.client.log_image(runs[name], attention_map(step / 199, seed), key="attention/holdout-17", step=step,
                                timestamp=at(4, 12) + step * 10_000, synchronous=True)
    picture, _ = confusion_matrix(["finch", "heron", "kite", "owl", "swift", "wren"], 0.957, "vit-b-full, holdout")
    ws.image(runs["vit-b-full"], "plots/confusion_matrix.png", picture)
    ws.text(runs["vit-b-full"], "notes/感想.txt", "学習は安定していた。夕方のトビの画像が難しい。\n")
    ws.run(exp, "vit-l-full", "deniz", at(12, 8), 7.4, status="FAILED", params={"lr": 3e-5, "tune": "full", "backbone": "vit-l/16", "batch_size": 64},
           metrics={"train_loss": [(0, 1.72), (1, 1.69), (2, 1.70)]}, tags={"gpu": "A100", "error": "CUDA out of memory"},
           note="Out of memory in step 3. Try batch_size 16.", source="finetune.py")
    ws.run(exp, "vit-s-longer", "chika", at(13, 9), 22, status="KILLED", params={"lr": 1e-4, "tune": "full", "backbone": "vit-s/16", "epochs": 200},
           metrics={"train_loss": [(s, 1.6 * math.exp(-s / 20) + 0.2) for s in range(40)]}, tags={"gpu": "A100"}, source="finetune.py")
    ws.run(exp, "vit-b-full-aug3", "deniz", at(20, 16, 2), None, params={"lr": 5e-5, "tune": "full", "backbone": "vit-b/16", "mixup": 0.4, "batch_size": 64},
           metrics={"train_loss": list(enumerate(loss_curve(0.2, 1.7, 30, 0.03, 1, steps=120))), "val_loss": list(enumerate(loss_curve(0.26, 1.6, 32, 0.012, steps=120)))},
           tags={"gpu": "H100", "dataset": "birds-24"}, source="finetune.py")
    ws.run(exp, "vit-b-distilled", "chika", at(18, 9), 64, params={"lr": 2e-4, "tune": "full", "backbone": "vit-b/16", "teacher": "vit-b-full", "batch_size": 64},
           metrics={"accuracy": 0.9548, "f1_macro": 0.9502, "latency_ms": 11.6, "params_m": 44.2, "val_loss": 0.181}, tags={"gpu": "H100"}, source="distill.py")
    return runs


def system_metrics(busy, samples=60):
    def wander(level, spread, low=0.0, high=100.0):
        walk = level + np.cumsum(NUMBERS.normal(0, spread / 4, samples)) + NUMBERS.normal(0, spread, samples)
        return [(s, round(float(v), 2)) for s, v in enumerate(np.clip(walk, low, high))]

    return {"system/cpu_utilization_percentage": wander(34, 3), "system/system_memory_usage_megabytes": wander(48_200, 300, 0, 128_000),
            "system/system_memory_usage_percentage": wander(37.6, 0.3), "system/gpu_0_utilization_percentage": wander(100 * busy, 2.5),
            "system/gpu_0_memory_usage_percentage": wander(81, 0.4), "system/gpu_0_power_usage_watts": wander(410 * busy, 9, 0, 700),
            "system/network_receive_megabytes": wander(120, 8, 0, 1e6), "system/disk_usage_percentage": wander(63, 0.05)}


FEATURES = ["tenure_months", "monthly_fee", "support_tickets", "late_payments", "logins_30d", "contract_left_days"]
REPORT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Churn report</title>
<style>body{{font:15px system-ui;margin:2rem;color:#1b1e24}}table{{border-collapse:collapse}}td,th{{padding:.3rem .9rem;border-bottom:1px solid #ddd;text-align:right}}
th:first-child,td:first-child{{text-align:left}}.bar{{height:10px;background:#2f6fde;border-radius:5px}}</style>
<h1>{name}</h1><p>Holdout of 6,000 customers. <span id="when">Scripts are off.</span></p>
<table><tr><th>metric<th>value</tr>{rows}</table>
<h2>Importance</h2>{bars}
<script>document.getElementById('when').textContent = 'This sentence was written by the page\\'s script.';</script>
</html>
"""


def churn_gbdt(ws):
    from sklearn.ensemble import GradientBoostingClassifier

    exp = ws.experiment("churn/gbdt", at(8, month=10), "Which customers leave within 90 days. Gradient boosting on the CRM's monthly table.", team="growth", project="churn")
    x = pd.DataFrame(NUMBERS.normal(size=(1200, len(FEATURES))).round(4), columns=FEATURES)
    y = ((x["late_payments"] + 0.8 * x["support_tickets"] - 0.7 * x["tenure_months"] + NUMBERS.normal(0, 0.5, 1200)) > 0).astype(int)
    columns = [(f, "double") for f in FEATURES] + [("churned", "long")]
    parent = ws.run(exp, "optuna-2026-10", "chika", at(9, 6, month=10), 190, source="tune.py", params={"sampler": "TPE", "trials": 8, "objective": "f1_macro"}, metrics={"best_f1_macro": 0.9316})
    for i in range(8):
        lr, depth, trees = [0.3, 0.1, 0.05, 0.02, 0.1, 0.07, 0.2, 0.01][i], [2, 3, 4, 5, 6, 4, 3, 8][i], [50, 100, 200, 400, 150, 250, 80, 600][i]
        acc = [0.902, 0.921, 0.934, 0.929, 0.925, 0.936, 0.917, 0.889][i]
        ws.run(exp, f"trial-{i}", "chika", at(9, 6, 10, month=10) + i * 22 * 60_000, 18, parent=parent, source="tune.py",
               params={"learning_rate": lr, "max_depth": depth, "n_estimators": trees, "subsample": [0.7, 0.8, 1.0][i % 3], "objective": "binary:logistic"},
               metrics={"accuracy": acc, "f1_macro": round(acc - 0.0044, 4), "auc": round(acc + 0.028, 4), "log_loss": [(t, round(0.69 * math.exp(-t / (6 / lr ** 0.3)) + 0.2, 5)) for t in range(0, trees, max(1, trees // 50))],
                        "latency_ms": round(1.2 + trees * 0.012, 2)}, tags={"dataset": "crm-2026-09"})

    versions = [  # name, user, day, trees, depth, rate, accuracy, f1, loss, latency, auc, commit
        ("gbdt-baseline", "bo", at(12, 9, month=10), 25, 2, 0.1, 0.9173, 0.9120, 0.2214, 4.1, 0.951, "5d21c0be"),
        ("gbdt-deeper", "bo", at(20, 14, month=10), 30, 3, 0.1, 0.9301, 0.9268, 0.2017, 6.8, 0.958, "77ab19f0"),
        ("gbdt-monotone", "chika", at(30, 10, month=10), 30, 3, 0.07, 0.9412, 0.9404, 0.1880, 7.9, 0.967, "4be02d88"),
        ("gbdt-recent-data", "ana", at(16, 8), 40, 3, 0.07, 0.9538, 0.9529, 0.1921, 7.6, 0.973, "91aa7c3e")]
    made = []
    for i, (name, user, start, trees, depth, rate, acc, f1, loss, latency, auc, commit) in enumerate(versions):
        params = {"learning_rate": rate, "max_depth": depth, "n_estimators": trees, "subsample": 0.8, "objective": "binary:logistic", "monotone": name == "gbdt-monotone"}
        data = ("crm-2026-10", "e81b77d0") if i == 3 else ("crm-2026-09", "b02f9c4d")
        run = ws.run(exp, name, user, start, 26, params=params, tags={"dataset": data[0], "validation_status": "approved" if i != 1 else "pending"}, commit=commit * 5)
        model = GradientBoostingClassifier(n_estimators=trees, max_depth=depth, learning_rate=rate, random_state=1).fit(x, y)
        model_id = ws.sklearn_model(run, model, x.head(3), start + 25 * 60_000, {k: str(v) for k, v in params.items()})
        values = {"accuracy": acc, "f1_macro": f1, "log_loss": loss, "latency_ms": latency, "auc": auc}
        for key, value in values.items():
            ws.client.log_metric(run, key, value, start + 24 * 60_000, 0, model_id=model_id, dataset_name=data[0], dataset_digest=data[1])
        ws.dataset(run, *data, "train", 48_000, columns, f"s3://crm-exports/{data[0]}.parquet")
        ws.dataset(run, data[0] + "-holdout", data[1][::-1], "test", 6_000, columns, f"s3://crm-exports/{data[0]}-holdout.parquet")
        picture, matrix = confusion_matrix(["stays", "leaves"], acc, name)
        ws.image(run, "plots/confusion_matrix.png", picture)
        ws.image(run, "plots/roc.png", roc_curve(auc))
        importance = pd.DataFrame({"feature": FEATURES, "importance": model.feature_importances_.round(5)}).sort_values("importance", ascending=False)
        ws.text(run, "feature_importance.csv", importance.to_csv(index=False))
        ws.text(run, "metrics.json", json.dumps({"holdout": values, "confusion_matrix": matrix.astype(int).tolist(), "threshold": 0.42, "features": FEATURES}, indent=2) + "\n")
        rows = "".join(f"<tr><td>{k}<td>{v}</tr>" for k, v in values.items())
        bars = "".join(f'<p>{r.feature}<div class="bar" style="width:{r.importance * 400:.0f}px"></div>' for r in importance.itertuples())
        ws.text(run, "report.html", REPORT.format(name=name, rows=rows, bars=bars))
        ws.text(run, "README.md", f"# {name}\n\nTrained on `{data[0]}`. Accuracy **{acc}**, f1_macro **{f1}**.\n\n- [x] holdout checked\n- [{'x' if i != 1 else ' '}] validated by a second person\n")
        if i in (2, 3):
            sure = NUMBERS.beta(2, 5, 400).round(4)
            ws.text(run, "predictions.csv", pd.DataFrame({"customer": [f"C{n:05d}" for n in range(400)], "probability": sure, "leaves": (sure > 0.42).astype(int), "segment": NUMBERS.choice(["home", "business", "学生"], 400)}).to_csv(index=False))
            ws.client.log_table(run, {"question": ["Why did C00017 leave?", "Who is at risk?"], "answer": ["late_payments = 4", "37 customers"]}, "worst_cases.json")
        made.append((run, model_id, start + 30 * 60_000, user))
    ws.run(exp, "gbdt-gpu", "bo", at(14, 8), 1.2, status="FAILED", params={"learning_rate": 0.07, "tree_method": "gpu_hist"}, tags={"error": "no CUDA device"})
    ws.run(exp, "gbdt-wide", "ana", at(17, 8), 31, params={"learning_rate": 0.07, "max_depth": 6, "n_estimators": 400},
           metrics={"accuracy": 0.9502, "f1_macro": 0.9487, "log_loss": 0.1956, "latency_ms": 15.3, "auc": 0.971}, tags={"dataset": "crm-2026-10"})
    return made


def churn_logreg(ws):
    exp = ws.experiment("churn/logreg", at(7, month=10), "The baseline everything else must beat.", team="growth", project="churn")
    for i, (c, acc) in enumerate([(0.01, 0.8431), (0.1, 0.8612), (1.0, 0.8640), (10.0, 0.8637)]):
        run = ws.run(exp, f"logreg-C{c:g}", "bo", at(7, 10, 20 * i, month=10), 2 + i, params={"C": c, "penalty": "l2", "solver": "lbfgs", "max_iter": 500},
                     metrics={"accuracy": acc, "f1_macro": round(acc - 0.012, 4), "auc": round(acc + 0.041, 4), "log_loss": round(1.2 - acc, 4), "latency_ms": 0.4}, tags={"dataset": "crm-2026-09"}, source="baseline.py")
        ws.dataset(run, "crm-2026-09", "b02f9c4d", "train", 48_000, [(f, "double") for f in FEATURES], "s3://crm-exports/crm-2026-09.parquet")
        ws.text(run, "coefficients.json", json.dumps(dict(zip(FEATURES, NUMBERS.normal(0, 1, 6).round(4).tolist())), indent=2))


def japanese(ws):
    exp = ws.experiment("画像分類", at(15, month=10), "手書き文字の画像分類。**前処理**と学習率の比較。", チーム="視覚", project="kuzushiji")
    plan = [("基準", "なし", 1e-3, 0.9312), ("明るさ補正", "明るさ", 1e-3, 0.9388), ("回転あり", "回転", 1e-3, 0.9427), ("回転と切り抜き", "回転+切り抜き", 1e-3, 0.9481),
            ("学習率を下げる", "回転+切り抜き", 3e-4, 0.9503), ("学習率を上げる", "回転+切り抜き", 3e-3, 0.9266), ("二倍の深さ", "回転+切り抜き", 3e-4, 0.9540), ("ラベル平滑化", "回転+切り抜き", 3e-4, 0.9551),
            ("蒸留", "回転+切り抜き", 3e-4, 0.9498), ("最終候補", "回転+切り抜き", 3e-4, 0.9563)]
    for i, (name, augment, lr, acc) in enumerate(plan):
        run = ws.run(exp, name, ["chika", "ana"][i % 3 == 2], at(16, 1, month=10) + i * 80 * 3_600_000, 12 + i, params={"前処理": augment, "学習率": lr, "層の数": 34 if i < 6 else 68, "optimizer": "adam", "batch_size": 256},
                     metrics={"正解率": [(e, round(acc * (1 - 0.6 * math.exp(-(e + 1) / 4)), 4)) for e in range(29)] + [(29, acc)], "val_loss": list(enumerate(loss_curve(1.15 - acc, 2.2, 6 + i, 0.01, steps=30))),
                              "f1_macro": round(acc - 0.007, 4), "latency_ms": 2.4 if i < 6 else 4.4}, tags={"データ": "くずし字49", "担当": "千佳"}, source="学習.py")
        ws.dataset(run, "くずし字49", "5a0cd3e1", "train", 232_365, [("image", "binary"), ("文字", "string")], "/data/k49")
        if name in ("最終候補", "ラベル平滑化"):
            ws.text(run, "メモ.md", f"# {name}\n\n正解率は **{acc}**。混同しやすい文字: `は` と `ほ`。\n")
            ws.image(run, "図/予測.png", prediction_grid())
            ws.text(run, "誤り一覧.csv", "正解,予測,件数\nは,ほ,41\nぬ,め,37\nれ,ね,29\nる,ろ,22\n")


TRAIN = """\"\"\"Trains one classifier of support tickets; `search` in MLproject calls it with the params of a trial.\"\"\"
import mlflow

EPOCHS = 12


def train(model, optimizer, batches, holdout):
    for epoch in range(1, EPOCHS + 1):
        for step, batch in batches(epoch):
            loss = model.loss(batch)
            optimizer.step(loss)
            if batches.is_half(step):
                mlflow.log_metric("train/loss", loss.item(), step=step)
        scores = holdout.score(model)
        mlflow.log_metrics({"val/loss": scores.loss, "val/accuracy": scores.accuracy, "epoch": epoch}, step=step)
"""
CONDA = """channels:
- conda-forge
dependencies:
- python=3.11.7
- pip<=23.2.1
- pip:
{packages}
name: mlflow-env
"""
PYTHON_ENV = """python: 3.11.7
build_dependencies:
- pip==23.2.1
- setuptools==68.2.2
- wheel==0.41.2
dependencies:
- -r requirements.txt
"""


def ticket_search(ws):
    exp = ws.experiment("tickets/intent-search", at(17, 16), "Which of 14 intents a support ticket has. **160 trials**, then nine configurations with three to five seeds each.", team="growth", project="tickets")
    commits = {"search": "a3f19c27d4e80b6512fc93ab7e4d1f0c86b2597e", "seeds": "e07b54d1930c2af8be6619d7c5f2a8410d93b7f6"}
    columns = [("text", "string"), ("intent", "string")]
    free = {"search": [at(17, 18, i) for i in range(4)], "seeds": [at(19, 7, i) for i in range(4)]}
    for trial in trials.search():
        # Four machines; whichever is free first takes the next trial.
        machines, seeds = free[trial.phase], trial.phase == "seeds"
        machine = machines.index(min(machines))
        start = machines[machine]
        machines[machine] += int((trial.minutes + 0.4) * 60_000)
        metrics, first_seed = dict(trial.metrics), seeds and trial.params["seed"] == 1
        if first_seed:
            metrics |= {f"system/{key}": values for key, values in two_gpus(0.9 if trial.params["depth"] > 6 else 0.72).items()}
        if trial.name == "adamw-2-seed2":
            metrics |= {f"system/node_{node}/{key}": values for node in (0, 1) for key, values in two_gpus(0.9 - node * 0.3).items()}
        run = ws.run(exp, trial.name, "deniz" if seeds else "chika", start, round(trial.minutes, 2), trial.params, metrics, status=trial.status, note=trial.note,
                     commit=commits[trial.phase], branch="seeds" if seeds else "main", source="git@git.example.org:growth/ticket-intents.git",
                     tags={"phase": trial.phase, "dataset": "tickets-2026-10", "mlflow.source.type": "PROJECT", "mlflow.project.entryPoint": trial.phase,
                           "mlflow.source.git.repoURL": "git@git.example.org:growth/ticket-intents.git", **({"configuration": trial.name.rsplit("-seed", 1)[0]} if seeds else {})})
        ws.dataset(run, "tickets-2026-10", "c4d81f07", "train", trials.ROWS, columns, "s3://crm-exports/tickets-2026-10.parquet")
        if seeds:
            ws.dataset(run, "tickets-2026-11", "07aa52be", "test", 6_000, columns, "s3://crm-exports/tickets-2026-11.parquet")
        if first_seed:
            optimizer = trial.params["optimizer"]
            packages = ["mlflow==3.17.2", f"torch=={'2.9.1' if optimizer == 'sgd' else '2.8.0'}", "transformers==4.57.1", "numpy==2.3.4"] + ["lion-pytorch==0.2.3"] * (optimizer == "lion")
            ws.text(run, "environment/requirements.txt", "\n".join(packages) + "\n")
            ws.text(run, "environment/conda.yaml", CONDA.format(packages="\n".join(f"  - {package}" for package in packages)))
            ws.text(run, "environment/python_env.yaml", PYTHON_ENV)
            ws.text(run, "code/train.py", TRAIN)


def two_gpus(busy, samples=30):
    """System metrics as MLflow logs them on a machine with two GPUs; the second waits for the first."""
    def wander(level, spread, high=100.0):
        walk = level + np.cumsum(trials.NUMBERS.normal(0, spread / 4, samples)) + trials.NUMBERS.normal(0, spread, samples)
        return [(s, round(float(v), 1)) for s, v in enumerate(np.clip(walk, 0, high))]

    logged = {"cpu_utilization_percentage": wander(41, 3), "system_memory_usage_percentage": wander(28, 0.2)}
    for gpu, share in ((0, busy), (1, busy * 0.86)):
        logged |= {f"gpu_{gpu}_utilization_percentage": wander(100 * share, 2.5), f"gpu_{gpu}_memory_usage_percentage": wander(68, 0.4),
                   f"gpu_{gpu}_power_usage_watts": wander(390 * share, 8, 700)}
    return logged


def registry(ws, versions, resnet_run):
    client = ws.client
    name = "churn-gbdt"
    CLOCK.now = versions[0][2] / 1000
    client.create_registered_model(name, {"owner": "growth", "task": "tabular-classification"}, "Probability that a customer leaves within 90 days. Served behind `/v2/churn`; scores are refreshed **nightly**.")
    words = ["First model that beats logistic regression.", "Deeper trees; never went live: calibration was off.", "Monotone in `late_payments`, as support had asked.", "Same recipe on October's data. Faster and better; log_loss slightly worse."]
    tags = [{"validation_status": "approved", "validated_by": "ana"}, {"validation_status": "rejected", "reason": "calibration"},
            {"validation_status": "approved", "validated_by": "deniz", "deployed": "2026-11-02"}, {"validation_status": "approved", "validated_by": "chika"}]
    for (run, model_id, when, user), note, tag in zip(versions, words, tags):
        CLOCK.now = when / 1000
        client.create_model_version(name, f"models:/{model_id}", run, tags={**tag, "author": user}, description=note, model_id=model_id)
    client.set_registered_model_alias(name, "champion", "3")
    client.set_registered_model_alias(name, "challenger", "4")
    CLOCK.now = at(24, month=10) / 1000
    client.create_registered_model("resnet50", {"owner": "vision", "task": "image-classification"}, "Birds of six kinds; source of the field app's offline model.")
    for note in ("Exported from the grid's best run.", "The same weights, quantized to int8."):
        source = client.get_run(resnet_run).info.artifact_uri
        client.create_model_version("resnet50", f"{source}/export", resnet_run, tags={"format": "onnx"}, description=note)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--pack"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    out = Path(arguments[0]).resolve()
    out.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(out / "mlartifacts", ignore_errors=True)
    for name in ("mlflow.db", "mlflow.db.gz"):
        (out / name).unlink(missing_ok=True)
    CLOCK.now = at(1, month=10) / 1000
    ws = Workspace(out)
    churn_logreg(ws)
    best = vision_resnet(ws)
    versions = churn_gbdt(ws)
    japanese(ws)
    vision_vit(ws)
    registry(ws, versions, best)
    # Last, so that the ids of the others stay what they are.
    ticket_search(ws)
    ws.finish()
    if "--pack" in sys.argv:
        database = out / "mlflow.db"
        with open(out / "mlflow.db.gz", "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            packed.write(database.read_bytes())
        database.unlink()
    for path in sorted([*out.glob("mlflow.db*"), out / "mlartifacts"]):
        files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
        print(f"{path}: {len(files)} files, {sum(p.stat().st_size for p in files) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
