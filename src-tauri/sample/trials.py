"""A search of 200 trainings: made up, but so that params matter as they do in training.

A small text classifier of support tickets. Its accuracy depends on five params: the learning rate counts most, its best
value is another for every optimizer and moves with the batch size; deeper networks are better and slower and want more
dropout. 160 trials search (after forty at random, most are near the best so far, and hopeless ones are stopped early);
then nine configurations are trained again with three to five seeds each. Too large steps diverge: to infinity, then NaN.

All numbers come from one seeded generator of this file, so nothing here changes what the other stories draw.
"""
import math
from dataclasses import dataclass, field
from statistics import median

import numpy as np

NUMBERS = np.random.default_rng(200)
EPOCHS, ROWS, CLASSES = 12, 48_000, 14
DEPTHS, BATCH_SIZES = [2, 3, 4, 6, 8, 12], [16, 32, 64, 128, 256]
# The best learning rate, and what the optimizer gains or loses.
OPTIMIZERS = {"adamw": (6e-4, 0.0), "lion": (1.5e-4, 0.004), "sgd": (3e-2, -0.016)}
SEEDS = [5, 5, 5, 5, 5, 4, 4, 4, 3]


@dataclass
class Trial:
    name: str
    params: dict
    phase: str
    status: str = "FINISHED"
    note: str | None = None
    epochs: int = EPOCHS
    # By key: one value, or [(step, value), …].
    metrics: dict = field(default_factory=dict)

    @property
    def minutes(self):
        return (5 + 0.9 * self.params["depth"] + 60 / self.params["batch_size"]) * self.epochs / EPOCHS

    @property
    def accuracy(self):
        points = self.metrics.get("val/accuracy")
        return points[-1][1] if points and self.status == "FINISHED" else 0.0


def any_params():
    return {"learning_rate": float(f"{10 ** NUMBERS.uniform(-5, -0.7):.3g}"), "optimizer": str(NUMBERS.choice(list(OPTIMIZERS))),
            "batch_size": int(NUMBERS.choice(BATCH_SIZES)), "dropout": round(float(NUMBERS.uniform(0, 0.5)), 2), "depth": int(NUMBERS.choice(DEPTHS))}


def params_near(good):
    def near(values, value):
        place = values.index(value) + int(NUMBERS.integers(-1, 2))
        return values[min(max(place, 0), len(values) - 1)]

    return {"learning_rate": float(f"{good['learning_rate'] * 10 ** NUMBERS.normal(0, 0.25):.3g}"), "optimizer": good["optimizer"],
            "batch_size": near(BATCH_SIZES, good["batch_size"]), "dropout": round(float(np.clip(good["dropout"] + NUMBERS.normal(0, 0.06), 0, 0.5)), 2),
            "depth": near(DEPTHS, good["depth"])}


def step_size(params):
    """How far from the best learning rate, in powers of ten."""
    best, _ = OPTIMIZERS[params["optimizer"]]
    return math.log10(params["learning_rate"] / best) + 0.5 * math.log10(64 / params["batch_size"])


def missing_dropout(params):
    return 0.06 + 0.022 * params["depth"] - params["dropout"]


def expected_accuracy(params):
    far, depth = step_size(params), params["depth"]
    return (0.884 + OPTIMIZERS[params["optimizer"]][1] + 0.05 * (1 - math.exp(-(depth - 1) / 2.6)) - 0.06 * far**2 / (1 + 0.25 * far**2)
            - 0.35 * missing_dropout(params) ** 2 - 0.0015 * math.log2(params["batch_size"] / 64) ** 2)


def float32(value):
    return float(np.float32(value))


def train(trial):
    """Fills in what the training logs."""
    params, far = trial.params, step_size(trial.params)
    accuracy = expected_accuracy(params) + NUMBERS.normal(0, 0.003)
    pace = 1.3 * 10 ** (0.35 * max(0.0, -far))
    overfit = 0.05 * max(0.0, missing_dropout(params))
    steps_per_epoch = ROWS // params["batch_size"]
    diverges_at = int(NUMBERS.integers(3, 10)) if far * params["depth"] > 9 else None
    train_loss, val_loss, val_accuracy, epochs, grad_norm = [], [], [], [], []
    for half in range(1, 2 * trial.epochs + 1):
        epoch, step = half / 2, half * steps_per_epoch // 2
        left = math.exp(-((epoch / pace) ** 0.8))
        floor = 0.05 + 3.1 * (1 - accuracy)
        loss = (0.72 * floor + (math.log(CLASSES) - 0.72 * floor) * left) * math.exp(NUMBERS.normal(0, 0.025))
        norm = (0.4 + 2.2 * left) * math.exp(NUMBERS.normal(0, 0.12))
        if diverges_at and epoch > diverges_at:
            since = half - 2 * diverges_at
            loss, norm = (loss * 4.0**since, norm * 30.0**since) if since < 4 else (math.inf if since == 4 else math.nan, math.inf)
        train_loss.append((step, float32(loss)))
        if half % 2:
            continue
        now = accuracy * (1 - 0.75 * left) + NUMBERS.normal(0, 0.0018)
        of_val = (floor + (math.log(CLASSES) - floor) * left + overfit * epoch / 4) * math.exp(NUMBERS.normal(0, 0.01))
        if diverges_at and epoch > diverges_at:
            now, of_val = 1 / CLASSES, loss * 1.1
        val_loss.append((step, float32(of_val)))
        val_accuracy.append((step, float32(round(now, 4))))
        epochs.append((step, float(int(epoch))))
        grad_norm.append((step, float32(norm)))
    trial.metrics = {"train/loss": train_loss, "train/grad_norm": grad_norm, "val/loss": val_loss, "val/accuracy": val_accuracy, "epoch": epochs,
                     "latency_ms": round(float(1.6 + 0.85 * params["depth"] + NUMBERS.normal(0, 0.06)), 2), "params_m": round(3.1 + 1.7 * params["depth"], 1)}
    if diverges_at:
        trial.status, trial.note = "FAILED", f"The loss exploded after epoch {diverges_at}."
    if trial.phase == "seeds":
        trial.metrics["test/accuracy"] = round(float(accuracy - 0.006 + NUMBERS.normal(0, 0.002)), 4)
        trial.metrics["test/f1_macro"] = round(float(accuracy - 0.021 + NUMBERS.normal(0, 0.003)), 4)
    return trial


def stop_early(trial, at=4):
    trial.status, trial.epochs = "KILLED", at
    trial.note = f"Stopped after epoch {at}: worse than the median of the trials before it."
    for key in ("train/loss", "train/grad_norm", "val/loss", "val/accuracy", "epoch"):
        trial.metrics[key] = trial.metrics[key][: at * (2 if key == "train/loss" else 1)]


def out_of_memory(trial):
    trial.status, trial.epochs, trial.metrics = "FAILED", 0.3, {}
    trial.note = "CUDA out of memory: batches of 256 at depth 12."


def search():
    """The 200 trials in the order they were started."""
    trials, after_four = [], []
    for number in range(160):
        best = sorted(trials, key=lambda trial: -trial.accuracy)[:12]
        params = params_near(best[int(NUMBERS.integers(len(best)))].params) if number >= 40 and NUMBERS.random() < 0.6 else any_params()
        trial = train(Trial(f"trial-{number:03d}", {**params, "seed": 0}, "search"))
        if params["batch_size"] == 256 and params["depth"] == 12:
            out_of_memory(trial)
        elif trial.status == "FINISHED":
            so_far = trial.metrics["val/accuracy"][3][1]
            if number >= 40 and so_far < median(after_four) - 0.03:
                stop_early(trial)
            after_four.append(so_far)
        trials.append(trial)
    found = sorted(trials, key=lambda trial: -trial.accuracy)
    for rank in range(3):
        for optimizer in OPTIMIZERS:
            place = 3 * rank + list(OPTIMIZERS).index(optimizer)
            chosen = [trial for trial in found if trial.params["optimizer"] == optimizer][rank]
            trials += [train(Trial(f"{optimizer}-{rank + 1}-seed{seed}", {**chosen.params, "seed": seed}, "seeds", note=f"{chosen.name} again."))
                       for seed in range(1, SEEDS[place] + 1)]
    return trials
