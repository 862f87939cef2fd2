//! Making runs, with what they logged, on a tracking server.

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::entities::{DatasetInput, Metric, Param, Run, RunStatus};
use crate::tracking::{NewRun, Result};

use super::client::{Call, Client};
use super::run_wire::WireRun;
use super::wire::Text;

const RUNS: &str = "api/2.0/mlflow/runs";
/// As many of each as one request may have.
const METRICS: usize = 1000;
const PARAMS: usize = 100;

#[derive(Deserialize)]
struct OneRun {
    run: WireRun,
}

#[derive(Deserialize)]
struct MadeExperiment {
    #[serde(default)]
    experiment_id: Text,
}

pub async fn create_experiment(client: &Client, name: &str) -> Result<String> {
    let call = Call::command(Method::POST, "api/2.0/mlflow/experiments/create", &json!({ "name": name }));
    let made: MadeExperiment = client.ask(call).await?;
    Ok(made.experiment_id.0)
}

pub async fn create(client: &Client, new: &NewRun) -> Result<Run> {
    let body = json!({
        "experiment_id": new.experiment_id,
        "run_name": new.name,
        "user_id": new.user_id,
        "start_time": new.start_time_ms,
        "tags": new.tags,
    });
    let one: OneRun = client.ask(Call::command(Method::POST, &format!("{RUNS}/create"), &body)).await?;
    Ok(one.run.into())
}

pub async fn log(client: &Client, run_id: &str, metrics: &[Metric], params: &[Param]) -> Result<()> {
    let metric = |metric: &Metric| json!({ "key": metric.key, "value": metric.value, "timestamp": metric.timestamp_ms, "step": metric.step });
    let metrics: Vec<Value> = metrics.iter().map(metric).collect();
    let params: Vec<Value> = params.iter().map(|param| json!({ "key": param.key, "value": param.value })).collect();
    // Logging the same once more changes nothing, so a lost answer may be followed by another try.
    for part in metrics.chunks(METRICS) {
        log_batch(client, &json!({ "run_id": run_id, "metrics": part })).await?;
    }
    for part in params.chunks(PARAMS) {
        log_batch(client, &json!({ "run_id": run_id, "params": part })).await?;
    }
    Ok(())
}

async fn log_batch(client: &Client, body: &Value) -> Result<()> {
    client.command(Call::command(Method::POST, &format!("{RUNS}/log-batch"), body)).await
}

pub async fn log_inputs(client: &Client, run_id: &str, inputs: &[DatasetInput]) -> Result<()> {
    let dataset = |input: &DatasetInput| {
        let context = input.context.iter().map(|context| json!({ "key": "mlflow.data.context", "value": context }));
        json!({
            "dataset": {
                "name": input.name,
                "digest": input.digest,
                "source_type": input.source_type,
                "source": input.source,
                "schema": input.schema,
                "profile": input.profile,
            },
            "tags": context.collect::<Vec<_>>(),
        })
    };
    let body = json!({ "run_id": run_id, "datasets": inputs.iter().map(dataset).collect::<Vec<_>>() });
    client.command(Call::command(Method::POST, &format!("{RUNS}/log-inputs"), &body)).await
}

pub async fn finish(client: &Client, run_id: &str, status: RunStatus, end_time_ms: i64) -> Result<()> {
    let body = json!({ "run_id": run_id, "status": status.as_mlflow(), "end_time": end_time_ms });
    client.command(Call::command(Method::POST, &format!("{RUNS}/update"), &body)).await
}

pub async fn delete(client: &Client, run_id: &str) -> Result<()> {
    client.command(Call::command(Method::POST, &format!("{RUNS}/delete"), &json!({ "run_id": run_id }))).await
}
