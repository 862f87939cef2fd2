//! The real window, driven as a person would: find a control by its role and name, click, type, drag, look.
//!
//! `Window::open` starts WebKitWebDriver on a free port and lets it start the built app on its own
//! data directory. Every search waits; when the wait is over it panics with what the window shows,
//! and leaves a picture beside the build. Dropping a `Window` ends the driver, the app and its
//! web processes.
//!
//! Needs Debian's `xvfb`, `dbus-x11` and `webkit2gtk-driver`; `make test` sees to them.
#![allow(dead_code)] // Each test file uses its own part of this.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions, MouseActions, PointerAction};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::ports::free_port;
use super::supervised::{Supervised, supervised};

pub use fantoccini::key::Key;

/// How long a search goes on before the test has failed. Slow machines get their time.
const PATIENCE: Duration = Duration::from_secs(180);
/// The process that is driven.
const APP: &str = "podium";
const GLANCE: Duration = Duration::from_millis(40);
const LEFT_BUTTON: u64 = 0;
/// More controls than any screen has.
const MOST_STOPS: usize = 300;
/// Room for 1440 × 900 at two device pixels each.
const SCREEN: &str = "-screen 0 3200x2000x24";

/// The web platform's key under which WebDriver passes an element.
const ELEMENT_KEY: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Defines `podium(role, name, exact, root)` for every script that follows it.
const LOCATE: &str = include_str!("locate.js");

/// Asks whether a chart is on screen: many colours, not an empty frame.
pub const PAINTED: &str = "return [...document.querySelectorAll('canvas')].some(canvas => { \
   if (!(canvas.width && canvas.height)) return false; \
   const seen = new Set(); \
   const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height); \
   for (let i = 0; i < data.length; i += 4) if (data[i + 3]) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]); \
   return seen.size > 20 })";

/// Without it no picture can be taken.
const KEEP_PAINTING: &str = include_str!("keep_painting.js");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

/// What to start and how it looks. `Start::new()` is the built app, light, 1440 × 900.
#[derive(Clone, Debug)]
pub struct Start {
    pub binary: PathBuf,
    pub args: Vec<String>,
    pub data_dir: PathBuf,
    pub theme: Theme,
    pub width_px: u32,
    pub height_px: u32,
    /// Device pixels per CSS pixel; whole numbers, as GTK 3 takes them.
    pub scale: u32,
    /// Further environment of the app.
    pub env: Vec<(String, String)>,
    /// Whether there is a keyring, unlocked and empty. Without one the app is told that there is none,
    /// so that no window of the system's asks for a password.
    pub keyring: bool,
}

impl Start {
    pub fn new(binary: impl Into<PathBuf>, data_dir: impl Into<PathBuf>) -> Self {
        Self {
            binary: binary.into(),
            args: Vec::new(),
            data_dir: data_dir.into(),
            theme: Theme::Light,
            width_px: 1440,
            height_px: 900,
            scale: 1,
            env: Vec::new(),
            keyring: false,
        }
    }

    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    pub fn scale(mut self, scale: u32) -> Self {
        self.scale = scale;
        self
    }
}

/// The driver on a hidden display and session bus of its own. Ends with everything it started when
/// it is dropped, and also when the test process dies: `supervise.py` watches for that.
struct Driver {
    running: Supervised,
    url: String,
}

impl Driver {
    fn spawn(start: &Start) -> Self {
        let port = free_port();
        let mut command = supervised();
        // PODIUM_TEST_DISPLAY=1 opens the windows on the display at hand, to look on.
        if std::env::var_os("PODIUM_TEST_DISPLAY").is_none() {
            command.args(["xvfb-run", "-a", "-s", SCREEN, "dbus-run-session", "--"]);
        }
        if start.keyring {
            let unlocked =
                r#"printf keyring | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$@""#;
            command.args(["sh", "-c", unlocked, "sh"]);
        } else {
            command.env("PODIUM_KEYRING", "none");
        }
        command.arg("WebKitWebDriver").arg(format!("--port={port}"));
        for folder in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
            command.env(folder, start.data_dir.join(folder));
        }
        command
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("PODIUM_DATA_DIR", &start.data_dir)
            // WebKit reads the colour scheme from GTK's theme.
            .env("GTK_THEME", if start.theme == Theme::Dark { "Adwaita:dark" } else { "Adwaita" })
            .env("GDK_SCALE", start.scale.to_string())
            .env("GDK_BACKEND", "x11")
            // No search for an accessibility bus, which is not there and costs seconds.
            .env("NO_AT_BRIDGE", "1")
            .env("LC_ALL", "C.UTF-8")
            .envs(start.env.iter().map(|(name, value)| (name.as_str(), value.as_str())))
            .stdout(Stdio::null());
        let log = start.data_dir.join("window.log");
        match std::fs::create_dir_all(&start.data_dir).and_then(|()| File::create(log)) {
            Ok(log) => command.stderr(log),
            Err(error) => panic!("no log beside the app's data: {error}"),
        };
        Self { running: Supervised::start(command), url: format!("http://127.0.0.1:{port}") }
    }
}

/// One running app and the session that drives it.
pub struct Window {
    pub client: Client,
    /// Where pictures of failures go.
    pictures: PathBuf,
    data_dir: PathBuf,
    driver: Driver,
}

impl Window {
    /// Starts the app and waits until its page is loaded.
    pub async fn open(start: Start) -> Self {
        assert!(start.binary.is_file(), "{} is not built", start.binary.display());
        let driver = Driver::spawn(&start);
        let capabilities = json!({
            "pageLoadStrategy": "normal",
            "webkitgtk:browserOptions": { "binary": start.binary, "args": start.args },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!() };
        let since = Instant::now();
        let client = loop {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            match builder.capabilities(capabilities.clone()).connect(&driver.url).await {
                Ok(client) => break client,
                // The driver's port opens a moment after the process.
                Err(error) if since.elapsed() > PATIENCE => {
                    let log = std::fs::read_to_string(start.data_dir.join("window.log")).unwrap_or_default();
                    panic!("{} opens no window: {error}\n{log}", start.binary.display());
                }
                Err(_) => tokio::time::sleep(GLANCE).await,
            }
        };
        let pictures = start.binary.parent().unwrap_or(Path::new(".")).join("pictures");
        let window = Self { client, pictures, data_dir: start.data_dir, driver };
        window.resize(start.width_px, start.height_px).await;
        window.until("a page", "return document.readyState === 'complete'", vec![]).await;
        window
    }

    /// Ends the session as a person closes the window. Dropping does it the hard way.
    pub async fn close(self) {
        let _ = self.client.clone().close().await;
    }

    /// Asks the window to close, as its close button does.
    pub fn ask_to_close(&self) {
        let mut tool = Command::new("python3");
        tool.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/close_window.py"));
        tool.arg(self.driver.running.supervisor.id().to_string()).arg(APP);
        match tool.output() {
            Ok(output) if output.status.success() => {}
            other => panic!("the window cannot be asked to close: {other:?}"),
        }
    }

    /// Waits until the app has ended.
    pub async fn ended(&self) {
        let since = Instant::now();
        while is_running(&self.data_dir) {
            assert!(since.elapsed() < PATIENCE, "the app does not end");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Sets the window's outer size in CSS pixels, where a window manager or none lets it.
    pub async fn resize(&self, width_px: u32, height_px: u32) {
        let resized = self.client.set_window_rect(0, 0, width_px, height_px);
        self.ask("resize the window", resized).await;
    }

    /// The control with this role and accessible name. Waits for it to be there, visible, once.
    pub async fn find(&self, role: &str, name: &str) -> Element {
        self.find_in(None, role, name, true).await
    }

    /// As `find`, for a name of which only a part is known.
    pub async fn find_like(&self, role: &str, part: &str) -> Element {
        self.find_in(None, role, part, false).await
    }

    /// As `find`, the one at this place (from 0) among several of that name.
    pub async fn find_nth(&self, role: &str, name: &str, place: usize) -> Element {
        let script = format!("{LOCATE}; return podium(arguments[0], arguments[1], true)[arguments[2]] ?? null");
        let args = vec![json!(role), json!(name), json!(place)];
        let found = self.until(&format!("{role} {name:?} at {place}"), &script, args).await;
        self.element(&found)
    }

    /// As `find`, inside another element.
    pub async fn find_within(&self, root: &Element, role: &str, name: &str) -> Element {
        self.find_in(Some(root), role, name, true).await
    }

    /// As `find_like`, inside another element.
    pub async fn find_within_like(&self, root: &Element, role: &str, part: &str) -> Element {
        self.find_in(Some(root), role, part, false).await
    }

    async fn find_in(&self, root: Option<&Element>, role: &str, name: &str, exact: bool) -> Element {
        let wanted = format!("{role} {}{name:?}", if exact { "" } else { "like " });
        let args = vec![json!(role), json!(name), json!(exact), root.map_or(Value::Null, reference)];
        let script = format!("{LOCATE}; return podium(...arguments)[0] ?? null");
        let found = self.until(&wanted, &script, args).await;
        self.element(&found)
    }

    /// How many visible controls have this role and (part of a) name, now.
    pub async fn count(&self, role: &str, part: &str) -> usize {
        let script = format!("{LOCATE}; return podium(...arguments).length");
        let found = self.run(&script, vec![json!(role), json!(part), json!(false)]).await;
        found.as_u64().unwrap_or(0) as usize
    }

    /// Waits until no visible control has this role and name.
    pub async fn gone(&self, role: &str, name: &str) {
        let script = format!("{LOCATE}; return podium(...arguments).length === 0");
        let args = vec![json!(role), json!(name), json!(true)];
        self.until(&format!("no {role} {name:?}"), &script, args).await;
    }

    pub async fn click(&self, role: &str, name: &str) {
        let found = self.find(role, name).await;
        self.ask(&format!("click {role} {name:?}"), found.click()).await;
    }

    /// Clicks an element that was found.
    pub async fn press(&self, element: &Element) {
        self.ask("click", element.click()).await;
    }

    /// Replaces the text of the field with this label.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.find("textbox", label).await;
        self.ask(&format!("clear {label:?}"), field.clear()).await;
        self.ask(&format!("type into {label:?}"), field.send_keys(text)).await;
    }

    /// Goes with the Tab key to the control with this role and name, as a user without a mouse does.
    pub async fn tab_to(&self, role: &str, name: &str) {
        let wanted = self.find(role, name).await;
        for _ in 0..MOST_STOPS {
            if self.ask_of(&wanted, "return document.activeElement === arguments[0]").await == json!(true) {
                return;
            }
            self.keys(&[Key::Tab]).await;
        }
        self.fail(&format!("the Tab key does not lead to {role} {name:?}")).await
    }

    /// Presses keys one after the other, wherever the focus is.
    pub async fn keys(&self, keys: &[Key]) {
        self.chord(&[], keys).await;
    }

    /// Presses `keys` while `held` (Control, Shift) stay down.
    pub async fn chord(&self, held: &[Key], keys: &[Key]) {
        let values = |keys: &[Key]| keys.iter().map(|key| char::from(*key)).collect::<Vec<_>>();
        self.strike(&values(held), &values(keys)).await;
    }

    /// Presses a letter while `held` stay down.
    pub async fn shortcut(&self, held: &[Key], letter: char) {
        let held: Vec<char> = held.iter().map(|key| char::from(*key)).collect();
        self.strike(&held, &[letter]).await;
    }

    /// Types text, wherever the focus is.
    pub async fn type_text(&self, text: &str) {
        self.strike(&[], &text.chars().collect::<Vec<_>>()).await;
    }

    async fn strike(&self, held: &[char], keys: &[char]) {
        let mut board = KeyActions::new("keyboard".to_owned());
        for &value in held {
            board = board.then(KeyAction::Down { value });
        }
        for &value in keys {
            board = board.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        for &value in held.iter().rev() {
            board = board.then(KeyAction::Up { value });
        }
        self.ask("press keys", self.client.perform_actions(board)).await;
    }

    /// Drags with the mouse from the middle of one element to the middle of another: press, a few
    /// moves as a hand makes them, release.
    pub async fn drag(&self, from: &Element, to: &Element) {
        self.take(from, to).await;
        self.drop_here().await;
    }

    /// The first half of `drag`: the thing is over its target and still in the hand.
    pub async fn take(&self, from: &Element, to: &Element) {
        let (x0, y0) = self.middle(from).await;
        let (x1, y1) = self.middle(to).await;
        let step = |x, y| PointerAction::MoveTo { duration: Some(Duration::from_millis(12)), x, y };
        let mut mouse =
            MouseActions::new("mouse".to_owned()).then(step(x0, y0)).then(PointerAction::Down { button: LEFT_BUTTON });
        const STEPS: u32 = 10;
        for i in 1..=STEPS {
            let part = f64::from(i) / f64::from(STEPS);
            mouse = mouse.then(step((x0 + (x1 - x0) * part).round(), (y0 + (y1 - y0) * part).round()));
        }
        self.point(mouse).await;
    }

    pub async fn drop_here(&self) {
        let mouse = MouseActions::new("mouse".to_owned());
        self.point(mouse.then(PointerAction::Up { button: LEFT_BUTTON })).await;
    }

    /// Drags inside an element from one place to another, each as shares of its width and height.
    pub async fn sweep(&self, element: &Element, from: (f64, f64), to: (f64, f64)) {
        self.middle(element).await;
        let script = "const r = arguments[0].getBoundingClientRect(); return [r.x, r.y, r.width, r.height]";
        let at = self.run(script, vec![reference(element)]).await;
        let part = |i: usize| at.get(i).and_then(Value::as_f64).unwrap_or_default();
        let place = |(x, y): (f64, f64)| ((part(0) + part(2) * x).round(), (part(1) + part(3) * y).round());
        let step = |(x, y): (f64, f64)| PointerAction::MoveTo { duration: Some(Duration::from_millis(12)), x, y };
        let mut mouse = MouseActions::new("mouse".to_owned())
            .then(step(place(from)))
            .then(PointerAction::Down { button: LEFT_BUTTON });
        for i in 1..=8 {
            let along = f64::from(i) / 8.0;
            mouse = mouse.then(step(place((from.0 + (to.0 - from.0) * along, from.1 + (to.1 - from.1) * along))));
        }
        self.point(mouse.then(PointerAction::Up { button: LEFT_BUTTON })).await;
    }

    /// Moves the mouse to the middle of an element.
    pub async fn hover(&self, element: &Element) {
        let (x, y) = self.middle(element).await;
        self.point(MouseActions::new("mouse".to_owned()).then(PointerAction::MoveTo { duration: None, x, y })).await;
    }

    async fn point(&self, mouse: MouseActions) {
        self.ask("move the mouse", self.client.perform_actions(mouse)).await;
    }

    /// The middle of an element in CSS pixels of the viewport, scrolled into sight first.
    async fn middle(&self, element: &Element) -> (f64, f64) {
        let script = "arguments[0].scrollIntoView({ block: 'nearest', inline: 'nearest' }); \
             const r = arguments[0].getBoundingClientRect(); \
             return [r.x + r.width / 2, r.y + r.height / 2]";
        let at = self.run(script, vec![reference(element)]).await;
        let part = |i: usize| at.get(i).and_then(Value::as_f64).map(f64::round);
        match (part(0), part(1)) {
            (Some(x), Some(y)) => (x, y),
            _ => self.fail("the element is no longer in the window").await,
        }
    }

    /// Waits until the window shows this text.
    pub async fn wait_for(&self, text: &str) {
        let script = "return document.body.innerText.includes(arguments[0])";
        self.until(&format!("the text {text:?}"), script, vec![json!(text)]).await;
    }

    /// Everything the window shows, as text.
    pub async fn text(&self) -> String {
        let shown = self.run("return document.body.innerText", vec![]).await;
        shown.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until `script` returns something other than null or false, and gives that.
    pub async fn until(&self, wanted: &str, script: &str, args: Vec<Value>) -> Value {
        let since = Instant::now();
        loop {
            let seen = within(self.client.execute(script, args.clone())).await;
            match &seen {
                Ok(Value::Null | Value::Bool(false)) => {}
                Ok(_) => return seen.unwrap_or_default(),
                // A page that is being replaced cannot answer; it is asked again.
                Err(_) => {}
            }
            if since.elapsed() > PATIENCE {
                let why = seen.err().map(|why| format!(" ({why})")).unwrap_or_default();
                self.fail(&format!("waited for {wanted} in vain{why}")).await;
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Runs a script in the page. Only for questions; what a person does goes through the controls.
    pub async fn run(&self, script: &str, args: Vec<Value>) -> Value {
        self.ask("ask the page", self.client.execute(script, args)).await
    }

    /// Runs a script that gets the element as its only argument.
    pub async fn ask_of(&self, element: &Element, script: &str) -> Value {
        self.run(script, vec![reference(element)]).await
    }

    /// Runs a script that gets the element and something more.
    pub async fn run_with(&self, element: &Element, script: &str, more: Value) -> Value {
        self.run(script, vec![reference(element), more]).await
    }

    /// Writes what the window shows to a PNG, after fonts are there and nothing moves any more.
    pub async fn screenshot(&self, path: &Path) {
        let still = "return document.fonts.status === 'loaded' && \
             document.getAnimations().every(a => a.playState !== 'running' || \
               a.effect?.getTiming().iterations === Infinity)";
        self.until("a still picture", still, vec![]).await;
        let png = self.ask("take a picture", self.picture()).await;
        write(path, &png);
    }

    async fn picture(&self) -> Result<Vec<u8>, CmdError> {
        self.client.execute(KEEP_PAINTING, vec![]).await?;
        self.client.screenshot().await
    }

    /// What the driver answers, or a failed test when it refuses or stays silent.
    async fn ask<T>(&self, what: &str, answer: impl Future<Output = Result<T, CmdError>>) -> T {
        match within(answer).await {
            Ok(answer) => answer,
            Err(why) => self.fail(&format!("cannot {what}: {why}")).await,
        }
    }

    /// Fails the test with what was wanted, what is to be seen, and a picture of it.
    async fn fail(&self, what: &str) -> ! {
        let picture = self.pictures.join("failed.png");
        let text = self.client.execute("return document.body.innerText", vec![]);
        let shown = match within(text).await {
            Ok(shown) => shown.as_str().unwrap_or_default().to_owned(),
            Err(why) => format!("(nothing can be read: {why})"),
        };
        if let Ok(png) = within(self.picture()).await {
            write(&picture, &png);
        }
        panic!("{what}\n--- the window shows ({}):\n{shown}\n---", picture.display());
    }

    fn element(&self, found: &Value) -> Element {
        match found.get(ELEMENT_KEY).and_then(Value::as_str) {
            Some(id) => Element::from_element_id(self.client.clone(), ElementRef::from(id.to_owned())),
            None => panic!("the page gave no element: {found}"),
        }
    }
}

/// An answer of the driver, which may also never come.
async fn within<T>(answer: impl Future<Output = Result<T, CmdError>>) -> Result<T, String> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(answered) => answered.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer in {} s", PATIENCE.as_secs())),
    }
}

/// An element as a script's argument.
fn reference(element: &Element) -> Value {
    json!({ ELEMENT_KEY: element.element_id().to_string() })
}

fn write(path: &Path, bytes: &[u8]) {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, bytes));
    if let Err(error) = written {
        panic!("cannot write {}: {error}", path.display());
    }
}

/// Whether an app works with this folder.
fn is_running(data_dir: &Path) -> bool {
    let folder = format!("PODIUM_DATA_DIR={}\0", data_dir.display());
    let is_it = |process: PathBuf| {
        let read =
            |name: &str| String::from_utf8_lossy(&std::fs::read(process.join(name)).unwrap_or_default()).into_owned();
        read("comm").trim() == APP && read("environ").contains(&folder)
    };
    std::fs::read_dir("/proc").is_ok_and(|all| all.flatten().any(|entry| is_it(entry.path())))
}
