//! From the versions of a registered model to a chart of one metric.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::drawing::{Drawn, Paper, draw};
use super::history::ModelHistory;
use crate::charts::{
    AliasLane, AliasTone, Figure, FigureLayout, LaneSpan, VersionPoint, VersionsChart, VersionsLayout, VersionsX,
};
use crate::entities::{ModelAlias, ModelVersion};
use crate::error::{AppError, Result};
use crate::promotion::{AliasHistory, MetricName, Place, Span, numbers};

/// What to draw, as the window knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionsView {
    pub profile_id: String,
    pub model: String,
    pub metric: MetricName,
    /// Versions stand where they were registered, and not one beside the other.
    pub by_time: bool,
}

/// What a chart of versions says about itself, and which versions its dots are.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionsLayoutAnswer {
    #[serde(flatten)]
    pub layout: VersionsLayout,
    /// Oldest first, as the places in the layout.
    pub versions: Vec<String>,
}

impl App {
    /// The frame of a chart of versions, from the cache.
    pub async fn draw_versions(&self, view: &VersionsView, paper: Paper) -> Result<Drawn<VersionsLayoutAnswer>> {
        let source = self.connection(&view.profile_id).await?.source;
        let model = self.cache.registered_model(source, &view.model).await?;
        let aliases = model.map(|model| model.aliases).unwrap_or_default();
        let mut versions = self.cache.model_versions(source, &view.model).await?;
        versions.reverse();
        let logged_models = self.cache.logged_models_of(source, &view.model).await?;
        let keys = [view.metric.key.clone()];
        let runs = self.cache.source_runs(source, &view.model, &keys).await?;
        let numbers = numbers(&versions, &logged_models, &runs);
        let values = numbers.iter().map(|numbers| Some(numbers.get(&view.metric)?.value.0));
        let point = |(version, value): (&ModelVersion, Option<f64>)| VersionPoint {
            label: format!("v{}", version.version),
            at_ms: version.creation_time_ms.map(|ms| ms as f64),
            value,
            tone: tone(&aliases, &version.version),
        };
        let x = match view.by_time {
            true => VersionsX::Time { utc_offset_min: paper.utc_offset_minutes },
            false => VersionsX::Order,
        };
        let points: Vec<VersionPoint> = versions.iter().zip(values).map(point).collect();
        let lanes = match view.by_time {
            true => lanes(&self.model_history(&view.profile_id, &view.model).await?, &versions),
            false => Vec::new(),
        };
        let chart = VersionsChart { x, versions: points, lanes, ..VersionsChart::default() };
        let (layout, rgba) = draw(Figure::Versions(chart), paper).await?;
        let FigureLayout::Versions(layout) = layout else {
            return Err(AppError::internal("versions came back as something else"));
        };
        let versions = versions.into_iter().map(|version| version.version).collect();
        Ok(Drawn { layout: VersionsLayoutAnswer { layout, versions }, rgba })
    }
}

/// Who held which alias when, champion and challenger first. Where that is not known there is a gap.
fn lanes(history: &ModelHistory, versions: &[ModelVersion]) -> Vec<AliasLane> {
    let place: HashMap<&str, usize> =
        versions.iter().enumerate().map(|(at, version)| (version.version.as_str(), at)).collect();
    let lane = |of: &AliasHistory| {
        let span = |span: &Span| {
            let Place::Version { version } = &span.holder else { return None };
            let (start_ms, end_ms) = (span.start_ms?, span.end_ms.or(history.as_of_ms)?);
            Some(LaneSpan {
                start_ms: start_ms as f64,
                end_ms: end_ms as f64,
                version: *place.get(version.as_str())?,
                is_now: Some(end_ms) == history.as_of_ms,
            })
        };
        AliasLane {
            alias: of.alias.clone(),
            tone: match of.alias.to_lowercase().as_str() {
                "champion" => AliasTone::Champion,
                "challenger" => AliasTone::Challenger,
                _ => AliasTone::Other,
            },
            spans: of.spans.iter().filter_map(span).collect(),
            undone_ms: of.moves.iter().filter_map(|each| each.undone_at_ms).map(|ms| ms as f64).collect(),
        }
    };
    let mut all: Vec<AliasLane> = history.aliases.iter().map(lane).filter(|lane| !lane.spans.is_empty()).collect();
    all.sort_by_key(|lane| match lane.tone {
        AliasTone::Champion => 0,
        AliasTone::Challenger => 1,
        AliasTone::Other | AliasTone::None => 2,
    });
    all
}

/// The tone of a version by the most important alias it has.
fn tone(aliases: &[ModelAlias], version: &str) -> AliasTone {
    let holds = |name: &str| ModelAlias::find(aliases, name).is_some_and(|held| held.version == version);
    match () {
        () if holds("champion") => AliasTone::Champion,
        () if holds("challenger") => AliasTone::Challenger,
        () if aliases.iter().any(|held| held.version == version) => AliasTone::Other,
        () => AliasTone::None,
    }
}
