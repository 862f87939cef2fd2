//! The charts in the real window: what a run that explodes does to the others, a colour
//! that the user chooses, and cards in the order that the user likes.

use serde_json::json;

use crate::common::webdriver::{Key, PAINTED, Start, Window};

/// The pixels of a chart as one number, if it is none of those that are passed.
const PIXELS: &str = "const canvas = document.querySelector('figure[aria-label=\"Chart of train_loss\"] canvas'); \
    if (!canvas?.width) return null; \
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height); \
    const now = data.reduce((sum, byte, at) => (sum * 31 + byte * (at % 97)) % 1000000007, 7); \
    return [...arguments].includes(now) ? null : now";

#[tokio::test]
async fn a_run_that_explodes_is_shown_by_a_click_and_a_chosen_colour_is_kept_everywhere() {
    let data = tempfile::tempdir().unwrap();
    let start = || Start::new(env!("CARGO_BIN_EXE_podium"), data.path());
    let window = Window::open(start().arg("sample")).await;
    let experiment = window.find_like("treeitem", "resnet-sweep").await;
    window.press(&experiment).await;
    let chart = window.find("figure", "Chart of train_loss").await;
    window.until("curves", PAINTED, vec![]).await;

    let far_out = window.find_within_like(&chart, "button", "far out").await;
    let without = window.until("a chart", PIXELS, vec![]).await;
    window.press(&far_out).await;
    let with = window.until("the outliers", PIXELS, vec![without.clone()]).await;
    let chart = window.find("figure", "Chart of train_loss").await;
    let far_out = window.find_within_like(&chart, "button", "far out").await;
    assert_eq!(window.ask_of(&far_out, "return arguments[0].getAttribute('aria-pressed')").await, "true");

    window.click("button", "Open r101-lr3e-3").await;
    window.find("heading", "r101-lr3e-3").await;
    window.click("button", "Change the colour of r101-lr3e-3").await;
    window.click("radio", "Colour 12").await;
    let swatch = "return document.querySelector('header .title [style*=light-dark]').style.getPropertyValue('--run')";
    window.until("the chosen colour", &format!("{swatch}.includes('36 80 76')"), vec![]).await;
    let color = window.run(swatch, vec![]).await;
    window.close().await;

    // After a restart the table, the chart and its choice are as they were left.
    let window = Window::open(start()).await;
    window.find("heading", "r101-lr3e-3").await;
    assert_eq!(window.run(swatch, vec![]).await, color);
    let experiment = window.find_like("treeitem", "resnet-sweep").await;
    window.press(&experiment).await;
    let row = "return [...document.querySelectorAll('[role=row]')].some(row => row.textContent.includes('r101-lr3e-3') \
        && row.querySelector('[style*=light-dark]')?.style.getPropertyValue('--run') === arguments[0])";
    window.until("the colour in the table", row, vec![color]).await;
    let chart = window.find("figure", "Chart of train_loss").await;
    let far_out = window.find_within_like(&chart, "button", "far out").await;
    assert_eq!(window.ask_of(&far_out, "return arguments[0].getAttribute('aria-pressed')").await, "true");
    // Drawn with the outliers, in the new colour.
    window.until("the curve in its colour", PIXELS, vec![without, with]).await;
    window.close().await;
}

/// The cards of the three curves that each run has in their order, if it is not the one that is passed. Other metrics
/// turn out to be bars while their histories come in, and move behind all curves.
const ORDER: &str = "const curves = ['accuracy', 'train_loss', 'val_loss']; \
    const cards = [...document.querySelectorAll('[data-card]')].map(card => card.dataset.card); \
    const now = cards.filter(card => curves.includes(card)).join(); \
    return now === '' || now === arguments[0] ? null : now";

#[tokio::test]
async fn cards_are_arranged_by_drag_and_by_keyboard_undone_and_kept() {
    let data = tempfile::tempdir().unwrap();
    let start = || Start::new(env!("CARGO_BIN_EXE_podium"), data.path());
    let window = Window::open(start().arg("sample")).await;
    let experiment = window.find_like("treeitem", "resnet-sweep").await;
    window.press(&experiment).await;
    window.click("radio", "Only the charts").await;
    window.until("curves", PAINTED, vec![]).await;
    let first = window.until("an order", ORDER, vec![]).await;
    let cards: Vec<String> = first.as_str().unwrap().split(',').map(str::to_owned).collect();
    assert_eq!(cards.len(), 3, "{cards:?}");

    // By its head onto the right half of the third one: behind it.
    let head = window.find("heading", &cards[0]).await;
    let third = window.find("group", &format!("Card of {}", cards[2])).await;
    window.drag(&head, &third).await;
    let dragged = window.until("another order", ORDER, vec![first.clone()]).await;
    assert!(dragged.as_str().unwrap().starts_with(&format!("{},", cards[1])), "{dragged}");

    // By keyboard back to where it was.
    let place = format!("document.querySelector('[data-card=\"{}\"]')", cards[0]);
    while window.run(ORDER, vec![json!("")]).await != first {
        window.run(&format!("{place}.focus()"), vec![]).await;
        let before = window.run(ORDER, vec![json!("")]).await;
        window.chord(&[Key::Alt], &[Key::Left]).await;
        window.until("a step", ORDER, vec![before]).await;
    }
    // One removed, and undone.
    window.run(&format!("{place}.focus()"), vec![]).await;
    window.keys(&[Key::Delete]).await;
    window.until("one less", ORDER, vec![first.clone()]).await;
    window.wait_for("is removed").await;
    window.shortcut(&[Key::Control], 'z').await;
    window.until("all again", &format!("return {place} ? true : null"), vec![]).await;

    // All the room for one, the next one, and back.
    window.run(&format!("{place}.focus()"), vec![]).await;
    window.type_text("f").await;
    window.wait_for("1 of ").await;
    window.keys(&[Key::Right]).await;
    window.find("button", &format!("Show all charts beside {}", cards[1])).await;
    window.keys(&[Key::Escape]).await;
    window.find("button", &format!("Enlarge {}", cards[0])).await;

    // A file of it is shown before it is saved.
    window.click("button", &format!("Menu of {}", cards[0])).await;
    let save = window.find_like("menuitem", "Save as PNG").await;
    window.press(&save).await;
    let picture = "const img = document.querySelector('[role=dialog] img'); return img?.naturalWidth > 600 || null";
    window.until("the picture of the file", picture, vec![]).await;
    window.close().await;
}

/// What the card of a metric says it is zoomed to, if it says anything.
const ZOOMED: &str = "const figure = document.querySelector(`figure[aria-label=\"Chart of ${arguments[0]}\"]`); \
    return figure?.querySelector('button[title^=\"Zoomed to\"]')?.textContent.trim() ?? null";
const NOT_ZOOMED: &str = "return document.querySelector('button[title^=\"Zoomed to\"]') === null || null";

#[tokio::test]
async fn a_chart_is_zoomed_by_box_and_wheel_taken_back_and_its_values_are_pinned_and_read_as_a_table() {
    let data = tempfile::tempdir().unwrap();
    let window = Window::open(Start::new(env!("CARGO_BIN_EXE_podium"), data.path()).arg("sample")).await;
    let experiment = window.find_like("treeitem", "resnet-sweep").await;
    window.press(&experiment).await;
    window.click("radio", "Only the charts").await;
    window.until("curves", PAINTED, vec![]).await;
    let pixels = window.until("a chart", PIXELS, vec![]).await;
    let chart = window.find("application", "Chart of train_loss").await;
    let zoomed = async |metric: &str| {
        let said = window.until("what it is zoomed to", ZOOMED, vec![json!(metric)]).await;
        said.as_str().unwrap_or_default().to_owned()
    };

    // A box in both directions: x of all charts, y of this one.
    window.sweep(&chart, (0.4, 0.25), (0.7, 0.7)).await;
    let both = zoomed("train_loss").await;
    assert!(both.starts_with("step ") && both.contains(" · y "), "{both}");
    let beside = zoomed("val_loss").await;
    assert!(beside.starts_with("step ") && !beside.contains(" · y "), "{beside}");
    window.until("another picture", PIXELS, vec![pixels.clone()]).await;

    // Along x, nearer; one step back is the box again, another one everything.
    window.sweep(&chart, (0.4, 0.5), (0.6, 0.51)).await;
    let nearer = zoomed("train_loss").await;
    assert_ne!(nearer, both);
    window
        .run_with(&chart, "arguments[0].dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))", json!(null))
        .await;
    assert_eq!(zoomed("train_loss").await, both);
    window.run_with(&chart, "arguments[0].focus()", json!(null)).await;
    window.keys(&[Key::Backspace]).await;
    window.until("everything", NOT_ZOOMED, vec![]).await;

    // The wheel belongs to the page, with Ctrl to the chart; all turns are one step.
    let turn = "const r = arguments[0].getBoundingClientRect(); arguments[0].blur(); \
        const turns = Array.from({ length: 3 }, () => new WheelEvent('wheel', { ctrlKey: arguments[1], deltaY: -120, \
            clientX: r.x + r.width / 2, clientY: r.y + r.height / 2, bubbles: true, cancelable: true })); \
        return turns.map(turn => arguments[0].dispatchEvent(turn))";
    assert_eq!(window.run_with(&chart, turn, json!(false)).await, json!([true, true, true]), "the page scrolls");
    assert_eq!(window.run_with(&chart, turn, json!(true)).await, json!([false, false, false]));
    zoomed("train_loss").await;
    window.run_with(&chart, "arguments[0].focus()", json!(null)).await;
    window.keys(&[Key::Backspace]).await;
    window.until("everything", NOT_ZOOMED, vec![]).await;

    // What is under the pointer is pinned with all its runs, and let go.
    window.hover(&chart).await;
    window.wait_for("nearest of").await;
    window.type_text("t").await;
    let tip = window.find_like("group", "Values at step").await;
    window.find_within(&tip, "button", "Copy as a table").await;
    let rows = window.ask_of(&tip, "return arguments[0].querySelectorAll('.row').length").await;
    assert!(rows.as_u64().unwrap_or_default() > 5, "{rows}");
    window.keys(&[Key::Escape]).await;
    window.until("no tip", "return document.querySelector('.tip.pinned') === null || null", vec![]).await;

    // Every point, the largest first.
    window.click("button", "Menu of train_loss").await;
    window.click("menuitem", "Show the data").await;
    let grid = window.find("grid", "Values of train_loss").await;
    window.find_within_like(&grid, "columnheader", "run_id").await;
    let head = window.find_within_like(&grid, "columnheader", "value").await;
    window.press(&head).await;
    window.press(&head).await;
    let sorted =
        "return document.querySelector('[role=dialog] [role=columnheader][aria-sort=descending]') !== null || null";
    window.until("the largest first", sorted, vec![]).await;
    window.keys(&[Key::Escape]).await;
    window.gone("grid", "Values of train_loss").await;
    window.close().await;
}

#[tokio::test]
async fn a_range_that_is_brushed_across_runs_becomes_a_filter_of_the_table() {
    let data = tempfile::tempdir().unwrap();
    let window = Window::open(Start::new(env!("CARGO_BIN_EXE_podium"), data.path()).arg("sample")).await;
    let experiment = window.find_like("treeitem", "resnet-sweep").await;
    window.press(&experiment).await;
    window.find_like("figure", "Chart of").await;
    window.click("button", "Chart").await;
    window.click("menuitem", "Parallel coordinates").await;
    window.find_like("button", "accuracy, axis").await;
    // Half way up the axis of the accuracy, as a user without a mouse does.
    window.run("document.querySelector('button[aria-label^=\"accuracy, axis\"]').focus()", vec![]).await;
    for _ in 0..10 {
        window.keys(&[Key::Up]).await;
    }
    window.find_like("button", "of 16 runs brushed").await;
    // The rows outside step back.
    window.until("faded rows", "return document.querySelector('.row.faded') && true", vec![]).await;
    window.click("button", "Show only these in the table").await;
    window.until("no faded rows", "return document.querySelector('.row.faded') === null || null", vec![]).await;
    let filter = "const text = document.querySelector('[aria-label=\"Filter runs\"]').value; \
        return text.startsWith('metrics.accuracy >= 0.') ? text : null";
    window.until("a filter", filter, vec![]).await;
    let found = "const [, found] = /(\\d+) of 16/.exec(document.querySelector('.filter').textContent) ?? []; \
        return Number(found) > 0 && Number(found) < 16 ? found : null";
    window.until("fewer runs in the table", found, vec![]).await;
    window.close().await;
}
