//! The way to a server behind SSH, gone once as a person goes it: the real window, a real sshd with
//! a key that has a passphrase, and a server that listens only on the loopback of the machine behind it.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A journey that cannot go on has failed.

mod common;

use std::net::TcpStream;
use std::path::Path;

use common::far_machine::FarMachine;
use common::marks::Mark;
use common::mlflow::{MlflowServer, Options, Version};
use common::sshd::{Sshd, SshdOptions, make_key, public_key};
use common::webdriver::{Key, Start, Window};
use serde_json::json;

const PASSPHRASE: &str = "korrekt-Pferd-Batterie-7391";

#[tokio::test]
async fn from_a_line_in_the_ssh_config_to_runs_and_back_after_a_cut() {
    let mut far = FarMachine::start();
    let mut place = || far.as_mut().map(FarMachine::place);
    let server = MlflowServer::start(Version::Newest, Options { place: place(), ..Options::sample() });
    let folder = tempfile::tempdir().unwrap();
    let key = make_key(folder.path(), "id_gpu", "ed25519", PASSPHRASE);
    let mut sshd = Sshd::start(SshdOptions {
        authorized_keys: vec![public_key(&key)],
        refuse_client_key: true,
        place: place(),
        ..SshdOptions::default()
    });
    let config = folder.path().join("config");
    // Nothing of this machine leads there by itself.
    assert_eq!(TcpStream::connect(("127.0.0.1", server.port)).is_err(), far.is_some());
    write_config(&config, &sshd, &key, server.port);
    let data = folder.path().join("data");
    let mut start = Start::new(env!("CARGO_BIN_EXE_podium"), &data)
        .env("PODIUM_SSH_CONFIG", config.display().to_string())
        .env("PODIUM_LOG", "trace");
    start.keyring = true;
    let window = Window::open(start.clone()).await;

    take_over_the_host(&window).await;
    say_no_first(&window).await;
    test_it_and_answer(&window, &sshd).await;
    browse(&window).await;
    cut_and_recover(&window, &mut sshd, &server).await;
    window.close().await;
    come_back_without_a_question(start).await;
    leaves_no_trace(&data);
}

/// A user who hits the wrong button does not lose what was typed.
#[tokio::test]
async fn an_unsaved_profile_outlives_a_hasty_close() {
    let folder = tempfile::tempdir().unwrap();
    let window = Window::open(Start::new(env!("CARGO_BIN_EXE_podium"), folder.path())).await;
    window.click("button", "Set up a profile…").await;
    window.fill("Name", "vision team").await;
    // The page holds its window a moment after the first key.
    let held = "return document.documentElement.dataset.held === 'true'";
    window.until("the page to hold its window", held, vec![]).await;
    window.ask_to_close();
    window.find("dialog", "Leave the new profile?").await;
    window.click("button", "Keep editing").await;
    window.gone("dialog", "Leave the new profile?").await;
    let name = window.find("textbox", "Name").await;
    assert_eq!(window.ask_of(&name, "return arguments[0].value").await, json!("vision team"));
    window.ask_to_close();
    // The answer to this click goes with the window.
    let _ = window.find("button", "Discard").await.click().await;
    window.ended().await;

    // A window that holds nothing closes at once.
    let window = Window::open(Start::new(env!("CARGO_BIN_EXE_podium"), folder.path())).await;
    window.find("button", "Set up a profile…").await;
    window.ask_to_close();
    window.ended().await;
}

fn write_config(file: &Path, sshd: &Sshd, key: &Path, far_port: u16) {
    let text = format!(
        "Host gpu-box\n  HostName 127.0.0.1\n  Port {}\n  User {}\n  IdentityFile {}\n  IdentityAgent none\n  \
         UserKnownHostsFile none\n  GlobalKnownHostsFile none\n  LocalForward 5000 localhost:{far_port}\n",
        sshd.port,
        sshd.user,
        key.display(),
    );
    std::fs::write(file, text).unwrap();
}

async fn take_over_the_host(window: &Window) {
    window.wait_for("Found on this machine").await;
    window.click("button", "Add and open gpu-box").await;
}

/// A no is a no: the state says so, the window asks nothing more, and there is a way on.
async fn say_no_first(window: &Window) {
    window.find_like("dialog", "Is this [127.0.0.1]:").await;
    // A user who hits Enter without reading has not trusted the host.
    let focused = "return document.activeElement?.textContent ?? ''";
    let focused = window.run(focused, vec![]).await;
    assert_ne!(focused, json!("Trust this host"), "the focus is not on trust");
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    window.keys(&[Key::Escape]).await;
    window.find("button", "Connect").await;
    window.click("button", "Test connection").await;
}

async fn test_it_and_answer(window: &Window, sshd: &Sshd) {
    let dialog = window.find_like("dialog", "Is this [127.0.0.1]:").await;
    let fingerprint = fingerprint(sshd);
    assert!(window.text().await.contains(&fingerprint), "the fingerprint is {fingerprint}");
    let yes = window.find_within(&dialog, "button", "Trust this host").await;
    window.press(&yes).await;

    window.find_like("dialog", "Passphrase of").await;
    window.fill("Passphrase", "not this one").await;
    window.click("button", "Continue").await;
    window.wait_for("That one was refused.").await;
    window.fill("Passphrase", PASSPHRASE).await;
    window.click("button", "Continue").await;

    window.until("the end of the test", TEST_IS_OVER, vec![]).await;
    let text = window.text().await;
    assert!(text.contains("MLflow 3."), "the test says what it found:\n{text}");
    assert!(!text.contains(PASSPHRASE));
    window.click("button", "Connect").await;
}

const TEST_IS_OVER: &str = "return document.querySelector('[data-testid=test-panel][data-finished=true]') !== null";

async fn browse(window: &Window) {
    let experiment = window.find_like("treeitem", "resnet-sweep").await;
    window.press(&experiment).await;
    window.find("checkbox", "Select r50-lion").await;
}

async fn cut_and_recover(window: &Window, sshd: &mut Sshd, server: &MlflowServer) {
    sshd.kill();
    window.wait_for("Reconnecting to gpu-box").await;
    // The last good data stays.
    window.find("checkbox", "Select r50-lion").await;
    let created = server.api("POST", "experiments/create", json!({ "name": "made-while-away" }));
    assert!(created["experiment_id"].is_string());
    sshd.restart();
    window.until("the strip to go", "return !document.querySelector('[data-testid=connection-strip]')", vec![]).await;
    window.find_like("treeitem", "made-while-away").await;
}

/// The host is known, and the passphrase is in the keyring.
async fn come_back_without_a_question(start: Start) {
    let window = Window::open(start).await;
    window.find_like("treeitem", "made-while-away").await;
    // The name of the server is what the window shows instead of its address once it is connected.
    window.wait_for("MLflow 3.").await;
    assert_eq!(window.count("dialog", "").await, 0, "nothing is asked");
    window.close().await;
}

/// Everything that the app and the keyring have written, the log at its most talkative included.
fn leaves_no_trace(data: &Path) {
    assert!(data.join("window.log").metadata().unwrap().len() > 10_000, "the log says much");
    assert_eq!(Mark::of(PASSPHRASE).in_folder(data), Vec::<String>::new());
}

fn fingerprint(sshd: &Sshd) -> String {
    let public = sshd.folder.join("host_ed25519.pub");
    let text = common::sshd::text_of(std::process::Command::new("ssh-keygen").arg("-lf").arg(public));
    text.split(' ').nth(1).unwrap().to_owned()
}
