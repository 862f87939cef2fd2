//! The filter language and the order against a real server: generated filters and orders, asked of
//! the server and of the cache after a sync of the same runs, over REST and from the database. Where
//! the server answers, the cache must give the same runs in the same order.
//!
//! `PODIUM_SEARCHES` says how many, `PODIUM_SEARCH_SEED` which. `make fuzz` asks thousands.

#[path = "search/data.rs"]
mod data;
#[path = "search/generate.rs"]
mod generate;

use std::cmp::Ordering;
use std::sync::Arc;

use podium::cache::{Column, ColumnKind, ProfileExperiments, RunsView, SortKey};
use podium::entities::LifecycleStage;
use podium::sync::Scope;
use podium::tracking::local::LocalStore;
use podium::tracking::rest::RestStore;
use serde_json::{Value, json};

use self::generate::{Order, Random, Search, search};
use crate::Bench;
use crate::common::mlflow::{MlflowServer, Options, Version};

const SEARCHES: u64 = 300;
const SEED: u64 = 20_261_128;

fn number_from(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().expect(variable))
}

struct Sides {
    server: MlflowServer,
    experiment_ids: Vec<String>,
    run_ids: Vec<String>,
    caches: Vec<Bench>,
}

impl Sides {
    async fn new(version: Version) -> Self {
        let server = MlflowServer::start(version, Options::default());
        let (experiment_ids, run_ids) = data::write(&server);
        let over_rest = RestStore::connect(&server.url).await.unwrap();
        let beside = LocalStore::open(&server.folder).await.unwrap();
        let caches = vec![Bench::new(Arc::new(over_rest)).await, Bench::new(Arc::new(beside)).await];
        for cache in &caches {
            cache.refresh(Scope::Experiments).await;
            for id in &experiment_ids {
                cache.refresh(Scope::Experiment(id.clone())).await;
            }
        }
        Self { server, experiment_ids, run_ids, caches }
    }

    /// The run ids by the server's word; `None` where it refuses the search. It sorts params and tags
    /// as texts only, so a first order by a column of numbers is put in place here, by the rule.
    fn said(&self, search: &Search) -> Option<Vec<String>> {
        let (numbers, orders) = match search.orders.split_first() {
            Some((first, rest)) if first.numbers => (Some(first), rest),
            _ => (None, search.orders.as_slice()),
        };
        let query = json!({
            "experiment_ids": self.experiment_ids,
            "filter": search.filter(),
            "order_by": orders.iter().map(|order| &order.text).collect::<Vec<_>>(),
            "run_view_type": if search.deleted { "DELETED_ONLY" } else { "ACTIVE_ONLY" },
            "max_results": 1_000,
        });
        let (status, answer) = self.server.try_api("POST", "runs/search", query);
        if status != 200 {
            return None;
        }
        let mut runs = answer["runs"].as_array().cloned().unwrap_or_default();
        if let Some(order) = numbers {
            runs.sort_by(|a, b| as_numbers(order, a, b));
        }
        Some(runs.iter().map(|run| run["info"]["run_id"].as_str().unwrap().to_owned()).collect())
    }

    /// What differs, in words; `None` where all agree or the server refuses.
    async fn disagreement(&self, search: &Search, said: &[String]) -> Option<String> {
        let sort = |order: &Order| SortKey {
            column: Column { kind: order.kind, key: order.key.to_owned() },
            descending: order.descending,
        };
        let view = RunsView {
            scope: vec![ProfileExperiments {
                profile_id: "profile".to_owned(),
                experiment_ids: self.experiment_ids.clone(),
            }],
            filter: search.filter(),
            sort: search.orders.iter().map(sort).collect(),
            columns: Vec::new(),
            lifecycle_stage: if search.deleted { LifecycleStage::Deleted } else { LifecycleStage::Active },
            offset: 0,
            limit: 1,
        };
        for (bench, way) in self.caches.iter().zip(["over REST", "from the database"]) {
            let found = bench.cache.matching_runs(&view).await;
            let found = found.map(|runs| runs.into_iter().map(|run| run.run_id).collect::<Vec<_>>());
            if !matches!(&found, Ok(found) if found == said) {
                return Some(format!("server {said:?}\n cache {found:?} ({way})"));
            }
        }
        None
    }

    /// The shortest search within this one that still disagrees, and how.
    async fn shortest(&self, mut search: Search, mut words: String) -> (Search, String) {
        'shorter: loop {
            for shorter in search.shorter() {
                let Some(said) = self.said(&shorter) else { continue };
                if let Some(differs) = self.disagreement(&shorter, &said).await {
                    (search, words) = (shorter, differs);
                    continue 'shorter;
                }
            }
            return (search, words);
        }
    }
}

/// Numbers before texts before what is missing.
fn as_numbers(order: &Order, a: &Value, b: &Value) -> Ordering {
    let list = if order.kind == ColumnKind::Param { "params" } else { "tags" };
    let value = |run: &Value| {
        let logged = run["data"][list].as_array().cloned().unwrap_or_default();
        let found = logged.iter().find(|entry| entry["key"] == *order.key)?;
        Some(found["value"].as_str().unwrap_or_default().to_owned())
    };
    let number = |text: &str| text.parse::<f64>().ok();
    let directed = |ordering: Ordering| if order.descending { ordering.reverse() } else { ordering };
    match (value(a), value(b)) {
        (Some(a), Some(b)) => match (number(&a), number(&b)) {
            (Some(a), Some(b)) => directed(a.total_cmp(&b)),
            (None, None) => directed(a.cmp(&b)),
            (a, b) => a.is_none().cmp(&b.is_none()),
        },
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

async fn the_cache_answers_as_the_server(version: Version) {
    let sides = Sides::new(version).await;
    let (searches, seed) = (number_from("PODIUM_SEARCHES", SEARCHES), number_from("PODIUM_SEARCH_SEED", SEED));
    let mut random = Random::new(seed);
    let (mut accepted, mut found_some, mut failures) = (0, 0, Vec::new());
    for number in 0..searches {
        let search = search(&mut random, version, &sides.run_ids);
        let Some(said) = sides.said(&search) else { continue };
        accepted += 1;
        found_some += u64::from(!said.is_empty());
        if let Some(words) = sides.disagreement(&search, &said).await {
            let whole = search.to_string();
            let (search, words) = sides.shortest(search, words).await;
            failures.push(format!("search {number} of seed {seed}: {search}\n{words}\n whole: {whole}"));
        }
    }
    println!("{searches} searches, {accepted} accepted by MLflow {}, {found_some} found runs", version.release());
    failures.sort_by_key(String::len);
    let shown = failures.iter().take(20).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(failures.is_empty(), "{} of {accepted} answers disagree; the shortest:\n\n{shown}", failures.len());
    assert!(accepted * 2 > searches && found_some * 3 > searches, "too few searches ask anything");
}

#[tokio::test]
async fn searches_are_answered_as_by_the_newest_server() {
    the_cache_answers_as_the_server(Version::Newest).await;
}

#[tokio::test]
async fn searches_are_answered_as_by_a_server_of_mlflow_2() {
    the_cache_answers_as_the_server(Version::Two).await;
}
