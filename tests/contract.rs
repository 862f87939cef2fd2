//! What every tracking store must answer, asked of four: a database opened directly (of both
//! schemas, beside the server that is using it) and servers of MLflow 3 and 2.
//!
//! Each case is one function over any store. `tests/tools/seed_fixture.py` says what is in there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "contract/artifacts.rs"]
mod artifacts;
#[path = "contract/beside.rs"]
mod beside;
mod common;
#[path = "contract/models.rs"]
mod models;
#[path = "contract/moved.rs"]
mod moved;
#[path = "contract/previews.rs"]
mod previews;
#[path = "contract/runs.rs"]
mod runs;
#[path = "contract/versions.rs"]
mod versions;

use std::sync::Arc;

use common::fixture::{Fixture, fixture};
use common::mlflow::Version;
use podium::tracking::local::LocalStore;
use podium::tracking::rest::RestStore;
use podium::tracking::{Page, Result, Source, TrackingStore, Writer};

/// A store under test and the server whose data it shows.
pub struct Subject {
    pub store: Arc<dyn TrackingStore>,
    pub writer: Writer,
    pub fixture: &'static Fixture,
    pub version: Version,
}

async fn subject(version: Version, local: bool) -> Subject {
    let fixture = fixture(version);
    let source: Source = if local {
        LocalStore::open(&fixture.server.folder).await.expect("the database opens").into()
    } else {
        RestStore::connect(&fixture.server.url).await.expect("the server answers").into()
    };
    Subject { store: source.store().clone(), writer: common::writer::of(source), fixture, version }
}

/// All pages of an answer. A token that never ends is a failure, not a test that hangs.
pub async fn all_pages<T, F>(mut ask: impl FnMut(Option<String>) -> F) -> Vec<T>
where
    F: Future<Output = Result<Page<T>>>,
{
    let (mut all, mut token) = (Vec::new(), None);
    for _ in 0..1000 {
        let page = ask(token).await.expect("a page");
        all.extend(page.items);
        match page.next_page_token {
            Some(next) => token = Some(next),
            None => return all,
        }
    }
    panic!("the pages have no end");
}

macro_rules! contract {
    ($($file:ident: $($case:ident)*;)*) => {
        contract!(@store local Newest true; $($($file $case)*)*);
        contract!(@store local_mlflow2 Two true; $($($file $case)*)*);
        contract!(@store mlflow3 Newest false; $($($file $case)*)*);
        contract!(@store mlflow2 Two false; $($($file $case)*)*);
    };
    (@store $store:ident $version:ident $local:literal; $($file:ident $case:ident)*) => {
        mod $store {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let subject = super::subject(super::Version::$version, $local).await;
                    super::$file::$case(&subject).await;
                }
            )*
        }
    };
}

contract! {
    runs:
        says_what_it_can_do
        experiments_come_whole_with_deleted_ones_marked
        runs_page_through_more_than_a_thousand
        runs_come_newest_first_with_deleted_ones_marked
        runs_started_since
        runs_ended_since
        runs_by_id
        runs_of_several_experiments
        runs_of_no_experiment
        a_run_is_whole
        an_ended_run_may_lack_its_end
        nan_and_infinities_are_values
        the_latest_metric_is_the_last_step
        a_history_of_many_pages_is_complete
        a_history_keeps_repeated_steps_and_strange_values
        unknown_runs_are_not_found
        run_tags_are_set_and_deleted
        a_deleted_run_takes_no_tags
        what_the_server_writes_is_seen;
    artifacts:
        folders_are_listed_one_level_at_a_time
        files_are_read_whatever_their_name
        a_part_of_a_file_is_read
        what_is_not_there_has_no_entries_and_no_bytes
        a_path_never_leaves_its_run
        a_logged_model_has_its_own_files;
    models:
        registered_models_come_with_aliases_and_without_prompts
        prompts_are_found_by_themselves
        versions_of_all_models_are_those_of_each
        a_registered_model_is_found_by_name
        versions_come_newest_first
        deleted_versions_are_gone
        unknown_models_are_not_found
        an_alias_is_set_moved_and_read_back
        an_alias_to_a_missing_version_is_not_found
        an_alias_is_deleted_even_if_it_was_not_there
        reserved_and_malformed_aliases_are_refused
        descriptions_are_written_and_taken_away
        tags_may_be_empty
        registered_model_tags_are_set_and_deleted
        version_tags_are_set_and_deleted
        a_logged_model_has_its_own_numbers;
    versions:
        a_registered_model_is_made_once
        a_version_is_made_from_a_run
        a_version_is_made_from_a_logged_model
        a_version_is_made_from_a_version_of_another_model
        what_cannot_be_a_version_is_refused
        a_version_moves_through_the_stages
        a_version_at_a_stage_archives_the_others;
}
