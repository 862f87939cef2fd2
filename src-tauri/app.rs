//! The one shared value: settings, cache, open connections, and what needs more than one of them.

mod any_chart;
mod approval;
mod artifact_folders;
mod artifacts;
mod bars;
mod best_runs;
mod board_card;
mod board_file;
mod board_page;
mod board_sheet;
mod by_profile;
mod challenger_gates;
mod chart_file;
mod chart_table;
mod color_by;
mod colors;
mod connecting;
mod contour;
mod copies;
mod curve_chart;
mod curves;
mod directions;
mod distribution;
mod distribution_table;
mod drawing;
mod editing;
mod evidence;
mod experiments;
mod formulas;
mod gates;
mod groups;
mod heat;
mod history;
mod importance;
mod models;
mod move_plans;
mod panels;
mod parallel;
mod points;
mod profiles;
mod promoting;
mod prompts;
mod read_curves;
mod recent;
mod registration;
mod registry;
mod rights;
mod routes;
mod runs;
mod scatter;
mod stages;
mod suggestions;
mod targets;
mod transfer;
mod use_it;
mod values;
mod version_columns;
mod version_page;
mod versions;
mod without_window;
mod writing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Mutex as AsyncMutex;

pub use any_chart::AnyChart;
pub use approval::{ApprovalAnswer, ApprovalWish, Decision};
pub use artifacts::{ArtifactFailure, ArtifactList, FolderFailure, RunFiles};
pub use bars::{MetricBars, MetricBarsLayout, RunValue};
pub use best_runs::{Best, BestKind, BestLayout};
pub use board_card::{BoardFile, BoardFileCard, BoardFileSection, BoardFormat};
pub use board_file::CardsDone;
pub use challenger_gates::GateCounts;
pub use chart_file::{ChartFile, ChartTheme, FileFormat};
pub use chart_table::{ChartTable, TableHead, TableKind, TablePage, TableSort};
pub use color_by::{Around, ColorBy, ColorScale};
pub use connecting::{OpenProfile, SecretInfo, TestReport};
pub use contour::{RunContour, RunContourLayout};
pub use copies::{CopyView, CopyWish};
pub use curve_chart::{CurveChart, CurveRun};
pub use curves::{CurveLayout, CurveProbe};
pub use distribution::{RunDistribution, RunDistributionLayout};
pub use drawing::{Drawn, Paper};
pub use editing::{Edit, Edited};
pub use experiments::{ExperimentList, ExperimentRow};
pub use gates::{AliasRules, GatesChange};
pub use groups::{CurveGroup, GroupAggregate, GroupProbe, Grouping};
pub use heat::{RunHeat, RunHeatLayout};
pub use history::ModelHistory;
pub use importance::{ImportanceVerdict, ImportantParam, RunImportance, RunImportanceLayout};
pub use models::{ModelAnswer, ModelBoard, ModelList};
pub use move_plans::{MovePlanCard, MovePlanLook, MovePlanRequest, UnfinishedMovePlan, WantedMove};
pub use panels::{RunPanels, RunPanelsLayout};
pub use parallel::{RunParallel, RunParallelAxis, RunParallelLayout};
pub use points::LeftOut;
pub use promoting::PromotionRequest;
pub use prompts::{PromptList, PromptVersions};
pub use read_curves::CurveDifference;
pub use registration::{KnownSource, RegistrationPlan, RegistrationWish, VersionName};
pub use registry::{RegistryAnswer, RegistryRow, RegistryView};
pub use rights::ModelRights;
pub use routes::{Alias, ResolvedHop};
pub use runs::{ComparisonAnswer, ExperimentFreshness, MissingRun, RunAnswer, RunPage, RunsAnswer};
pub use scatter::{RunScatter, RunScatterLayout};
pub use stages::{ModelStages, StageWish};
pub use suggestions::{Suggestion, SuggestionSource};
pub use use_it::{UseIt, WhichVersion};
pub use values::{MarkedRuns, MarkedValues, ValueAxis};
pub use version_columns::{VersionCells, VersionColumn, VersionColumnChoices};
pub use version_page::{VersionAnswer, VersionFiles};
pub use versions::{VersionsLayoutAnswer, VersionsView};
pub use without_window::VersionCheck;

use crate::cache::Cache;
use crate::change::{Change, OnChange};
use crate::connect::ConnectContext;
use crate::connect::question::Questions;
use crate::connect::secrets::Vault;
use crate::connect::ssh::Consents;
use crate::error::{AppError, Code, Result};
use crate::private_files;
use crate::settings::Settings;
use crate::sync::WatchList;

pub struct App {
    pub settings: Settings,
    pub cache: Cache,
    /// What making a connection needs besides a profile: secrets, trust, and the questions to the user.
    pub connect_context: ConnectContext,
    /// What a move of an alias waits before it is tried again, doubled with each try.
    pub retry_pause: Duration,
    data_dir: PathBuf,
    /// The sample workspace as it was installed; copied to the data folder when it is first opened.
    sample_dir: PathBuf,
    on_change: OnChange,
    connections: connecting::Connections,
    watch_list: WatchList,
    /// Held while the place that was typed becomes a profile, or the sample is copied: two who want the same get
    /// the same.
    adding: AsyncMutex<()>,
    /// Taken by the first window that asks.
    launch_target: Mutex<Option<String>>,
    notices: Vec<String>,
    recent_curves: Arc<curves::RecentCurves>,
    recent_values: Arc<values::RecentValues>,
    recent_models: Arc<registry::RecentModels>,
    recent_numbers: Arc<registry::RecentNumbers>,
    recent_orders: Arc<chart_table::RecentOrders>,
    colors: colors::RunColors,
    group_colors: groups::GroupColors,
    tests: connecting::Tests,
    /// How often the saving of a board was stopped: one that began before the last time goes no further.
    boards_stopped: AtomicU64,
    copies: copies::Copies,
}

impl App {
    /// Opens settings and cache in `data_dir`, which is made if it is not there.
    pub async fn open(
        data_dir: &Path,
        sample_dir: &Path,
        launch_target: Option<String>,
        on_change: OnChange,
    ) -> Result<Self> {
        make_private_folder(data_dir)?;
        let (settings, settings_word) = Settings::open(data_dir).await?;
        let (cache, cache_word) = Cache::open(&data_dir.join("cache.db")).await;
        let notices = settings_word.into_iter().chain(cache_word).collect();
        Ok(Self::of(data_dir, sample_dir, launch_target, on_change, settings, cache, notices))
    }

    fn of(
        data_dir: &Path,
        sample_dir: &Path,
        launch_target: Option<String>,
        on_change: OnChange,
        settings: Settings,
        cache: Cache,
        notices: Vec<String>,
    ) -> Self {
        let recent_curves = Arc::new(curves::RecentCurves::default());
        let recent_values = Arc::new(values::RecentValues::default());
        let recent_models = Arc::new(registry::RecentModels::default());
        let recent_numbers = Arc::new(registry::RecentNumbers::default());
        let on_change = forgetting_registry(recent_models.clone(), recent_numbers.clone(), on_change);
        let recent_orders = Arc::new(chart_table::RecentOrders::default());
        let on_change = forgetting(recent_curves.clone(), recent_values.clone(), recent_orders.clone(), on_change);
        let asked = on_change.clone();
        let connect_context = ConnectContext {
            vault: Vault::open(Arc::new(settings.clone())),
            questions: Questions::new(move || asked(Change::Questions)),
            data_dir: data_dir.to_owned(),
            consents: Consents::default(),
        };
        Self {
            settings,
            cache,
            connect_context,
            retry_pause: Duration::from_millis(400),
            data_dir: data_dir.to_owned(),
            sample_dir: sample_dir.to_owned(),
            on_change,
            connections: connecting::Connections::default(),
            watch_list: WatchList::default(),
            adding: AsyncMutex::default(),
            launch_target: Mutex::new(launch_target),
            notices,
            recent_curves,
            recent_values,
            recent_models,
            recent_numbers,
            recent_orders,
            colors: colors::RunColors::default(),
            group_colors: groups::GroupColors::default(),
            tests: connecting::Tests::default(),
            boards_stopped: AtomicU64::default(),
            copies: copies::Copies::default(),
        }
    }

    /// What was asked for on the command line, the first time; nothing after that.
    pub fn take_launch_target(&self) -> Option<String> {
        self.launch_target.lock().take()
    }

    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Drops the curves and values that are kept in memory: the next drawing reads the cache, as after a start.
    pub fn forget_recent(&self) {
        self.recent_curves.clear();
        self.recent_values.clear();
        self.recent_models.clear();
        self.recent_numbers.clear();
        self.recent_orders.clear();
    }

    fn tell(&self, change: Change) {
        (self.on_change)(change);
    }
}

/// Tells `on_change` of a change after what it makes old in memory was dropped, so that a listener who asks at once
/// gets the new.
fn forgetting(
    recent_curves: Arc<curves::RecentCurves>,
    recent_values: Arc<values::RecentValues>,
    recent_orders: Arc<chart_table::RecentOrders>,
    on_change: OnChange,
) -> OnChange {
    Arc::new(move |change| {
        // What a table is sorted by may be any of these, but how far a copy is.
        if change != Change::Copies {
            recent_orders.clear();
        }
        match &change {
            Change::Histories { profile_id, run_ids, keys } => recent_curves.forget(profile_id, run_ids, keys),
            Change::Runs { .. } | Change::Experiments { .. } | Change::Profiles => recent_values.clear(),
            _ => {}
        }
        on_change(change);
    })
}

/// The same for the list of registered models and their numbers.
fn forgetting_registry(
    models: Arc<registry::RecentModels>,
    numbers: Arc<registry::RecentNumbers>,
    on_change: OnChange,
) -> OnChange {
    Arc::new(move |change| {
        match change {
            Change::Models { .. } | Change::Model { .. } | Change::Profiles => {
                models.clear();
                numbers.clear();
            }
            Change::Runs { .. } | Change::Directions { .. } => numbers.clear(),
            _ => {}
        }
        on_change(change);
    })
}

fn make_private_folder(path: &Path) -> Result<()> {
    private_files::make_folder(path).map_err(|error| {
        AppError::new(
            Code::Io,
            format!(
                "Podium cannot make its folder {}: {error}. Set PODIUM_DATA_DIR to a folder that can be written.",
                path.display()
            ),
        )
    })
}

/// Runs work that keeps a processor busy for a while on a thread where it delays nothing else.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(AppError::internal)
}
