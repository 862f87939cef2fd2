//! What a profile lets be changed, by the server's own word on what was.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::OnceLock;

use podium::app::PromotionRequest;
use podium::connect::{Profile, Writes};
use podium::connection::ConnectionState;
use podium::error::Code;
use serde_json::json;

use super::test_app::{TestApp, says, server, until};
use crate::common::mlflow::{MlflowServer, Options, Version};
use crate::common::sshd::{Sshd, SshdOptions};

const MODEL: &str = "churn-gbdt";

fn sample() -> &'static MlflowServer {
    static SAMPLE: OnceLock<MlflowServer> = OnceLock::new();
    SAMPLE.get_or_init(|| MlflowServer::start(Version::Newest, Options::sample()))
}

/// Where the server says that an alias is.
fn holder(alias: &str) -> Option<String> {
    let model = sample().api("GET", "registered-models/get", json!({ "name": MODEL }));
    let held = model["registered_model"]["aliases"].as_array()?.iter().find(|held| held["alias"] == alias)?.clone();
    Some(held["version"].as_str()?.to_owned())
}

fn move_to(alias: &str, from: Option<&str>, to: &str, confirmation: Option<&str>) -> PromotionRequest {
    PromotionRequest {
        model: MODEL.to_owned(),
        alias: alias.to_owned(),
        expected_version: from.map(str::to_owned),
        version: to.to_owned(),
        reason: "a test".to_owned(),
        overridden: Vec::new(),
        confirmation: confirmation.map(str::to_owned),
    }
}

async fn profile(test_app: &TestApp, name: &str, writes: Writes) -> Profile {
    let profile = test_app.save(Profile { writes, ..server(name, &sample().url) }).await;
    test_app.up(&profile).await;
    profile
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_profile_changes_nothing_by_any_way() {
    let test_app = TestApp::new().await;
    let profile = profile(&test_app, "read", Writes::ReadOnly).await;
    let before = holder("champion");
    let request = move_to("champion", before.as_deref(), "1", Some(MODEL));
    says(&test_app.app.promote(&profile.id, request).await.unwrap_err(), Code::ReadOnly, &["“read”", "Nothing"]);
    // Without the profile's consent there is no writer, whatever was confirmed, and the window is told so.
    let connection = test_app.open(&profile).await;
    for confirmation in [None, Some("yes"), Some(MODEL)] {
        assert_eq!(connection.writer(MODEL, confirmation).err().map(|error| error.code), Some(Code::ReadOnly));
    }
    let ConnectionState::Up { capabilities } = connection.state() else { panic!("{:?}", connection.state()) };
    assert!(!capabilities.writable);
    assert_eq!(holder("champion"), before);
    let card = test_app.app.prepare_promotion(&profile.id, MODEL, "champion", "1").await.unwrap();
    assert!(card.refusals.iter().any(|refusal| refusal.contains("read-only")), "{card:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_made_only_with_what_the_profile_asks_for() {
    let test_app = TestApp::new().await;
    for (writes, alias, too_little, enough) in [
        (Writes::Confirmed, "confirmed", vec![None], "yes"),
        (Writes::Typed, "typed", vec![None, Some(""), Some("churn"), Some("Churn-gbdt"), Some("typed")], MODEL),
    ] {
        let profile = profile(&test_app, alias, writes).await;
        for confirmation in &too_little {
            let request = move_to(alias, None, "1", *confirmation);
            let error = test_app.app.promote(&profile.id, request).await.unwrap_err();
            says(&error, Code::NeedsConfirmation, &["Nothing was changed"]);
        }
        assert_eq!(holder(alias), None);
        let first = test_app.app.promote(&profile.id, move_to(alias, None, "1", Some(enough))).await.unwrap();
        let second = test_app.app.promote(&profile.id, move_to(alias, Some("1"), "2", Some(enough))).await.unwrap();
        assert_eq!(holder(alias).as_deref(), Some("2"));
        for confirmation in &too_little {
            let error = test_app.app.undo_promotion(&profile.id, &second.id, *confirmation).await.unwrap_err();
            assert_eq!(error.code, Code::NeedsConfirmation);
        }
        assert_eq!(holder(alias).as_deref(), Some("2"));
        test_app.app.undo_promotion(&profile.id, &second.id, Some(enough)).await.unwrap();
        assert_eq!(holder(alias).as_deref(), Some("1"));
        // Made read-only in the meantime: what was done before is not undone either.
        test_app.save(Profile { writes: Writes::ReadOnly, ..profile.clone() }).await;
        test_app.up(&profile).await;
        let error = test_app.app.undo_promotion(&profile.id, &first.id, Some(enough)).await.unwrap_err();
        assert_eq!((error.code, holder(alias).as_deref()), (Code::ReadOnly, Some("1")));
    }
}

/// The answer to one request by hand; an error where nothing listens.
fn version_at(url: &str) -> std::io::Result<String> {
    let at = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(at)?;
    write!(stream, "GET /version HTTP/1.0\r\nHost: {at}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exposed_server_answers_on_this_machine_until_it_is_hidden_again() {
    let (sshd, test_app) = (Sshd::start(SshdOptions::default()), TestApp::new().await);
    let mut profile = server("far", &sample().url);
    profile.server.route_id = Some(test_app.route(&sshd).await.id);
    let profile = test_app.save(profile).await;
    let connection = test_app.up(&profile).await;
    assert_eq!(connection.exposure(), None);
    let url = connection.expose(true).await.unwrap().unwrap();
    assert!(version_at(&url).unwrap().ends_with(Version::Newest.release()));
    // A second wish takes nothing away from who uses it.
    assert_eq!(connection.expose(true).await.unwrap().as_ref(), Some(&url));
    assert_eq!(connection.exposure().as_ref(), Some(&url));
    assert_eq!(connection.expose(false).await.unwrap(), None);
    until("the port is closed", || version_at(&url).is_err()).await;

    let url = connection.expose(true).await.unwrap().unwrap();
    assert!(version_at(&url).is_ok());
    drop(connection);
    test_app.app.save_profile(profile).await.unwrap();
    until("the port is closed with its connection", || version_at(&url).is_err()).await;

    let direct = test_app.saved("direct", &sample().url).await;
    let error = test_app.up(&direct).await.expose(true).await.unwrap_err();
    says(&error, Code::Unsupported, &["SSH"]);
}
