//! Charts as the window asks for them: from the sample workspace, through [`podium::app::App`], to pixels, files and
//! figures. Single rules are tested where they are written (`src-tauri/charts`, `src-tauri/sweep`).
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "charts/board.rs"]
mod board;
#[path = "charts/colors.rs"]
mod colors;
#[path = "charts/figures.rs"]
mod figures;
#[path = "charts/hostile.rs"]
mod hostile;
#[path = "charts/kinds.rs"]
mod kinds;
#[path = "charts/sample.rs"]
mod sample;
#[path = "charts/spike.rs"]
mod spike;
