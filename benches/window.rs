//! Charts in the real window: how long until they are pixels on the canvas, and whether the hand is followed. Beside each
//! stands what we aim at. It is a goal and no other program's figure; a ratio above 1 meets it.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::common::mlflow::MlflowServer;
use crate::common::webdriver::{PAINTED, Start, Window};
use crate::{middle, report, seed};

/// From the request to the pixels on the canvas.
const FRAME_GOAL: Duration = Duration::from_millis(20);
/// Half of what the same picture took as raw pixels, 13.4 MB.
const LARGE_FRAME_GOAL: Duration = Duration::from_millis(45);
const HOVER_GOAL: Duration = Duration::from_millis(16);
const SCROLL_GOAL: Duration = Duration::from_millis(25);
const FRAMES: u32 = 15;
const MOVES: u32 = 100;

/// Zooms the chart in and out by its keys. A time is from the key to the return of the last `putImageData`.
const DRAW: &str = "
    const [times] = arguments;
    const chart = document.querySelector('[role=application]');
    const seen = (window.podiumBench = { taken: [], size: [], done: false });
    const put = CanvasRenderingContext2D.prototype.putImageData;
    let began = 0;
    CanvasRenderingContext2D.prototype.putImageData = function (...pixels) {
        put.apply(this, pixels);
        seen.taken.push(performance.now() - began);
        seen.size = [this.canvas.width, this.canvas.height];
        if (seen.taken.length >= times) {
            CanvasRenderingContext2D.prototype.putImageData = put;
            seen.done = true;
        } else setTimeout(ask, 150);
    };
    const ask = () => {
        const key = seen.taken.length % 4 === 3 ? '0' : '+';
        began = performance.now();
        chart.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    };
    ask();
    return true";

/// Moves the pointer over the first chart. A time is from the event, at the beginning of a frame, until that frame is
/// painted with the crosshair moved in all charts.
const HOVER: &str = "
    const [times] = arguments;
    const charts = [...document.querySelectorAll('[role=application]')];
    const crosses = () => charts.map((chart) => chart.querySelector('.cross')?.getAttribute('d'));
    const box = charts[0].getBoundingClientRect();
    const seen = (window.podiumBench = { taken: [], charts: charts.length, done: false });
    const step = () => {
        const before = crosses();
        const began = performance.now();
        const at = box.left + box.width * (0.25 + 0.5 * ((seen.taken.length * 37) % 100) / 100);
        const pointer = { clientX: at, clientY: box.top + box.height / 2, bubbles: true, pointerId: 1 };
        charts[0].dispatchEvent(new PointerEvent('pointermove', pointer));
        const frame = new MessageChannel();
        frame.port1.onmessage = () => {
            const moved = crosses().every((now, at) => now && now !== before[at]);
            if (!moved && performance.now() - began < 2000) return requestAnimationFrame(() => frame.port2.postMessage(0));
            seen.taken.push(performance.now() - began);
            if (seen.taken.length >= times) seen.done = true;
            else requestAnimationFrame(step);
        };
        frame.port2.postMessage(0);
    };
    requestAnimationFrame(step);
    return true";

/// Scrolls the board by a notch of a wheel in every frame. A time is from one frame to the next.
const SCROLL: &str = "
    const [times] = arguments;
    let board = document.querySelector('figure');
    while (board.scrollHeight <= board.clientHeight + 1000 || getComputedStyle(board).overflowY === 'visible')
        board = board.parentElement;
    const seen = (window.podiumBench = { taken: [], height: board.scrollHeight, done: false });
    let last = performance.now();
    const frame = () => {
        const now = performance.now();
        seen.taken.push(now - last);
        last = now;
        board.scrollTop += 100;
        if (seen.taken.length >= times) seen.done = true;
        else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    return true";

const SEEN: &str = "return window.podiumBench.done && window.podiumBench";

pub async fn measure(server: &MlflowServer) {
    let database = server.folder.join("mlflow.db");
    let curves = |experiment: &str, runs: &str, points: &str, keys: &str| {
        let history = ["--metrics", "0", "--history", points, "--history-keys", keys];
        seed(&database, &[&["--experiment", experiment, "--runs", runs][..], &history].concat());
    };
    curves("one-curve", "1", "10000", "1");
    curves("twelve", "20", "1000", "12");
    curves("keys-2000", "2", "20", "2000");

    for (name, scale, goal) in [("frame_to_screen", 1, FRAME_GOAL), ("frame_to_screen_2x", 2, LARGE_FRAME_GOAL)] {
        let window = board(&database, "one-curve", (1440, 900), scale).await;
        window.find_like("button", "Enlarge").await;
        window.run("document.querySelector('button[aria-label^=Enlarge]').click()", vec![]).await;
        fit_canvas(&window, (1200.0, 700.0)).await;
        let seen = measured(&window, DRAW, FRAMES).await;
        let pixels: f64 = seen["size"].as_array().unwrap().iter().filter_map(Value::as_f64).product();
        let wanted = 1200.0 * 700.0 * f64::from(scale * scale);
        assert!((pixels / wanted - 1.0).abs() < 0.02, "{}", seen["size"]);
        report(name, middle(times(&seen)), goal);
        window.close().await;
    }

    let window = board(&database, "twelve", (2400, 1600), 1).await;
    window
        .until("twelve charts", "return document.querySelectorAll('[role=application] canvas').length >= 12", vec![])
        .await;
    let seen = measured(&window, HOVER, MOVES).await;
    assert!(seen["charts"].as_u64() >= Some(12), "{seen}");
    report("hover_12_charts", p95(times(&seen)), HOVER_GOAL);
    window.close().await;

    let window = board(&database, "keys-2000", (1440, 900), 1).await;
    let seen = measured(&window, SCROLL, 3 * MOVES).await;
    assert!(seen["height"].as_f64() > Some(50_000.0), "{seen}");
    report("board_2000_scroll", p95(times(&seen)), SCROLL_GOAL);
    window.close().await;
}

/// A new window that shows nothing but the charts of an experiment.
async fn board(database: &Path, experiment: &str, (width_px, height_px): (u32, u32), scale: u32) -> Window {
    let data = tempfile::tempdir().unwrap().keep();
    let start = Start::new(env!("CARGO_BIN_EXE_podium"), data).arg(database.display().to_string()).scale(scale);
    let window = Window::open(Start { width_px, height_px, ..start }).await;
    let found = window.find_like("treeitem", experiment).await;
    window.press(&found).await;
    window.click("radio", "Only the charts").await;
    window.until("curves", PAINTED, vec![]).await;
    window
}

/// Makes the window as large as the canvas needs, give or take what is rounded.
async fn fit_canvas(window: &Window, (width_px, height_px): (f64, f64)) {
    const SIZE: &str = "const { clientWidth, clientHeight } = document.querySelector('[role=application] canvas');
        return [innerWidth - clientWidth, innerHeight - clientHeight]";
    for _ in 0..3 {
        let around = window.run(SIZE, vec![]).await;
        let around = |at: usize| around[at].as_f64().unwrap();
        window.resize((width_px + around(0)) as u32, (height_px + around(1)) as u32).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn measured(window: &Window, script: &str, count: u32) -> Value {
    window.run(script, vec![json!(count)]).await;
    window.until("the measurement", SEEN, vec![]).await
}

/// Without the first, which finds nothing warm.
fn times(seen: &Value) -> Vec<Duration> {
    let taken = seen["taken"].as_array().unwrap().iter().skip(1);
    taken.map(|ms| Duration::from_secs_f64(ms.as_f64().unwrap() / 1000.0)).collect()
}

fn p95(mut taken: Vec<Duration>) -> Duration {
    taken.sort();
    taken[taken.len() * 95 / 100]
}
