//! The one list of commands and events; the window's types are generated from it.
//!
//! `ui/src/backend/bindings.ts` is what this list writes. A test fails when the file is stale;
//! `make bindings` writes it anew.

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri_specta::{Builder, ErrorHandlingMode, Event, collect_commands, collect_events};

use crate::change::Change;
use crate::commands::{
    artifacts, charts, connecting, copies, experiments, model_pages, models, move_plans, profiles, registration, runs,
    settings, stages, window,
};

/// What has changed since the last event, without repetitions.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct Changes(pub Vec<Change>);

/// A second start of the app was given a target.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct OpenTarget(pub String);

pub fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .disable_serde_phases()
        .dangerously_cast_bigints_to_number()
        // A float in a field is a number; values that may be NaN are `MetricValue`.
        .semantic_types(specta_typescript::semantic::Configuration::empty().enable_lossless_floats())
        .error_handling(ErrorHandlingMode::Throw)
        .typ::<crate::error::AppError>()
        .typ::<charts::CurveLayout>()
        .typ::<charts::MetricBarsLayout>()
        .typ::<charts::RunScatterLayout>()
        .typ::<charts::VersionsLayoutAnswer>()
        .typ::<charts::RunParallelLayout>()
        .typ::<charts::RunImportanceLayout>()
        .typ::<charts::RunDistributionLayout>()
        .typ::<charts::RunPanelsLayout>()
        .typ::<charts::RunHeatLayout>()
        .typ::<charts::RunContourLayout>()
        .events(collect_events![Changes, OpenTarget, window::CloseAsked, charts::BoardSaving])
        // A run's `color` is an index into the palette; dash 0 is solid, 1 the first of these.
        .constant("PALETTE", crate::charts::PALETTE)
        .constant("DASHES", crate::charts::DASHES)
        .commands(collect_commands![
            settings::launch,
            settings::get_value,
            settings::set_value,
            window::hold_window,
            window::close_window,
            profiles::list_profiles,
            profiles::open_target,
            profiles::open_profile,
            profiles::reconnect,
            profiles::save_profile,
            profiles::duplicate_profile,
            profiles::delete_profile,
            profiles::order_profiles,
            profiles::export_profiles,
            profiles::save_export,
            profiles::preview_import,
            profiles::apply_import,
            profiles::suggest_profiles,
            profiles::accept_suggestion,
            profiles::expose_on_localhost,
            profiles::exposure,
            profiles::list_routes,
            profiles::save_route,
            profiles::delete_route,
            profiles::list_aliases,
            profiles::resolve_hop,
            connecting::list_questions,
            connecting::answer_question,
            connecting::list_secrets,
            connecting::set_secret,
            connecting::forget_secret,
            connecting::keyring_state,
            connecting::forget_host,
            connecting::start_test,
            connecting::read_test,
            connecting::stop_test,
            experiments::list_experiments,
            experiments::watch,
            experiments::refresh,
            runs::search_runs,
            runs::read_filter,
            runs::list_columns,
            runs::get_run,
            runs::compare_runs,
            runs::choose_direction,
            runs::list_curves,
            runs::color_runs,
            runs::choose_run_color,
            runs::write_run_color,
            charts::draw_chart,
            charts::draw_bars,
            charts::draw_scatter,
            charts::draw_versions,
            charts::draw_parallel,
            charts::draw_importance,
            charts::draw_distribution,
            charts::draw_panels,
            charts::draw_heat,
            charts::draw_contour,
            charts::marked_values,
            charts::probe_chart,
            charts::glance,
            charts::save_chart,
            charts::chart_file,
            charts::chart_table,
            charts::save_board,
            charts::stop_saving_board,
            charts::probe_groups,
            charts::read_formula,
            charts::color_scale,
            artifacts::list_artifacts,
            artifacts::run_environment,
            artifacts::run_files,
            artifacts::preview_artifact,
            artifacts::artifact_image,
            artifacts::save_artifact,
            artifacts::choose_artifact_folder,
            artifacts::markdown_html,
            artifacts::open_link,
            models::list_models,
            models::registry,
            models::get_model,
            models::prepare_promotion,
            models::promote,
            models::undo_promotion,
            move_plans::prepare_move_plan,
            move_plans::start_move_plan,
            move_plans::look_at_move_plan,
            move_plans::end_move_plan,
            move_plans::list_unfinished_move_plans,
            models::try_gates,
            models::save_gates,
            models::request_approval,
            models::answer_approval,
            models::get_model_history,
            models::save_model_history,
            model_pages::edit_model,
            model_pages::get_model_version,
            model_pages::list_prompts,
            model_pages::get_prompt_versions,
            model_pages::read_version_files,
            model_pages::use_it,
            model_pages::version_column_choices,
            model_pages::version_cells,
            model_pages::challenger_gates,
            registration::prepare_registration,
            registration::register_version,
            registration::follow_registration,
            copies::prepare_copy,
            copies::copy_version,
            copies::list_copies,
            copies::resume_copy,
            copies::stop_copy,
            copies::discard_copy,
            stages::model_rights,
            stages::model_stages,
            stages::prepare_stage,
            stages::move_stage,
            stages::undo_stage,
        ])
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/backend/bindings.ts");

    #[test]
    fn the_windows_types_are_those_of_the_commands() {
        let folder = tempfile::tempdir().unwrap();
        let written = folder.path().join("bindings.ts");
        let language = specta_typescript::Typescript::default()
            .header("// The commands and events of the app, as the window calls them. Written by `make bindings`.\n");
        builder().export(language, &written).unwrap();
        let written = std::fs::read_to_string(written).unwrap();
        if std::env::var_os("PODIUM_WRITE_BINDINGS").is_some() {
            std::fs::write(FILE, written).unwrap();
        } else {
            let committed = std::fs::read_to_string(FILE).unwrap();
            assert!(written == committed, "bindings.ts is stale: run `make bindings`");
        }
    }
}
