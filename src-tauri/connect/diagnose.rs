//! A test of a connection: what making one does, step by step, and what the server then lets us do.
//! Nothing is changed anywhere but trust that the user gives while the test runs.

mod direct;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::open::{ConnectContext, KeepPin, PlannedConnection, Transport};
use super::question::Ask;
use super::steps::{RunningStep, StepName, StepState, Steps};
use super::{Auth, Profile, ProfileKind, Proxy, Route};
use crate::tracking::local::LocalStore;
use crate::tracking::rest::Address;
use crate::tracking::rest::checks::{CheckStatus, Finding, ServerChecks};
use crate::tracking::{StoreError, TrackingStore};

/// Writes every step down, up to the first that fails.
pub async fn diagnose(
    profile: &Profile,
    route: Option<&Route>,
    context: &ConnectContext,
    ask: Arc<dyn Ask>,
    steps: &Steps,
    keep_pin: &KeepPin,
) {
    match profile.kind {
        ProfileKind::Server => server(profile, route, context, ask, steps, keep_pin).await,
        ProfileKind::Local | ProfileKind::Sample => database(Path::new(&profile.address), steps).await,
    }
}

async fn database(path: &Path, steps: &Steps) {
    let step = steps.begin(StepName::Mlflow, path.display().to_string());
    match LocalStore::open(path).await {
        Ok(store) => step.pass(store.capabilities().description.clone()),
        Err(error) => step.fail(error.to_string(), "Choose an mlflow.db, or a folder with one."),
    }
}

async fn server(
    profile: &Profile,
    route: Option<&Route>,
    context: &ConnectContext,
    ask: Arc<dyn Ask>,
    steps: &Steps,
    keep_pin: &KeepPin,
) {
    let config = steps.begin(StepName::Config, &profile.address);
    let planned = match PlannedConnection::new(profile, context, ask, keep_pin).await {
        Ok(planned) => planned,
        Err(error) => {
            config.fail(error.to_string(), "Correct the profile.");
            return;
        }
    };
    match goes_in_the_clear(profile, &planned.address) {
        true => config.warn(
            words(profile, route),
            "The sign-in goes there unencrypted, for everybody in between to read: use https://, or an SSH route.",
        ),
        false => config.pass(words(profile, route)),
    }
    let mut transport = match planned.connect(route, steps).await {
        Ok(transport) => transport,
        Err(error) => {
            // The tunnel has said in its own steps what the matter is; where it has not, this does.
            if !steps.list().iter().any(|step| step.state == StepState::Failed) {
                steps.begin(StepName::Channel, &profile.address).fail(error.to_string(), "Correct the profile.");
            }
            return;
        }
    };
    let reached = match route {
        Some(_) => tls_at_far_end(&mut transport, steps).await,
        None => direct::reach(profile, &mut transport, steps).await,
    };
    if reached {
        ask_server(profile, &mut transport, steps).await;
    }
}

/// The tunnel has tried TLS already. Whether it went well, or the user trusts what was shown.
async fn tls_at_far_end(transport: &mut Transport<'_>, steps: &Steps) -> bool {
    if !steps.list().iter().any(|step| step.name == StepName::Tls && step.state == StepState::Failed) {
        return true;
    }
    let Some(refused) = transport.tls.as_ref().and_then(|tls| tls.refused()) else { return false };
    steps.correct(StepName::Tls, StepState::Asking, direct::SHOWN, None);
    if transport.trusts().await {
        steps.correct(StepName::Tls, StepState::Warned, direct::TRUSTED, Some(direct::TRUSTED_REMEDY));
        return true;
    }
    let (reason, remedy) = direct::not_trusted(&refused);
    steps.correct(StepName::Tls, StepState::Failed, reason, Some(remedy));
    false
}

/// Whether something secret is sent through a network as it is.
fn goes_in_the_clear(profile: &Profile, address: &Address) -> bool {
    let server = &profile.server;
    let is_secret = !profile.sent_secret_names().is_empty();
    is_secret && server.is_direct() && !address.is_https() && !address.is_loopback()
}

fn words(profile: &Profile, route: Option<&Route>) -> String {
    let server = &profile.server;
    let mut words = vec![match (route, &server.socket_path) {
        (Some(route), Some(path)) => format!("the socket {path} at the end of the SSH route “{}”", route.name),
        (Some(route), None) => format!("through the SSH route “{}”", route.name),
        (None, Some(path)) => format!("the socket {path} on this machine"),
        (None, None) => match &server.proxy {
            Proxy::System => "directly, or by the system’s proxy where one is set".to_owned(),
            Proxy::None => "directly, by no proxy".to_owned(),
            Proxy::Fixed { url } => format!("by the proxy {url}"),
        },
    }];
    if let Some(file) = &server.tls.ca_file {
        words.push(format!("authorities of {file}"));
    }
    if let Some(file) = &server.tls.client_certificate_file {
        words.push(format!("client certificate {file}"));
    }
    if server.tls.pin.is_some() {
        words.push("one pinned certificate".to_owned());
    }
    if let Some(host) = &server.host_header {
        words.push(format!("Host: {host}"));
    }
    words.join(", ")
}

/// From the first HTTP answer to the workspaces.
async fn ask_server(profile: &Profile, transport: &mut Transport<'_>, steps: &Steps) {
    // The sign-in first, as it may have to be asked for; every answer is looked at closer below.
    let mut answering = steps.begin(StepName::Http, &profile.address);
    let begun = Instant::now();
    let signed_in = transport.signed_in().await;
    answering.forget_time_since(begun);
    if let (Err(StoreError::NeedsUser { reason, .. }), true) = (&signed_in, transport.unanswered) {
        answering.skip("not asked without the sign-in");
        let step = steps.begin(StepName::Credentials, &profile.name);
        step.fail(reason, "Run the test again and answer, or save it in the profile.");
        return;
    }
    let refused = matches!(&signed_in, Err(StoreError::Unauthenticated { .. })) && profile.server.auth != Auth::None;
    let mut options = transport.options.clone();
    if refused {
        // Not sent once more only to see it refused again: accounts are locked for that.
        options.headers.remove(http::header::AUTHORIZATION);
    }
    let mut checks = ServerChecks::new(transport.address.clone(), transport.http.clone(), &options);
    let mut found = checks.http().await;
    if found.status == CheckStatus::Bad
        && transport.tunnel.is_none()
        && profile.server.socket_path.is_none()
        && !transport.address.is_https()
        && direct::speaks_tls(transport).await
    {
        found.remedy = Some("This port speaks TLS: begin the address with https://.".to_owned());
    }
    if !write(answering, found) {
        return;
    }
    let step = steps.begin(StepName::Mlflow, &profile.address);
    if !write(step, checks.mlflow().await) {
        return;
    }
    let step = steps.begin(StepName::Credentials, &profile.name);
    if refused {
        let (what, remedy) = match &profile.server.auth {
            Auth::Basic { username } => (
                format!("the user name “{username}” or its password is wrong (401)"),
                "Set the password again; look at the spelling of the name.",
            ),
            _ => ("the token is not accepted (401)".to_owned(), "Set a new token; this one may have expired."),
        };
        step.fail(what, remedy);
        return;
    }
    if !write(step, checks.credentials().await) {
        return;
    }
    let step = steps.begin(StepName::Permissions, &profile.name);
    write(step, checks.permissions().await);
    let step = steps.begin(StepName::Artifacts, &profile.address);
    write(step, checks.artifacts().await);
    let step = steps.begin(StepName::Workspaces, profile.server.workspace.as_deref().unwrap_or(&profile.address));
    write(step, checks.workspaces().await);
}

/// Whether it is worth going on.
fn write(step: RunningStep, found: Finding) -> bool {
    let Finding { status, detail, remedy } = found;
    let goes_on = status != CheckStatus::Bad;
    match status {
        CheckStatus::Good => step.pass(detail),
        CheckStatus::Warn => step.warn(detail, remedy.unwrap_or_default()),
        // What has no remedy here is for the administrator of the server.
        CheckStatus::Bad => step.fail(detail, remedy.unwrap_or_else(|| "Look into the server’s log.".to_owned())),
        CheckStatus::NotHere => step.skip(detail),
    }
    goes_on
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_that_everybody_can_read_is_told() {
        let told = |address: &str, change: fn(&mut Profile)| {
            let mut profile = Profile::new("it", ProfileKind::Server, address);
            change(&mut profile);
            goes_in_the_clear(&profile, &Address::parse(address).unwrap())
        };
        assert!(told("http://mlflow.corp", |profile| profile.server.auth = Auth::Bearer));
        assert!(!told("http://mlflow.corp", |_| {}));
        assert!(!told("https://mlflow.corp", |profile| profile.server.auth = Auth::Bearer));
        assert!(!told("http://localhost:5000", |profile| profile.server.auth = Auth::Bearer));
        assert!(!told("http://mlflow.corp", |profile| {
            profile.server.auth = Auth::Bearer;
            profile.server.route_id = Some("gpu".into());
        }));
    }
}
