#!/usr/bin/env python3
"""Log what people log, with MLflow's own client: log_files.py URL. Prints the run id.

The previews of these files are checked by the contract tests.
"""
import os
import sys
import tempfile

import mlflow
import pandas as pd

FILES = {
    "plots\\loss.txt": b"a name from Windows\n",
    "...": b"three dots\n",
    ".. ": b"two dots and a space\n",
    "CON": b"a device\n",
    "end. ": b"a dot and a space\n",
    "rule.md": b"---\n\n# Results\n\nAll went well.\n\n---\n\nSecond part\n",
    "cp1251.txt": "Обучение завершено, потери меньше прежних\n".encode("cp1251"),
    "shift_jis.log": "学習が終わりました。損失は小さいです。\n".encode("shift_jis"),
    "ORC.txt": b"ORC is a format of tables\n",
    "ID3": b"ID3 trees, entropy 0.25\n",
    "train.log": ("begin\n" + "".join(f"\r{i / 10:5.1f}%|{'█' * (i // 20)}| {i}/1000" for i in range(1001)) + "\n\x1b[31mend\x1b[0m\n").encode(),
}


def main():
    mlflow.set_tracking_uri(sys.argv[1])
    with mlflow.start_run(run_name="logged by the client") as run, tempfile.TemporaryDirectory() as folder:
        for name, content in FILES.items():
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(content)
            mlflow.log_artifact(path)
        # A column of numbers, and one value that JSON has not.
        mlflow.log_table(pd.DataFrame([[1.5, "a"], [float("nan"), "b"]]), "tables/numbered.json")
        rows = 12_000
        mlflow.log_table({"question": [f"question {i} " + "x" * 200 for i in range(rows)], "score": [i / rows for i in range(rows)]}, "tables/large.json")
        mlflow.log_dict({"a": float("nan"), "b": [float("inf")]}, "nan.json")
    print(run.info.run_id)


if __name__ == "__main__":
    main()
