#!/usr/bin/env python3
"""Parameter importance as a notebook computes it: scikit-learn's random forest and its permutation importance, both with
their defaults, on all processors.

    importance_of_sklearn.py x.db EXPERIMENT METRIC

reads the runs of an experiment from MLflow's own database and prints the milliseconds that the computation takes, without
the reading. Params that are no numbers become the numbers of their categories.
"""
import sqlite3
import sys
import time

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance

database, experiment, metric = sys.argv[1:]
db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
runs = "SELECT run_uuid FROM runs JOIN experiments USING (experiment_id) WHERE experiments.name = ?"
values = pd.read_sql(f"SELECT run_uuid, value FROM latest_metrics WHERE key = ? AND run_uuid IN ({runs})", db, params=(metric, experiment))
params = pd.read_sql(f"SELECT run_uuid, key, value FROM params WHERE run_uuid IN ({runs})", db, params=(experiment,))
table = params.pivot(index="run_uuid", columns="key", values="value").loc[values["run_uuid"]]
columns = []
for _, column in table.items():
    numbers = pd.to_numeric(column, errors="coerce")
    columns.append(numbers if numbers.notna().all() else pd.factorize(column)[0])
x, y = np.column_stack(columns), values["value"].to_numpy()
began = time.perf_counter()
forest = RandomForestRegressor(n_jobs=-1, random_state=0).fit(x, y)
permutation_importance(forest, x, y, n_jobs=-1, random_state=0)
print(1000 * (time.perf_counter() - began))
