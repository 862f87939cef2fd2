//! `make tour`: a picture of every screen, light and dark, from the real window on the sample workspace.
//! They go to `tests/tour`, for the README and for whoever changed a screen to look at.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A tour that cannot go on has failed.

mod common;

use common::mlflow::repository;
use common::webdriver::{PAINTED, Start, Theme, Window};

#[tokio::test]
#[ignore = "takes pictures into the repository: make tour"]
async fn every_screen_light_and_dark() {
    for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let data = tempfile::tempdir().unwrap();
        let window = Window::open(Start::new(env!("CARGO_BIN_EXE_podium"), data.path()).theme(theme)).await;
        let tour = Tour { window, theme: name };
        tour.walk().await;
        tour.window.close().await;
    }
}

struct Tour {
    window: Window,
    theme: &'static str,
}

impl Tour {
    async fn walk(&self) {
        let window = &self.window;
        window.find("button", "Connect").await;
        self.picture("welcome").await;
        window.fill("Tracking server address", "127.0.0.1:9").await;
        window.click("button", "Connect").await;
        window.wait_for("127.0.0.1:9").await;
        self.picture("welcome-refused").await;
        let sample = window.find_like("button", "sample").await;
        window.press(&sample).await;

        let experiment = window.find_like("treeitem", "resnet-sweep").await;
        window.press(&experiment).await;
        window.find_like("checkbox", "Select ").await;
        window.find_like("figure", "train_loss").await;
        window.until("curves", PAINTED, vec![]).await;
        self.picture("experiment").await;

        for run in ["r50-sgd", "r50-lion", "r50-adafactor"] {
            window.click("checkbox", &format!("Select {run}")).await;
        }
        self.picture("experiment-selected").await;
        window.click("button", "Compare").await;
        window.find_like("heading", "Compare").await;
        window.find_like("figure", "train_loss").await;
        window.until("curves", PAINTED, vec![]).await;
        self.picture("compare").await;

        let experiment = window.find_like("treeitem", "gbdt").await;
        window.press(&experiment).await;
        window.click("button", "Open gbdt-recent-data").await;
        window.find("heading", "gbdt-recent-data").await;
        self.picture("run").await;
        let tab = window.find_like("tab", "Artifacts").await;
        window.press(&tab).await;
        let plots = window.find_like("treeitem", "plots").await;
        window.press(&plots).await;
        let roc = window.find_like("treeitem", "roc.png").await;
        window.press(&roc).await;
        window.find("img", "roc.png").await;
        self.picture("artifacts").await;

        let model = window.find_like("link", "churn-gbdt").await;
        window.press(&model).await;
        let chip = window.find("button", "champion on version 3").await;
        self.picture("model").await;
        let row = window.find("row", "Version 4").await;
        window.take(&chip, &row).await;
        self.picture("model-drag").await;
        window.drop_here().await;
        window.find_like("button", "Promote version 4").await;
        self.picture("promotion").await;
        window.click("button", "Cancel").await;

        window.resize(900, 640).await;
        window.find_like("heading", "churn-gbdt").await;
        self.picture("model-narrow").await;
    }

    async fn picture(&self, screen: &str) {
        // Drawing and fading end; a picture in between would show neither state.
        tokio::time::sleep(std::time::Duration::from_millis(900)).await;
        let folder = repository().join("tests/tour");
        std::fs::create_dir_all(&folder).unwrap();
        self.window.screenshot(&folder.join(format!("{screen}-{}.png", self.theme))).await;
    }
}
