//! What the card of a promotion shows beyond what the two versions say of themselves: their files, and runs of other seeds.

use std::collections::BTreeMap;
use std::time::Duration;

use super::App;
use crate::artifacts::model_files;
use crate::cache::{CacheError, SourceId};
use crate::entities::{Run, tag_value};
use crate::promotion::{Packaged, Side, Signature};
use crate::registration::place_of;
use crate::tracking::TrackingStore;

/// The card does not wait longer for files.
const FILES_WITHIN: Duration = Duration::from_secs(8);
const HISTORY_TAG: &str = "mlflow.log-model.history";

impl App {
    /// The same side with what takes longer to read. What cannot be read is said to be so and holds nothing up.
    pub(super) async fn with_evidence(
        &self,
        source: SourceId,
        store: &dyn TrackingStore,
        side: Option<Side>,
    ) -> Option<Side> {
        let mut side = side?;
        let (packaged, seeds) =
            futures_util::join!(packaged(store, &side), self.numbers_of_seeds(source, side.run.as_ref()));
        side.packaged = packaged;
        match seeds {
            Ok(seeds) => side.seeds = seeds,
            Err(error) => side.unread.push(format!("Runs of other seeds could not be read. {error}")),
        }
        Some(side)
    }

    /// By metric, the numbers of the runs that differ from this one in their seed only; of several runs.
    async fn numbers_of_seeds(
        &self,
        source: SourceId,
        run: Option<&Run>,
    ) -> Result<BTreeMap<String, Vec<f64>>, CacheError> {
        let mut all: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        let Some(run) = run else { return Ok(all) };
        let ids = self.cache.seed_runs(source, &run.info.run_id).await?;
        if ids.len() < 2 {
            return Ok(all);
        }
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        for run in self.cache.source_runs_by_id(source, &ids, None).await?.into_values() {
            for metric in run.metrics {
                all.entry(metric.key).or_default().push(metric.value.0);
            }
        }
        Ok(all)
    }
}

async fn packaged(store: &dyn TrackingStore, side: &Side) -> Packaged {
    let Ok((root, folder)) = place_of(store, &side.version).await else {
        let why = format!("Nothing says where the files of version {} are.", side.version.version);
        return Packaged { unread: Some(why), ..Packaged::default() };
    };
    let history = side.run.as_ref().and_then(|run| tag_value(&run.tags, HISTORY_TAG));
    let of_history = history.and_then(|tag| Signature::of_history(tag, &folder, side.version.model_id.as_deref()));
    let unread = |why: String| Packaged {
        signature: of_history.clone(),
        unread: Some(format!("The files of version {} were not read. {why}", side.version.version)),
        ..Packaged::default()
    };
    match tokio::time::timeout(FILES_WITHIN, model_files(store, &root, &folder)).await {
        Ok(Ok(files)) => Packaged {
            signature: files.ml_model.as_deref().and_then(Signature::of_ml_model).or(of_history),
            requirements: files
                .requirements
                .map(|packages| packages.into_iter().map(|package| (package.name, package.version)).collect()),
            unread: None,
        },
        Ok(Err(error)) => unread(error.to_string()),
        Err(_) => unread(format!("They did not come within {} s.", FILES_WITHIN.as_secs())),
    }
}
