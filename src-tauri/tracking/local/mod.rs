//! An `mlflow.db` opened directly, with no server and no Python.
