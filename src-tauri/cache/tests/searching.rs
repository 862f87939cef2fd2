//! Windows, orders, cells, filters and comparisons.

use super::*;
use crate::cache::{CacheError, Cell};
use crate::cache::{RunSet, Values};
use crate::entities::DatasetInput;

async fn five_runs() -> (tempfile::TempDir, Cache, SourceId) {
    let (folder, cache, source) = cache().await;
    let mut deleted = run("f").metric("acc", 0.99);
    deleted.info.lifecycle_stage = LifecycleStage::Deleted;
    let runs = [
        run("a").started(5_000).metric("acc", 0.9).metric("val loss", 1.0).param("lr", "0.01").param("opt", "adam"),
        run("b")
            .started(4_000)
            .metric("acc", 0.8)
            .param("lr", "1e-3")
            .param("opt", "Adam")
            .tag("team", "blue")
            .tag("mlflow.runName", "name of b"),
        run("c").started(3_000).metric("acc", f64::NAN).param("lr", "auto").tag("team", "red"),
        run("d").started(2_000).metric("acc", f64::INFINITY).param("lr", "10").with_status(RunStatus::Running),
        run("e").started(1_000).param("opt", "sgd").with_status(RunStatus::Failed),
        deleted,
        run("z").of("2").metric("acc", 0.95),
    ];
    cache.apply_runs(source, &runs, 1).await.unwrap();
    (folder, cache, source)
}

#[tokio::test]
async fn without_a_sort_the_newest_start_comes_first() {
    let (_folder, cache, source) = five_runs().await;
    assert_eq!(ids(&cache, source, &view()).await, ["a", "b", "c", "d", "e"]);
}

#[tokio::test]
async fn nan_comes_after_numbers_and_before_what_is_missing() {
    let (_folder, cache, source) = cache().await;
    let runs = [
        run("missing").started(9_000),
        run("nan").started(1_000).metric("acc", f64::NAN),
        run("low").metric("acc", f64::NEG_INFINITY),
        run("high").metric("acc", 0.9),
        run("newer nan").started(2_000).metric("acc", f64::NAN),
    ];
    cache.apply_runs(source, &runs, 1).await.unwrap();
    let up = sorted(ColumnKind::Metric, "acc", false);
    assert_eq!(ids(&cache, source, &up).await, ["low", "high", "newer nan", "nan", "missing"]);
    let down = sorted(ColumnKind::Metric, "acc", true);
    assert_eq!(ids(&cache, source, &down).await, ["high", "low", "newer nan", "nan", "missing"]);
}

#[tokio::test]
async fn params_sort_as_numbers_before_texts_before_what_is_missing() {
    let (_folder, cache, source) = five_runs().await;
    let up = sorted(ColumnKind::Param, "lr", false);
    assert_eq!(ids(&cache, source, &up).await, ["b", "a", "d", "c", "e"]);
    let down = sorted(ColumnKind::Param, "lr", true);
    assert_eq!(ids(&cache, source, &down).await, ["d", "a", "b", "c", "e"]);
    // Equal numbers are equal, however they are written: the newest start decides.
    let also = [run("also").started(9_000).param("lr", "0.010"), run("none").param("lr", "None")];
    cache.apply_runs(source, &also, 1).await.unwrap();
    assert_eq!(ids(&cache, source, &up).await, ["b", "also", "a", "d", "none", "c", "e"]);
}

#[tokio::test]
async fn every_attribute_can_be_sorted_by() {
    let (_folder, cache, source) = five_runs().await;
    let keys = [
        "run_name",
        "run_id",
        "status",
        "start_time",
        "end_time",
        "duration",
        "user_id",
        "experiment_id",
        "artifact_uri",
    ];
    for key in keys {
        for descending in [false, true] {
            assert_eq!(ids(&cache, source, &sorted(ColumnKind::Attribute, key, descending)).await.len(), 5, "{key}");
        }
    }
    assert_eq!(ids(&cache, source, &sorted(ColumnKind::Attribute, "start_time", false)).await[0], "e");
    assert_eq!(ids(&cache, source, &sorted(ColumnKind::Attribute, "no such", false)).await[0], "a");
}

#[tokio::test]
async fn a_window_has_its_cells_and_tells_how_many_there_are() {
    let (_folder, cache, _) = five_runs().await;
    let wanted = RunsView {
        columns: vec![
            column(ColumnKind::Metric, "acc"),
            column(ColumnKind::Param, "lr"),
            column(ColumnKind::Tag, "team"),
            column(ColumnKind::Metric, "missing key"),
        ],
        filter: "params.lr IS NOT NULL".to_owned(),
        offset: 1,
        limit: 2,
        ..view()
    };
    let window = cache.search_runs(&wanted).await.unwrap();
    assert_eq!((window.matching, window.total, window.offset), (4, 5, 1));
    let number = |value| Some(Cell::Number(MetricValue(value)));
    let text = |value: &str| Some(Cell::Text(value.to_owned()));
    assert_eq!(window.rows[0].cells, [number(0.8), text("1e-3"), text("blue"), None]);
    assert_eq!(window.rows[1].cells, [number(f64::NAN), text("auto"), text("red"), None]);
    assert_eq!(window.rows.len(), 2);
}

#[tokio::test]
async fn hundreds_of_columns_come_in_their_order() {
    let (_folder, cache, source) = cache().await;
    let wide = (0..1_234).fold(run("wide"), |run, key| run.metric(&format!("m{key}"), f64::from(key)));
    cache.apply_runs(source, &[wide, run("narrow")], 1).await.unwrap();
    let columns = (0..1_234).map(|key| column(ColumnKind::Metric, &format!("m{key}"))).collect();
    let view = RunsView { columns, ..sorted(ColumnKind::Attribute, "run_id", true) };
    let window = cache.search_runs(&view).await.unwrap();
    for (key, cell) in window.rows[0].cells.iter().enumerate() {
        assert_eq!(*cell, Some(Cell::Number(MetricValue(key as f64))));
    }
    assert_eq!(window.rows[1].cells, vec![None; 1_234]);
}

#[tokio::test]
async fn deleted_runs_and_other_experiments_are_scopes_of_their_own() {
    let (_folder, cache, source) = five_runs().await;
    let deleted = RunsView { lifecycle_stage: LifecycleStage::Deleted, ..view() };
    assert_eq!(ids(&cache, source, &deleted).await, ["f"]);
    let both = RunsView { scope: scope(&["1", "2"]), ..view() };
    assert_eq!(ids(&cache, source, &both).await.len(), 6);
    let all = RunsView { scope: scope(&[]), ..view() };
    assert_eq!(cache.search_runs(&all).await.unwrap().total, 6);
    let none = RunsView { scope: scope(&["nope"]), ..view() };
    let window = cache.search_runs(&none).await.unwrap();
    assert_eq!((window.matching, window.total), (0, 0));
    let other = cache.source("other", "x").await.unwrap();
    assert!(ids(&cache, other, &both).await.is_empty());
}

#[tokio::test]
async fn runs_of_several_profiles_stand_in_one_order_and_stay_apart() {
    let (_folder, cache, source) = cache().await;
    let other = cache.source("other", "x").await.unwrap();
    cache.apply_runs(source, &[run("a").metric("acc", 0.1), run("b").metric("acc", 0.3)], 1).await.unwrap();
    cache.apply_runs(other, &[run("a").metric("acc", 0.2), run("c").of("2").metric("acc", 9.0)], 1).await.unwrap();
    let of_other = ProfileExperiments { profile_id: "other".to_owned(), experiment_ids: vec!["1".to_owned()] };
    let both = [scope(&["1"]), vec![of_other]].concat();

    let view = RunsView { scope: both.clone(), ..sorted(ColumnKind::Metric, "acc", true) };
    let window = cache.search_runs(&view).await.unwrap();
    assert_eq!((window.matching, window.total), (3, 3));
    let [a, b, a_of_other] = [("profile", "a"), ("profile", "b"), ("other", "a")].map(|(of, id)| RunRef::new(of, id));
    let rows: Vec<RunRef> = window.rows.into_iter().map(|row| row.run).collect();
    assert_eq!(rows, [b.clone(), a_of_other.clone(), a.clone()]);
    assert_eq!(cache.matching_runs(&view).await.unwrap(), rows);
    assert_eq!(cache.columns(&both).await.unwrap()[0].run_count, 3);

    let comparison = cache.comparison(&[a_of_other.clone(), a.clone()]).await.unwrap();
    assert_eq!(comparison.runs.iter().map(|row| &row.run).collect::<Vec<_>>(), [&a_of_other, &a]);
    let number = |value| Some(Cell::Number(MetricValue(value)));
    assert_eq!(comparison.metrics[0].cells, [number(0.2), number(0.1)]);

    cache.replace_experiments(other, &[experiment("1", "kept elsewhere")]).await.unwrap();
    cache.replace_experiments(other, &[]).await.unwrap();
    let lost = cache.lost_experiments(&both).await.unwrap();
    assert_eq!(
        lost.iter().map(|of| (of.profile_id.as_str(), of.experiment_id.as_str())).collect::<Vec<_>>(),
        [("other", "1")]
    );
}

#[tokio::test]
async fn filters_match_what_they_say() {
    let (_folder, cache, source) = five_runs().await;
    let cases = [
        // The server's own language.
        ("metrics.acc > 0.85", "a d"),
        ("metric.acc >= 0.8 and metrics.acc<=0.9", "a b"),
        ("metrics.acc = 0.9", "a"),
        ("metrics.acc != 0.9", "b c d"),
        ("metrics.`val loss` = 1", "a"),
        ("metrics.\"val loss\" < 2", "a"),
        ("params.opt = 'adam'", "a"),
        ("params.opt != 'adam'", "b e"),
        ("parameters.opt LIKE '%dam'", "a b"),
        ("params.opt LIKE 'a%'", "a"),
        ("params.opt ILIKE 'a%'", "a b"),
        ("params.opt LIKE 'ad_m'", "a"),
        ("tags.team = \"red\"", "c"),
        ("tags.team IS NULL", "a d e"),
        ("tag.team IS NOT NULL", "b c"),
        ("attributes.status = 'FINISHED'", "a b c"),
        ("status != 'FINISHED'", "d e"),
        ("attr.run_id IN ('a', 'e', 'nope')", "a e"),
        ("run.run_id NOT IN ('a', 'e')", "b c d"),
        ("attribute.`run name` = 'name of b'", "b"),
        ("attributes.status = 'finished'", ""),
        ("status != 'finished'", "a b c d e"),
        ("status LIKE 'fin%'", ""),
        ("status ILIKE 'fin%'", "a b c"),
        ("tags.'team' = 'red' AND AND", "c"),
        ("metrics.acc >= 1.7976931348623157e308", "d"),
        ("metrics.acc < 1e400", "a b d"),
        ("attributes.start_time > 3500", "a b"),
        ("end_time IS NULL", "d"),
        ("params.opt = 'adam' AND tags.team = 'red'", ""),
        // What goes beyond it.
        ("params.opt = 'adam' OR tags.team = 'red'", "a c"),
        ("NOT params.opt = 'adam'", "b c d e"),
        ("not (params.opt = 'adam' or tags.team = 'red')", "b d e"),
        ("params.lr < 0.02", "a b"),
        ("params.lr = 0.010", "a"),
        ("params.lr = '0.010'", ""),
        ("params.lr != 0.01", "b c d"),
        ("params.lr in (10, 0.001)", "b d"),
        ("params.lr NOT IN (10, 0.001)", "a"),
        ("params.opt in (adam, sgd)", "a e"),
        ("params.opt = `adam`", "a"),
        ("params.opt NOT LIKE '%dam'", "e"),
        ("metrics.acc = NaN", "c"),
        ("metrics.acc != nan", "a b d"),
        ("metrics.acc = inf", "d"),
        ("metrics.acc != -inf", "a b c d"),
        ("metrics.acc IN (0.8, 0.9)", "a b"),
        ("metrics.acc NOT IN (0.8, 0.9)", "d"),
        ("metrics.acc IS NULL", "e"),
        ("acc > 0.85", "a d"),
        ("opt = sgd", "e"),
        ("team = red", "c"),
        ("status = running", "d"),
        ("status in (failed, running)", "d e"),
        ("duration > 57s", "c d e"),
        ("duration <= 57000", "a b"),
        ("duration < 2m", "a b c e"),
        ("start_time < '1970-01-03'", "a b c d e"),
        ("start_time > '1970-01-03 14:30'", ""),
        ("start_time IN (5000, 1000)", "a e"),
        ("user = ana", "a b c d e"),
        ("experiment_id = 1", "a b c d e"),
        ("'name of c'", "c"),
        ("OF D", "d"),
        ("\"of d\"", "d"),
        ("name acc > 0.85", "a d"),
        ("missing_%", ""),
        ("metrics.missing > 1 OR params.missing = 'x' OR tags.missing = 'x'", ""),
        ("metrics.missing IS NULL AND params.missing IS NULL", "a b c d e"),
        ("dataset.name = 'x' or datasets.digest != 'y' or dataset.context like 'z%'", ""),
        ("dataset.name is null", "a b c d e"),
    ];
    for (filter, expected) in cases {
        let expected: Vec<&str> = expected.split_whitespace().collect();
        assert_eq!(ids_of_filter(&cache, source, filter).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn a_word_finds_run_ids_by_their_beginning() {
    let (_folder, cache, source) = cache().await;
    let mut named = run("0a1b2c3d");
    named.info.run_name = "resnet-50".to_owned();
    cache.apply_runs(source, &[named, run("ffff")], 1).await.unwrap();
    for word in ["0a1b", "resnet", "ResNet", "net-5", "0a1b2c3d resnet"] {
        assert_eq!(ids_of_filter(&cache, source, word).await, ["0a1b2c3d"], "{word}");
    }
    assert!(ids_of_filter(&cache, source, "2c3d").await.is_empty());
}

#[tokio::test]
async fn wrong_filters_say_where_and_what() {
    let (_folder, cache, source) = five_runs().await;
    let both = run("both").metric("twice", 1.0).param("twice", "1");
    cache.apply_runs(source, &[both], 1).await.unwrap();
    let cases = [
        ("metrics.acc >", "Expected a value", 13, 13),
        ("metrics.acc > 'high'", "is a metric", 14, 20),
        ("metrics.acc LIKE 'x'", "LIKE is for texts", 17, 20),
        ("日本 metrics. > 1", "Expected a name after metrics.", 3, 11),
        ("metrics.acc", "Expected an operator", 11, 11),
        ("nowhere > 3", "is called nowhere", 0, 7),
        ("attributes.color = 'x'", "has no attribute color", 0, 16),
        ("twice > 1", "metrics.twice or params.twice", 0, 5),
        ("start_time > soon", "'2026-11-01'", 13, 17),
        ("duration > long", "10m", 11, 15),
        ("(status = 'x'", "closing parenthesis", 13, 13),
        ("status = 'x')", "no opening one", 12, 13),
        ("status = 'x", "no closing '", 9, 11),
        ("dataset.color = 'x'", "name, digest and context", 0, 13),
    ];
    for (filter, words, start, end) in cases {
        let view = RunsView { filter: filter.to_owned(), ..view() };
        let Err(CacheError::Filter(error)) = cache.search_runs(&view).await else { panic!("{filter} is wrong") };
        assert!(error.message.contains(words), "{filter}: {}", error.message);
        assert_eq!((error.start, error.end), (start, end), "{filter}: {}", error.message);
    }
}

#[tokio::test]
async fn what_is_typed_is_never_sql() {
    let (_folder, cache, source) = five_runs().await;
    for filter in [
        "params.`a' OR 1=1 --` = 'x'",
        "params.opt = 'x'' OR 1=1 --'",
        "tags.\"; DROP TABLE run; --\" IS NOT NULL",
        "'%'' OR 1=1'",
    ] {
        assert!(ids_of_filter(&cache, source, filter).await.is_empty(), "{filter}");
    }
    assert_eq!(ids(&cache, source, &view()).await.len(), 5);
}

#[tokio::test]
async fn the_longest_filter_that_is_taken_can_be_run() {
    let (_folder, cache, source) = five_runs().await;
    let ands = vec!["metrics.acc > 0.1"; 200].join(" OR ");
    assert_eq!(ids_of_filter(&cache, source, &ands).await.len(), 3);
    let nots = format!("{}metrics.acc > 0.1{}", "NOT (".repeat(39), ")".repeat(39));
    assert_eq!(ids_of_filter(&cache, source, &nots).await, ["c", "e"]);
    let wide = (0..51).fold(run("wide"), |run, key| run.metric(&format!("m{key}"), 1.0));
    cache.apply_runs(source, &[wide], 2).await.unwrap();
    let names: Vec<String> = (0..51).map(|key| format!("metrics.m{key} = 1")).collect();
    assert_eq!(ids_of_filter(&cache, source, &names[..50].join(" AND ")).await, ["wide"]);
    let too_many = RunsView { filter: names.join(" AND "), ..view() };
    assert!(matches!(cache.search_runs(&too_many).await, Err(CacheError::Filter(_))));
    // The filter has taken all places: the sort is left out, and nothing fails.
    let sorted = RunsView { filter: names[..50].join(" AND "), ..sorted(ColumnKind::Metric, "acc", true) };
    assert_eq!(ids(&cache, source, &sorted).await, ["wide"]);
    let many = format!("run_id IN ({})", vec!["'a'"; 5_000].join(","));
    assert_eq!(ids_of_filter(&cache, source, &many).await, ["a"]);
}

#[tokio::test]
async fn runs_side_by_side_say_what_differs() {
    let (_folder, cache, _) = five_runs().await;
    let asked = refs(&["b", "nope", "a"]);
    let comparison = cache.comparison(&asked).await.unwrap();
    assert_eq!(comparison.runs.iter().map(|run| run.run.run_id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    let text = |value: &str| Some(Cell::Text(value.to_owned()));
    let lr = comparison.params.iter().find(|row| row.key == "lr").unwrap();
    assert_eq!((lr.cells.as_slice(), lr.differs), ([text("1e-3"), text("0.01")].as_slice(), true));
    let team = comparison.tags.iter().find(|row| row.key == "team").unwrap();
    assert_eq!((team.cells.as_slice(), team.differs), ([text("blue"), None].as_slice(), true));
    let status = &comparison.attributes[0];
    assert_eq!((status.key.as_str(), status.differs), ("status", false));
    let one = cache.comparison(&asked[..1]).await.unwrap();
    assert!(one.metrics.iter().all(|row| !row.differs));
}

#[tokio::test]
async fn datasets_stand_side_by_side_with_the_runs_that_read_none() {
    let (_folder, cache, source) = cache().await;
    let read = |digest: &str, context: Option<&str>| DatasetInput {
        name: "churn".to_owned(),
        digest: digest.to_owned(),
        source_type: "local".to_owned(),
        source: "{}".to_owned(),
        schema: (digest == "d2").then(|| r#"{"mlflow_colspec":[{"type":"long","name":"age"}]}"#.to_owned()),
        profile: None,
        context: context.map(str::to_owned),
    };
    let (mut a, mut b) = (run("a"), run("b"));
    a.dataset_inputs = vec![read("d1", Some("training")), read("d1", None)];
    b.dataset_inputs = vec![read("d2", Some("training")), read("d1", Some("training"))];
    cache.apply_runs(source, &[a, b, run("none")], 1).await.unwrap();
    let datasets = cache.comparison(&refs(&["none", "b", "a"])).await.unwrap().datasets;
    let text = |value: &str| Some(Cell::Text(value.to_owned()));
    let rows: Vec<_> = datasets.iter().map(|row| (row.key.as_str(), row.cells.clone(), row.differs)).collect();
    assert_eq!(
        rows,
        [
            ("churn", vec![None, None, text("d1")], true),
            ("churn (training)", vec![None, text("d1, d2"), text("d1")], true),
            ("churn (training): schema", vec![None, text("age long"), None], true),
        ]
    );
    assert_eq!(cache.comparison(&refs(&["none"])).await.unwrap().datasets, []);
}

#[tokio::test]
async fn all_matching_ids_come_in_the_order_of_the_view() {
    let (_folder, cache, source) = five_runs().await;
    let view = RunsView { filter: "acc > 0".to_owned(), limit: 1, ..sorted(ColumnKind::Metric, "acc", true) };
    assert_eq!(matching_ids(&cache, source, &view).await, ["d", "a", "b"]);
}

#[tokio::test]
async fn the_latest_values_of_a_metric_come_in_the_asked_order_with_the_runs_that_have_none() {
    let (_folder, cache, source) = cache().await;
    let mut nameless = run("0123456789abcdef0123456789abcdef").metric("acc", f64::NAN).of("2");
    nameless.info.run_name = String::new();
    let runs = [run("a").metric("acc", 0.5).metric("loss", 3.0), run("b").metric("loss", 1.0), nameless.clone()];
    cache.apply_runs(source, &runs, 1).await.unwrap();
    let other = cache.source("other", "http://elsewhere").await.unwrap();
    cache.apply_runs(other, &[run("a").metric("acc", f64::INFINITY)], 1).await.unwrap();
    let asked = [
        RunRef::new("profile", "unknown"),
        RunRef::new("other", "a"),
        RunRef::new("profile", nameless.info.run_id),
        RunRef::new("profile", "b"),
        RunRef::new("profile", "a"),
    ];
    let latest = async |metric: &str| {
        let column = Column { kind: ColumnKind::Metric, key: metric.to_owned() };
        let values = cache.values(&RunSet::Listed(asked.to_vec()), &[column]).await.unwrap();
        let Values::Numbers(numbers) = values.columns[0].clone() else { panic!("{values:?}") };
        values.runs.into_iter().zip(numbers).collect::<Vec<_>>()
    };
    let values = latest("acc").await;
    let said: Vec<_> = values
        .iter()
        .map(|(of, value)| {
            let place = asked.iter().position(|run| *run == of.run).unwrap();
            let value = value.map(|value| value.to_string());
            (place, of.display_name.as_str(), of.experiment_id.as_str(), value)
        })
        .collect();
    let some = |text: &str| Some(text.to_owned());
    let expected = [
        (1, "name of a", "1", some("inf")),
        (2, "01234567", "2", some("NaN")),
        (3, "name of b", "1", None),
        (4, "name of a", "1", some("0.5")),
    ];
    assert_eq!(said, expected);
    assert!(latest("no such metric").await.iter().all(|(_, value)| value.is_none()));
}
