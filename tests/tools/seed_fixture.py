#!/usr/bin/env python3
"""Fill a running MLflow server of any version with the data that the contract tests expect.

    seed_fixture.py URL DATABASE

Everything a training program could have logged goes through the server's own REST API. What would take
too many requests (1,200 runs, a history of 30,000 points) is inserted into DATABASE, the server's SQLite
file, by seed_mlflow.py. Prints one JSON object: the ids behind the names used here.
"""
import json
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

URL, DATABASE = sys.argv[1].rstrip("/"), sys.argv[2]
START = 1_790_000_000_000  # 21 September 2026; every time below counts from here.
MINUTE = 60_000


def call(method, path, body=None, raw=None):
    data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
    kind = "application/octet-stream" if raw is not None else "application/json"
    request = urllib.request.Request(URL + path, data=data, method=method, headers={"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {path}: {error.code} {error.read().decode()[:500]}")


def api(path, **body):
    return call("POST", "/api/2.0/mlflow/" + path, body)


def pairs(of):
    return [{"key": k, "value": v} for k, v in of.items()]


def experiment(name, **tags):
    return api("experiments/create", name=name, tags=pairs(tags))["experiment_id"]


def run(experiment_id, name, minute, minutes=10, status="FINISHED", params=None, metrics=(), tags=None, user="ana"):
    """A run that starts `minute` after START; `status` RUNNING leaves it open. Answers (run_id, artifact_uri)."""
    start = START + minute * MINUTE
    own = {"mlflow.user": user, "mlflow.source.name": "train.py", **(tags or {})}
    info = api("runs/create", experiment_id=experiment_id, start_time=start, run_name=name, user_id=user, tags=pairs(own))["run"]["info"]
    rows = [dict(key=k, value=v, step=s, timestamp=t) for k, v, s, t in metrics]
    api("runs/log-batch", run_id=info["run_id"], params=pairs(params or {}), metrics=rows)
    if status != "RUNNING":
        api("runs/update", run_id=info["run_id"], status=status, end_time=start + minutes * MINUTE)
    return info["run_id"], info["artifact_uri"]


def upload(artifact_uri, path, content):
    """Puts a file where the proxied `mlflow-artifacts:/…` of a run or model points."""
    root = urllib.parse.urlsplit(artifact_uri).path.strip("/")
    call("PUT", "/api/2.0/mlflow-artifacts/artifacts/" + urllib.parse.quote(f"{root}/{path}"), raw=content)


def runs():
    main = experiment("contract/main", team="vision", チーム="視覚")
    unicode = experiment("多言語/実験 ✓")
    gone = experiment("contract/deleted")
    run(gone, "in-a-deleted-experiment", 0)
    api("experiments/delete", experiment_id=gone)
    ids, uris = {}, {}

    def add(name, *arguments, **named):
        ids[name], uris[name] = run(main, name, *arguments, **named)

    add("plain", 0, params={"lr": "0.01", "a/b c.d-e_f": "it's \"quoted\" \\ back", "層の数": "三十四", "lines": "one\ntwo\ttab", "emoji": "🙂 100%", "long": "x" * 5000, "sql": "'); DROP TABLE runs; --"},
        metrics=[("accuracy", 0.9, 3, START + 3), ("val/損失: 小", 0.25, 0, START), ("big step", 1.0, 2**53 + 1, START), ("negative", -0.5, -3, START), ("no time", 2.0, 1, 0)],
        tags={"mlflow.note.content": "# Note\n\nwith **Markdown** & <b>markup</b>", "タグ": "値", "empty": ""})
    api("runs/log-inputs", run_id=ids["plain"], datasets=[
        {"tags": [{"key": "mlflow.data.context", "value": "train"}], "dataset": {"name": "birds-24", "digest": "9f3c1a7e", "source_type": "local", "source": "{\"uri\": \"/data/birds\"}", "schema": "{\"mlflow_colspec\": []}", "profile": "{\"num_rows\": 24000}"}},
        {"tags": [{"key": "mlflow.data.context", "value": "test"}], "dataset": {"name": "データ", "digest": "00ff", "source_type": "code", "source": "{}"}}])
    add("extremes", 1, metrics=[("nan", "NaN", 0, START), ("plus", "Infinity", 0, START), ("minus", "-Infinity", 0, START), ("tiny", 5e-324, 0, START), ("third", 1 / 3, 0, START),
                                ("mixed", 1.5, 0, START), ("mixed", "NaN", 1, START + 1), ("mixed", "Infinity", 2, START + 2), ("mixed", "-Infinity", 3, START + 3), ("mixed", 0.5, 4, START + 4)])
    # Steps out of order, one step logged twice, one late value for an early step: the latest metric is the last step's.
    shuffled = [("loss", 1.0 / (1 + s * 7 % 40), s * 7 % 40, START + i * 10) for i, s in enumerate(range(40))]
    add("shuffled", 2, metrics=shuffled + [("loss", 9.0, 5, START + 1000), ("loss", 8.0, 0, START + 2000)])
    add("parent", 3)
    add("child-1", 4, tags={"mlflow.parentRunId": ids["parent"]})
    add("child-2", 5, tags={"mlflow.parentRunId": ids["parent"]}, user="ボ")
    add("failed", 6, status="FAILED")
    add("killed", 7, status="KILLED")
    add("running", 8, status="RUNNING")
    add("late-end", 9, minutes=10_000)
    add("deleted", 10)
    api("runs/delete", run_id=ids["deleted"])
    add("files", 11)
    for path, content in FILES.items():
        upload(uris["files"], path, content)
    add("scratch", 12)
    run(unicode, "実行 一号", 0, params={"学習率": "0.1"})
    return dict(main=main, unicode=unicode, deleted=gone), ids, uris


FILES = {"note.txt": b"a plain note\n", "dir/inner.json": b'{"deep": true}\n', "dir/deeper/leaf.csv": b"a,b\n1,2\n", "図/予測 1.txt": "予測\n".encode(),
         "50% a+b&c=d.txt": b"odd name\n", "empty.txt": b"", "big.bin": bytes(i * 31 % 251 for i in range(300_000))}


def logged_model(experiment_id, run_id):
    """A logged model of MLflow 3 with one file, or None where the server knows no such thing."""
    body = dict(experiment_id=experiment_id, name="classifier", model_type="agent", source_run_id=run_id, tags=pairs({"flavor": "fixture"}))
    try:
        model = call_or_raise("/api/2.0/mlflow/logged-models", body)["model"]["info"]
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise
    upload(model["artifact_uri"], "MLmodel", b"model_uuid: fixture\n")
    upload(model["artifact_uri"], "data/weights.bin", b"\x00\x01\x02")
    call("PATCH", f"/api/2.0/mlflow/logged-models/{model['model_id']}", dict(model_id=model["model_id"], status="LOGGED_MODEL_READY"))
    api("runs/outputs", run_id=run_id, models=[dict(model_id=model["model_id"], step=7)])
    return model["model_id"]


def call_or_raise(path, body):
    request = urllib.request.Request(URL + path, data=json.dumps(body).encode(), method="POST", headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.loads(answer.read())


def registry(ids, uris):
    def version(name, run, description="", **tags):
        return api("model-versions/create", name=name, source=uris[run] + "/model", run_id=ids[run], description=description, tags=pairs(tags))["model_version"]["version"]

    api("registered-models/create", name="fixture-model", description="Four versions", tags=pairs({"owner": "ana", "ゲート": "accuracy >= 0.9"}))
    for run, note in (("plain", "first"), ("shuffled", "second: 二番"), ("child-1", ""), ("child-2", "fourth")):
        version("fixture-model", run, note, validation_status="approved", run_name=run)
    for alias, number in (("champion", "2"), ("challenger", "4"), ("shadow", "2")):
        api("registered-models/alias", name="fixture-model", alias=alias, version=number)
    api("registered-models/create", name="モデル 二", description="No aliases")
    version("モデル 二", "plain")
    api("registered-models/create", name="with gaps")
    for _ in range(3):
        version("with gaps", "plain")
    call("DELETE", "/api/2.0/mlflow/model-versions/delete", dict(name="with gaps", version="2"))
    api("registered-models/create", name="empty-model")
    # Prompts live in the same tables and are no models.
    api("registered-models/create", name="a-prompt", tags=pairs({"mlflow.prompt.is_prompt": "true"}))


def bulk(*arguments):
    done = subprocess.run([sys.executable, str(Path(__file__).with_name("seed_mlflow.py")), DATABASE, "--now-ms", str(START), *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)


def main():
    experiments, ids, uris = runs()
    model_id = logged_model(experiments["main"], ids["plain"])
    registry(ids, uris)
    bulk("--experiment", "contract/many", "--runs", "1200", "--params", "3", "--metrics", "3", "--tags", "1")
    bulk("--experiment", "contract/curve", "--runs", "1", "--params", "1", "--metrics", "1", "--history", "30000", "--history-keys", "1", "--nan-share", "0.001")
    for name in ("many", "curve"):
        experiments[name] = call("GET", "/api/2.0/mlflow/experiments/get-by-name?experiment_name=contract/" + name)["experiment"]["experiment_id"]
    ids["curve"] = api("runs/search", experiment_ids=[experiments["curve"]])["runs"][0]["info"]["run_id"]
    print(json.dumps(dict(experiments=experiments, runs=ids, logged_model=model_id)))


if __name__ == "__main__":
    main()
