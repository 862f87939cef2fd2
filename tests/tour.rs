//! Every screen of the real window, light and dark, on the sample workspace.
//!
//! `make tour` takes pictures of them into `tests/tour`, for the README and for the author of a change to a screen.
//! The tests that run always hold the same screens against the rules of axe-core, so a screen that is added to the
//! tour is held against them by that.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A tour that cannot go on has failed.

mod common;

use std::cell::RefCell;
use std::path::Path;

use common::accessible;
use common::mlflow::{MlflowServer, Options, Version, repository};
use common::sshd::{Sshd, SshdOptions};
use common::webdriver::{Key, PAINTED, Start, Theme, Window};

#[tokio::test]
#[ignore = "takes pictures into the repository: make tour"]
async fn every_screen_light_and_dark() {
    for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let data = tempfile::tempdir().unwrap();
        let window = Window::open(Start::new(env!("CARGO_BIN_EXE_podium"), data.path()).theme(theme)).await;
        let tour = Tour { window, eye: Eye::Picture(name) };
        tour.walk().await;
        tour.window.close().await;
    }
}

#[tokio::test]
async fn every_screen_can_be_used_by_everybody() {
    let data = tempfile::tempdir().unwrap();
    let window = Window::open(Start::new(env!("CARGO_BIN_EXE_podium"), data.path())).await;
    let tour = Tour { window, eye: Eye::Rules(RefCell::default()) };
    tour.walk().await;
    tour.end().await;
}

/// A server behind SSH: it is found, its host is met, the connection is tested, and its profile is looked at.
#[tokio::test]
#[ignore = "takes pictures into the repository: make tour"]
async fn the_way_to_a_server_behind_ssh_light_and_dark() {
    let far = FarServer::start();
    for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let data = tempfile::tempdir().unwrap();
        let window = far.window(data.path(), theme).await;
        let tour = Tour { window, eye: Eye::Picture(name) };
        tour.connect().await;
        tour.window.close().await;
    }
}

#[tokio::test]
async fn the_way_to_a_server_behind_ssh_can_be_used_by_everybody() {
    let far = FarServer::start();
    let data = tempfile::tempdir().unwrap();
    let window = far.window(data.path(), Theme::Light).await;
    let tour = Tour { window, eye: Eye::Rules(RefCell::default()) };
    tour.connect().await;
    tour.end().await;
}

/// A server that is reached through SSH only, and the configuration that says how.
struct FarServer {
    folder: tempfile::TempDir,
    _server: MlflowServer,
    _sshd: Sshd,
}

impl FarServer {
    fn start() -> Self {
        let server = MlflowServer::start(Version::Newest, Options::sample());
        let sshd = Sshd::start(SshdOptions::default());
        let folder = tempfile::tempdir().unwrap();
        write_config(&folder.path().join("config"), &sshd, server.port);
        Self { folder, _server: server, _sshd: sshd }
    }

    async fn window(&self, data_dir: &Path, theme: Theme) -> Window {
        let config = self.folder.path().join("config");
        let start = Start::new(env!("CARGO_BIN_EXE_podium"), data_dir).theme(theme);
        Window::open(start.env("PODIUM_SSH_CONFIG", config.display().to_string())).await
    }
}

fn write_config(file: &Path, sshd: &Sshd, far_port: u16) {
    let text = format!(
        "Host gpu-box\n  HostName 127.0.0.1\n  Port {}\n  User {}\n  IdentityFile {}\n  IdentityAgent none\n  \
         UserKnownHostsFile none\n  GlobalKnownHostsFile none\n  LocalForward 5000 localhost:{far_port}\n\n\
         Host gpu-at-home\n  LocalForward 5001 localhost:{far_port}\n\n\
         Match originalhost gpu-at-home exec \"nmcli -t connection show --active | grep -q vpn\"\n  \
         HostName 127.0.0.1\n",
        sshd.port,
        sshd.user,
        sshd.client_key.display(),
    );
    std::fs::write(file, text).unwrap();
}

/// As the menu calls them, and the names of their pictures.
const KINDS: [(&str, &str); 12] = [
    ("Scatter plot", "chart-scatter"),
    ("Parallel coordinates", "chart-parallel"),
    ("Importance of params", "chart-importance"),
    ("Box plot", "chart-box"),
    ("Violin plot", "chart-violin"),
    ("Histogram", "chart-histogram"),
    ("EDF", "chart-edf"),
    ("Metric by param", "chart-slices"),
    ("Heat map", "chart-heat"),
    ("Contour", "chart-contour"),
    ("Optimization history", "chart-best-so-far"),
    ("Pareto front", "chart-pareto"),
];

const TEST_IS_OVER: &str = "return document.querySelector('[data-testid=test-panel][data-finished=true]') !== null";

struct Tour {
    window: Window,
    eye: Eye,
}

/// Who looks at the screens.
enum Eye {
    /// Takes a picture in the theme of this name.
    Picture(&'static str),
    /// Gathers what is against the rules of accessibility, to tell all of it at the end.
    Rules(RefCell<Vec<String>>),
}

impl Tour {
    async fn walk(&self) {
        let window = &self.window;
        window.find("button", "Connect").await;
        self.see("welcome").await;
        window.fill("Tracking server address", "127.0.0.1:9").await;
        window.click("button", "Connect").await;
        // Before that the page still grows, and a button may move away under the mouse.
        window.wait_for("http://127.0.0.1:9 cannot be reached").await;
        self.see("welcome-refused").await;
        let sample = window.find_like("button", "sample").await;
        window.press(&sample).await;

        let experiment = window.find_like("treeitem", "resnet-sweep").await;
        window.press(&experiment).await;
        window.find_like("checkbox", "Select ").await;
        window.find_like("figure", "train_loss").await;
        window.until("curves", PAINTED, vec![]).await;
        self.see("experiment").await;

        self.board().await;

        for run in ["r50-sgd", "r50-lion", "r50-adafactor"] {
            window.click("checkbox", &format!("Select {run}")).await;
        }
        self.see("experiment-selected").await;
        window.click("button", "Compare").await;
        window.find_like("heading", "Compare").await;
        window.find_like("figure", "train_loss").await;
        window.until("curves", PAINTED, vec![]).await;
        self.see("compare").await;

        self.kinds().await;

        let experiment = window.find_like("treeitem", "gbdt").await;
        window.press(&experiment).await;
        window.click("button", "Open gbdt-recent-data").await;
        window.find("heading", "gbdt-recent-data").await;
        self.see("run").await;
        let tab = window.find_like("tab", "Artifacts").await;
        window.press(&tab).await;
        let plots = window.find_like("treeitem", "plots").await;
        window.press(&plots).await;
        let roc = window.find_like("treeitem", "roc.png").await;
        window.press(&roc).await;
        window.find("img", "roc.png").await;
        self.see("artifacts").await;

        let model = window.find_like("link", "churn-gbdt").await;
        window.press(&model).await;
        let chip = window.find("button", "champion on version 3").await;
        self.see("model").await;
        let row = window.find("row", "Version 4").await;
        window.take(&chip, &row).await;
        self.see("model-drag").await;
        window.drop_here().await;
        window.find_like("button", "Promote version 4").await;
        self.see("promotion").await;
        window.click("button", "Cancel").await;
        self.version().await;

        window.resize(900, 640).await;
        window.find_like("heading", "churn-gbdt").await;
        self.see("model-narrow").await;
    }

    /// The page of a version, what uses it, and the card that swaps two aliases; from the model's page, and back.
    async fn version(&self) {
        let window = &self.window;
        window.click("button", "Open version 4").await;
        window.find_like("heading", "Version 4").await;
        window.wait_for("Signature").await;
        self.see("version").await;
        window.click("button", "Use it").await;
        window.find_like("tab", "Kubernetes").await;
        self.see("use-it").await;
        window.click("button", "Close").await;
        window.click("button", "Back").await;
        window.find_like("heading", "churn-gbdt").await;
        window.click("button", "Move an alias to version 4").await;
        let swap = window.find_like("menuitem", "Swap").await;
        window.press(&swap).await;
        window.find_like("menuitem", "champion").await;
        self.see("version-menu").await;
        window.keys(&[Key::Escape]).await;
        window.keys(&[Key::Escape]).await;
    }

    /// All the room for the charts of an experiment, and back.
    async fn board(&self) {
        let window = &self.window;
        window.click("radio", "Only the charts").await;
        for (kind, title) in [("Scatter plot", "×"), ("Parallel coordinates", "…")] {
            window.click("button", "Chart").await;
            window.click("menuitem", kind).await;
            window.find_like("figure", title).await;
        }
        window.until("points and lines", PAINTED, vec![]).await;
        self.see("board").await;
        window.click("button", "Menu of train_loss").await;
        let save = window.find_like("menuitem", "Save as PNG").await;
        self.see("board-menu").await;
        window.press(&save).await;
        window.find_like("img", "as it will be saved").await;
        self.see("chart-file").await;
        window.click("button", "Close").await;
        window.gone("dialog", "Save “train_loss”").await;
        window.click("button", "Group").await;
        window.click("combobox", "Group by").await;
        let optimizer = window.find_like("option", "optimizer").await;
        window.press(&optimizer).await;
        window.find("button", "Do not group by optimizer").await;
        self.see("board-groups").await;
        window.click("button", "Do not group by optimizer").await;
        window.keys(&[Key::Escape]).await;
        window.click("radio", "Table and charts").await;
    }

    /// Each kind of chart across the runs of the sweep, with all the room.
    async fn kinds(&self) {
        const CARDS: &str = "return [...document.querySelectorAll('[data-card]')].map(card => card.dataset.card)";
        const NEW: &str = "return [...document.querySelectorAll('[data-card]')].map(card => card.dataset.card) \
            .find(card => !arguments[0].includes(card)) ?? null";
        const FOCUS: &str =
            "document.querySelector(`[data-card=\"${CSS.escape(arguments[0])}\"]`).focus(); return true";
        let window = &self.window;
        let experiment = window.find_like("treeitem", "intent-search").await;
        window.press(&experiment).await;
        window.click("radio", "Only the charts").await;
        window.find("figure", "Chart of val/accuracy").await;
        for (kind, screen) in KINDS {
            let before = window.run(CARDS, vec![]).await;
            window.click("button", "Chart").await;
            window.click("menuitem", kind).await;
            let card = window.until(kind, NEW, vec![before]).await;
            window.run(FOCUS, vec![card]).await;
            window.type_text("f").await;
            window.find_like("button", "Show all charts beside").await;
            window.until(kind, PAINTED, vec![]).await;
            window.until("nothing that is drawn", "return !document.querySelector('[aria-busy=true]')", vec![]).await;
            self.see(screen).await;
            window.keys(&[Key::Escape]).await;
        }
        window.click("radio", "Table and charts").await;
    }

    async fn connect(&self) {
        let window = &self.window;
        window.wait_for("Found on this machine").await;
        self.see("welcome-found").await;
        window.click("button", "Add and open gpu-box").await;
        let question = window.find_like("dialog", "Is this [127.0.0.1]:").await;
        self.see("host-key").await;
        let no = window.find_within(&question, "button", "Do not connect").await;
        window.press(&no).await;

        window.click("button", "Test connection").await;
        let question = window.find_like("dialog", "Is this [127.0.0.1]:").await;
        let yes = window.find_within(&question, "button", "Trust this host").await;
        window.press(&yes).await;
        window.until("the end of the test", TEST_IS_OVER, vec![]).await;
        self.see("test-connection").await;

        window.click("button", "Edit profile").await;
        window.find("button", "Change this route").await;
        window.wait_for("Key file").await;
        self.see("profiles").await;
        window.fill("Name", "gpu box of the vision team").await;
        window.click("button", "Back").await;
        window.find_like("dialog", "Unsaved changes").await;
        self.see("unsaved").await;
        window.click("button", "Keep editing").await;
        window.click("button", "Discard changes").await;

        window.click("button", "Add and open gpu-at-home").await;
        let question = window.find_like("dialog", "Run").await;
        self.see("may-run").await;
        let no = window.find_within(&question, "button", "Do not run it").await;
        window.press(&no).await;
    }

    async fn see(&self, screen: &str) {
        match &self.eye {
            Eye::Picture(theme) => {
                // Drawing and fading end; a picture in between would show neither state.
                tokio::time::sleep(std::time::Duration::from_millis(900)).await;
                let folder = repository().join("tests/tour");
                std::fs::create_dir_all(&folder).unwrap();
                self.window.screenshot(&folder.join(format!("{screen}-{theme}.png"))).await;
            }
            Eye::Rules(broken) => {
                let found = accessible::broken_rules(&self.window).await;
                broken.borrow_mut().extend(found.into_iter().map(|rule| format!("{screen}: {rule}")));
            }
        }
    }

    async fn end(self) {
        self.window.close().await;
        if let Eye::Rules(broken) = self.eye {
            let broken = broken.into_inner();
            assert!(broken.is_empty(), "{} faults\n{}", broken.len(), broken.join("\n"));
        }
    }
}
