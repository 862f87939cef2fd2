//! Runs of a tracking server and their tags.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::entities::Run;
use crate::tracking::{Page, Result, RunsQuery, StoreError};

use super::client::{Call, Client};
use super::page::page;
use super::run_wire::WireRun;
use super::wire::list;

#[derive(Serialize)]
struct Search<'a> {
    experiment_ids: &'a [String],
    #[serde(skip_serializing_if = "String::is_empty")]
    filter: String,
    run_view_type: &'a str,
    max_results: u32,
    order_by: [&'a str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    page_token: Option<&'a str>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default, deserialize_with = "list")]
    runs: Vec<WireRun>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct One {
    run: WireRun,
}

pub async fn search(client: &Client, query: &RunsQuery) -> Result<Page<Run>> {
    // A server asked about no experiment, or no run, has nothing to say.
    if query.experiment_ids.is_empty() || query.run_ids.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Page { items: Vec::new(), next_page_token: None });
    }
    let body = Search {
        experiment_ids: &query.experiment_ids,
        filter: filter(query)?,
        run_view_type: "ALL",
        max_results: query.max_results.clamp(1, 50_000),
        order_by: ["attributes.start_time DESC"],
        page_token: query.page_token.as_deref(),
    };
    let call = Call::search("api/2.0/mlflow/runs/search", &body).limit(client.limits.runs_page);
    let found: Found = client.ask(call).await?;
    let runs = found.runs.into_iter().map(Run::from).collect();
    page(&client.address, runs, found.next_page_token, query.page_token.as_deref())
}

pub async fn get(client: &Client, run_id: &str) -> Result<Run> {
    let one: One = client.ask(Call::get("api/2.0/mlflow/runs/get").query("run_id", run_id)).await?;
    Ok(one.run.into())
}

pub async fn set_tag(client: &Client, run_id: &str, key: &str, value: &str) -> Result<()> {
    let body = json!({ "run_id": run_id, "run_uuid": run_id, "key": key, "value": value });
    client.command(Call::command(Method::POST, "api/2.0/mlflow/runs/set-tag", &body)).await
}

pub async fn delete_tag(client: &Client, run_id: &str, key: &str) -> Result<()> {
    let body = json!({ "run_id": run_id, "key": key });
    client.command(Call::command(Method::POST, "api/2.0/mlflow/runs/delete-tag", &body)).await
}

/// The query in the server's own filter language, which knows AND and nothing else.
fn filter(query: &RunsQuery) -> Result<String> {
    let mut clauses = Vec::new();
    if let Some(time_ms) = query.started_since_ms {
        clauses.push(format!("attributes.start_time >= {time_ms}"));
    }
    if let Some(time_ms) = query.ended_since_ms {
        clauses.push(format!("attributes.end_time >= {time_ms}"));
    }
    if let Some(run_ids) = &query.run_ids {
        if let Some(odd) = run_ids.iter().find(|id| id.is_empty() || id.contains(['\'', '"', '\\', '`'])) {
            return Err(StoreError::Refused { message: format!("{odd:?} is not a run id") });
        }
        let quoted: Vec<String> = run_ids.iter().map(|id| format!("'{id}'")).collect();
        clauses.push(format!("attributes.run_id IN ({})", quoted.join(",")));
    }
    Ok(clauses.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_the_servers_own_language() {
        let query = RunsQuery {
            started_since_ms: Some(5),
            ended_since_ms: Some(6),
            run_ids: Some(vec!["a".to_owned(), "b".to_owned()]),
            ..RunsQuery::default()
        };
        assert_eq!(
            filter(&query).as_deref(),
            Ok("attributes.start_time >= 5 AND attributes.end_time >= 6 AND attributes.run_id IN ('a','b')")
        );
        assert_eq!(filter(&RunsQuery::default()).as_deref(), Ok(""));
        let odd = RunsQuery { run_ids: Some(vec!["a' OR '1".to_owned()]), ..RunsQuery::default() };
        assert!(matches!(filter(&odd), Err(StoreError::Refused { .. })));
    }
}
