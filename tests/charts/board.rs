//! A board with every kind of chart as one file: nothing is missing in it, and what could not be read is said.

use std::path::PathBuf;

use podium::app::{
    AnyChart, BoardFile, BoardFileCard, BoardFileSection, BoardFormat, ChartTheme, CurveChart, CurveRun,
};

use crate::kinds::examples;
use crate::sample::{SWEEP, Sample};

#[tokio::test]
async fn every_kind_of_chart_is_in_a_page_and_in_a_picture() {
    let sample = Sample::open().await;
    let charts = examples(&sample).await;
    let kinds = charts.len();
    let cards = charts.into_iter().map(|(name, chart)| card(name, chart)).collect();
    let mut board = board(cards);
    for (format, name) in [(BoardFormat::Html, "board.html"), (BoardFormat::Png, "board.png")] {
        board.format = format;
        // It stays there, for a look at it.
        let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let saved = sample.app.save_board(&board, async |_| Ok(Some(target.clone())), |_| ()).await.unwrap();
        assert_eq!(saved.as_deref(), Some(target.as_path()));
    }
    let page = std::fs::read_to_string(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("board.html")).unwrap();
    assert_eq!(page.matches("<svg").count(), kinds);
    assert_eq!(page.matches("<button type=\"button\" data-values=").count(), kinds);
    assert!(!page.contains("Not drawn") && !page.contains("not all curves were read"));
    assert!(!page.contains("src=") && !page.contains("href=\""), "something would be loaded from elsewhere");
}

#[tokio::test]
async fn curves_that_nobody_has_read_are_said_to_be_missing() {
    let sample = Sample::open().await;
    let sweep = sample.experiment(SWEEP).await;
    let runs = sample.runs(&sweep, "tags.phase = 'seeds'").await;
    let runs = runs.into_iter().map(|run| CurveRun { run, dash: 0 }).collect();
    let chart = CurveChart { key: "train/loss".to_owned(), runs, ..CurveChart::default() };
    let unread = board(vec![card("train/loss", AnyChart::Curves(chart))]);
    let page = sample.app.board_file(&unread, |_| ()).await.unwrap().unwrap();
    assert!(String::from_utf8(page).unwrap().contains("not all curves were read"));
}

fn card(title: &str, chart: AnyChart) -> BoardFileCard {
    BoardFileCard { title: title.to_owned(), remarks: Vec::new(), span: 6, chart }
}

fn board(cards: Vec<BoardFileCard>) -> BoardFile {
    BoardFile {
        title: SWEEP.to_owned(),
        filter: String::new(),
        runs: "all runs".to_owned(),
        profile_ids: Vec::new(),
        sections: vec![BoardFileSection { title: "Every kind".to_owned(), cards }],
        format: BoardFormat::Html,
        theme: ChartTheme::Light,
        width_px: 1400.0,
        height_px: 300.0,
        dpi: 144.0,
        legend: true,
        utc_offset_minutes: 0,
    }
}
