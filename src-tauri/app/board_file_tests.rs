use std::sync::Arc;

use super::*;
use crate::app::{BoardFileSection, MetricBars};
use crate::cache::tests::{Logged, run};
use crate::connect::{Profile, ProfileKind};
use crate::entities::RunRef;

const HOSTILE: [&str; 4] = [
    "</script><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "<!-- \u{202e}]]> &lt;b&gt;\r\0",
    "二, a\nb",
];

async fn open(folder: &std::path::Path) -> (App, Vec<RunRef>) {
    let app = App::open(folder, folder, None, Arc::new(|_| ())).await.unwrap();
    let server = Profile::new("<b>a</b>", ProfileKind::Server, "http://127.0.0.1:9");
    let profile = app.save_profile(server).await.unwrap();
    let source = app.connection(&profile.id).await.unwrap().source;
    let logged: Vec<_> =
        HOSTILE.iter().enumerate().map(|(at, id)| run(id).metric(HOSTILE[0], at as f64).metric("acc", 0.5)).collect();
    app.cache.apply_runs(source, &logged, 1).await.unwrap();
    (app, HOSTILE.map(|id| RunRef::new(&profile.id, id)).to_vec())
}

fn bars(key: &str, runs: &[RunRef]) -> AnyChart {
    AnyChart::Bars(MetricBars { key: key.to_owned(), runs: runs.to_vec(), highlighted: None, color_by: None })
}

fn card(title: &str, chart: AnyChart) -> BoardFileCard {
    BoardFileCard { title: title.to_owned(), remarks: vec!["<i>log</i>".to_owned()], span: 6, chart }
}

fn board(format: BoardFormat, runs: &[RunRef], cards: Vec<BoardFileCard>) -> BoardFile {
    BoardFile {
        title: HOSTILE[1].to_owned(),
        filter: "params.a = '<script>'".to_owned(),
        runs: "4 runs".to_owned(),
        profile_ids: vec![runs[0].profile_id.clone()],
        sections: vec![BoardFileSection { title: "<h1>".to_owned(), cards }],
        format,
        theme: ChartTheme::Light,
        width_px: 800.0,
        height_px: 200.0,
        dpi: 96.0,
        legend: false,
        utc_offset_minutes: 60,
    }
}

async fn made(app: &App, wanted: &BoardFile) -> Vec<u8> {
    app.board_file(wanted, |_| ()).await.unwrap().unwrap()
}

/// What a browser makes of the text of an element.
fn unescaped(html: &str) -> String {
    [("&#13;", "\r"), ("&#39;", "'"), ("&quot;", "\""), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&")]
        .iter()
        .fold(html.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[tokio::test]
async fn a_page_has_every_card_with_its_exact_values_and_nothing_of_a_name_becomes_html() {
    let folder = tempfile::tempdir().unwrap();
    let (app, runs) = open(folder.path()).await;
    let cards = vec![card(HOSTILE[0], bars(HOSTILE[0], &runs)), card("acc", bars("acc", &runs))];
    let wanted = board(BoardFormat::Html, &runs, cards);
    let html = String::from_utf8(made(&app, &wanted).await).unwrap();

    assert_eq!(html.matches("<script").count(), 1, "{html}");
    assert_eq!(html.matches("<svg").count(), 2);
    for tag in ["<img", "<i>", "<b>", "<h1>", "<!--", "\0", "\r"] {
        let ours = usize::from(tag == "<h1>");
        assert_eq!(html.matches(tag).count(), ours, "{tag:?}");
    }
    assert!(html.contains("default-src 'none'") && !html.contains("http://www.w3.org/1999/xlink"));
    assert!(html.contains("127.0.0.1:9") && html.contains("UTC+01:00") && html.contains("4 runs"));

    let file = ChartFile {
        chart: wanted.sections[0].cards[0].chart.clone(),
        title: String::new(),
        format: FileFormat::Csv,
        theme: ChartTheme::Light,
        width_px: 10.0,
        height_px: 10.0,
        dpi: 96.0,
        legend: false,
        utc_offset_minutes: 0,
    };
    let csv = String::from_utf8(app.chart_file(&file).await.unwrap()).unwrap();
    let start = html.find("id=\"values-1\">").unwrap() + "id=\"values-1\">".len();
    let end = start + html[start..].find("</pre>").unwrap();
    // The only thing that no document can hold.
    assert_eq!(unescaped(&html[start..end]), csv.replace('\0', "\u{fffd}"));
}

#[tokio::test]
async fn the_only_script_and_style_are_those_that_the_page_allows() {
    let folder = tempfile::tempdir().unwrap();
    let (app, runs) = open(folder.path()).await;
    let wanted = board(BoardFormat::Html, &runs, vec![card("acc", bars("acc", &runs))]);
    let html = String::from_utf8(made(&app, &wanted).await).unwrap();
    for (tag, rule) in [("style", "style-src"), ("script", "script-src")] {
        let start = html.find(&format!("<{tag}>")).unwrap() + tag.len() + 2;
        let end = html.find(&format!("</{tag}>")).unwrap();
        use base64::Engine as _;
        let sum = ring::digest::digest(&ring::digest::SHA256, &html.as_bytes()[start..end]);
        let sum = base64::engine::general_purpose::STANDARD.encode(sum);
        assert!(html.contains(&format!("{rule} 'sha256-{sum}'")), "{rule}");
    }
    assert!(!html.contains(" style=\""), "an attribute of style would not be allowed");
}

#[tokio::test]
async fn a_card_that_fails_says_so_in_its_place_and_a_board_of_failures_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let (app, runs) = open(folder.path()).await;
    let gone = [RunRef::new("<gone>", "r")];
    let cards = vec![card("lost", bars("acc", &gone)), card("acc", bars("acc", &runs))];
    let mixed = board(BoardFormat::Html, &runs, cards);
    let html = String::from_utf8(made(&app, &mixed).await).unwrap();
    assert!(html.contains("Not drawn: ") && html.matches("<svg").count() == 1, "{html}");
    let picture = BoardFile { format: BoardFormat::Png, ..mixed.clone() };
    assert!(!made(&app, &picture).await.is_empty());

    for format in [BoardFormat::Html, BoardFormat::Png] {
        let all = board(format, &runs, vec![card("lost", bars("acc", &gone))]);
        let error = app.board_file(&all, |_| ()).await.unwrap_err();
        assert!(error.message.starts_with("No chart could be drawn: "), "{error:?}");
    }
}

#[tokio::test]
async fn the_charts_of_a_picture_are_those_that_are_saved_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let (app, runs) = open(folder.path()).await;
    let cards = vec![card("first", bars("acc", &runs)), card("second", bars(HOSTILE[0], &runs))];
    let wanted = BoardFile { dpi: 192.0, ..board(BoardFormat::Png, &runs, cards) };
    let (sheet, sheet_width) = pixels(&made(&app, &wanted).await);
    assert_eq!(sheet_width, 1600);
    // Inside of the border of a card, in its pixels.
    let lefts = [50, 814];
    for (BoardFileCard { title, chart, .. }, left) in wanted.sections[0].cards.iter().zip(lefts) {
        // Half of what is between the edges, without the gap.
        let (width_px, height_px) = ((800.0 - 48.0 - 12.0) / 2.0 - 2.0, 200.0 - 2.0 - 20.0);
        let file = ChartFile {
            chart: chart.clone(),
            title: title.clone(),
            format: FileFormat::Png,
            theme: ChartTheme::Light,
            width_px,
            height_px,
            dpi: 192.0,
            legend: false,
            utc_offset_minutes: 60,
        };
        let (alone, width) = pixels(&app.chart_file(&file).await.unwrap());
        assert!(is_part(&sheet, sheet_width, &alone, width, left), "“{title}” looks another way on the board");
    }
}

fn pixels(png: &[u8]) -> (Vec<u8>, usize) {
    let mut picture = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut rgb = vec![0; picture.output_buffer_size().unwrap()];
    picture.next_frame(&mut rgb).unwrap();
    (rgb, picture.info().width as usize)
}

fn is_part(sheet: &[u8], sheet_width: usize, part: &[u8], width: usize, left: usize) -> bool {
    let rows: Vec<&[u8]> = part.chunks_exact(width * 3).collect();
    let wide: Vec<&[u8]> = sheet.chunks_exact(sheet_width * 3).collect();
    let fits = |top: usize| rows.iter().zip(&wide[top..]).all(|(row, line)| line[left * 3..][..row.len()] == **row);
    (0..=wide.len() - rows.len()).any(fits)
}

#[tokio::test]
async fn progress_is_told_and_a_stopped_board_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let (app, runs) = open(folder.path()).await;
    let cards = (0..3).map(|_| card("acc", bars("acc", &runs))).collect();
    let wanted = board(BoardFormat::Html, &runs, cards);
    let told = parking_lot::Mutex::new(Vec::new());
    assert!(app.board_file(&wanted, |done| told.lock().push(done.done)).await.unwrap().is_some());
    assert_eq!(*told.lock(), [0, 1, 2, 3]);

    let stop = |CardsDone { done, .. }| {
        if done == 1 {
            app.stop_saving_board();
        }
    };
    let target = folder.path().join("board.html");
    let saved = app.save_board(&wanted, async |_| Ok(Some(target.clone())), stop).await.unwrap();
    assert!(saved.is_none() && !target.exists());
    let saved = app.save_board(&wanted, async |_| Ok(Some(target.clone())), |_| ()).await.unwrap();
    assert_eq!(saved.as_deref(), Some(target.as_path()));
}

#[tokio::test]
async fn a_picture_that_is_too_large_asks_for_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let (app, runs) = open(folder.path()).await;
    let cards = (0..200).map(|_| card("acc", bars("acc", &runs))).collect();
    let wanted = BoardFile { dpi: 600.0, ..board(BoardFormat::Png, &runs, cards) };
    let error = app.save_board(&wanted, async |_| panic!("asked"), |_| ()).await.unwrap_err();
    assert_eq!(error.code, Code::Unsupported);
    assert!(error.message.contains("fewer dots per inch"), "{error:?}");
}

#[test]
fn no_secret_of_an_address_is_in_a_file() {
    assert_eq!(without_secrets("https://ana:pw@h.example/mlflow/?token=x#y"), "https://h.example/mlflow");
    assert_eq!(without_secrets("not an address"), "");
    assert_eq!(time_words(0, -90), "1969-12-31 22:30, UTC-01:30");
}
