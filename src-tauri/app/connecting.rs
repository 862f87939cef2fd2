//! Open connections, tests of a connection, and the secrets that profiles speak of.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, MutexGuard};
use secrecy::SecretString;
use serde::Serialize;
use specta::Type;
use tokio::sync::OnceCell;

use super::App;
use crate::change::Change;
use crate::connect::secrets::{Slot, Vault};
use crate::connect::steps::{self, Step, Steps};
use crate::connect::{Keep, KeepPin, OpenedSource, Profile, Route, diagnose};
use crate::connection::{Connection, ConnectionParts, ConnectionState};
use crate::error::{AppError, Code, Result};

/// Tests that are running or were lately, by number.
#[derive(Default)]
pub struct Tests {
    list: Mutex<BTreeMap<u32, Test>>,
}

/// The reports of the last so many finished tests are kept.
const KEPT_TESTS: usize = 4;

struct Test {
    title: String,
    steps: Steps,
    finished: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Test {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A profile and how its connection stands.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OpenProfile {
    pub profile: Profile,
    pub state: ConnectionState,
}

impl From<&Connection> for OpenProfile {
    fn from(connection: &Connection) -> Self {
        Self { profile: connection.profile().clone(), state: connection.state() }
    }
}

/// How far a test of a connection is.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TestReport {
    pub steps: Vec<Step>,
    pub finished: bool,
    /// The same as a text to hand on; no secret is in it.
    pub text: String,
}

/// A secret that a profile's settings speak of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SecretInfo {
    /// `password`, `token`, `client-key`, `header:x-api-key`
    pub name: String,
    pub saved: bool,
}

impl App {
    /// The open connection of a profile; opens it if need be.
    pub async fn connection(&self, profile_id: &str) -> Result<Arc<Connection>> {
        let opened = self.connections.of(profile_id);
        let opening = async || self.connect(self.settings.profile(profile_id).await?, None).await;
        opened.get_or_try_init(opening).await.cloned()
    }

    /// Opens a profile that has no connection yet, or goes on with one that was just made.
    pub(super) async fn connect(&self, profile: Profile, opened: Option<OpenedSource>) -> Result<Arc<Connection>> {
        let route = self.route_of(&profile).await?;
        let source = self.cache.source(&profile.id, &profile.place(route.as_ref())).await?;
        let on_sightings = self.sighting_keeper(&profile.id);
        let parts = ConnectionParts {
            keep_pin: self.pin_keeper(&profile),
            profile,
            route,
            source,
            cache: self.cache.clone(),
            context: self.connect_context.clone(),
            on_change: self.on_change.clone(),
            on_sightings,
            watch_list: self.watch_list.clone(),
        };
        Ok(Arc::new(Connection::open(parts, opened)))
    }

    /// Connects again now, asking the user what has to be asked.
    pub async fn reconnect(&self, profile_id: &str) -> Result<()> {
        self.connection(profile_id).await?.reconnect();
        Ok(())
    }

    /// Opens or closes a port of this machine that leads to the server; answers with its address.
    pub async fn expose(&self, profile_id: &str, on: bool) -> Result<Option<String>> {
        self.connection(profile_id).await?.expose(on).await
    }

    /// The address that the server has on this machine while it is exposed.
    pub async fn exposure(&self, profile_id: &str) -> Result<Option<String>> {
        Ok(self.connection(profile_id).await?.exposure())
    }

    /// Looks at once whether the ways that are open still are.
    pub fn check_connections(&self) {
        for connection in self.connections.all() {
            connection.check_now();
        }
    }

    pub(super) async fn route_of(&self, profile: &Profile) -> Result<Option<Route>> {
        match &profile.server.route_id {
            // Never a direct connection where the profile names a route.
            Some(route_id) => Ok(Some(self.settings.route(route_id).await?)),
            None => Ok(None),
        }
    }

    /// Saves the certificate that the user has just trusted in the profile that met it, as long as that
    /// one still leads there.
    fn pin_keeper(&self, met_by: &Profile) -> KeepPin {
        let (settings, connections) = (self.settings.clone(), self.connections.clone());
        let (met_by, on_change) = (met_by.clone(), self.on_change.clone());
        Arc::new(move |pin| {
            let (settings, connections) = (settings.clone(), connections.clone());
            let (met_by, pin, on_change) = (met_by.clone(), pin.to_owned(), on_change.clone());
            tokio::spawn(async move {
                let saved = async {
                    let mut profile = settings.profile(&met_by.id).await?;
                    if !met_by.leads_elsewhere(&profile) {
                        profile.server.tls.pin = Some(pin.clone());
                        settings.save_profile(&profile).await?;
                        // Where a test met it, a connection that is open need not ask once more.
                        if let Some(connection) = connections.of(&met_by.id).get() {
                            connection.trust(&pin);
                        }
                    }
                    Ok::<(), AppError>(())
                };
                match saved.await {
                    Ok(()) => on_change(Change::Profiles),
                    Err(error) => tracing::warn!(%error, "a trusted certificate was not saved"),
                }
            });
        })
    }

    /// Closes the connection of a profile that was changed or deleted; the next read opens it anew.
    pub(super) async fn close(&self, profile_id: &str) {
        if let Some(opening) = self.connections.remove(profile_id)
            // Waits for one that is just being opened, and opens none.
            && let Ok(connection) = opening.get_or_try_init(async || Err(())).await
        {
            connection.end();
        }
        self.tell(Change::Connection { profile_id: profile_id.to_owned() });
    }

    /// Begins to test a connection step by step. The profile and the route may be drafts. What is
    /// answered while a draft is tested is forgotten with the test.
    pub async fn start_test(&self, mut profile: Profile, route: Option<Route>) -> Result<u32> {
        let password = super::profiles::take_sign_in(&mut profile);
        let mut profile = profile.checked()?;
        let route = match route {
            Some(route) => Some(route),
            None => self.route_of(&profile).await?,
        };
        // Nor may a kept secret go where a draft leads, but its saved profile does not.
        let saved = self.settings.profiles().await?.into_iter().find(|saved| saved.id == profile.id);
        let is_draft = match &saved {
            None => true,
            Some(saved) => {
                password.is_some()
                    || saved.leads_elsewhere(&profile)
                    || match (self.route_of(saved).await?, &route) {
                        (Some(before), Some(now)) => before.leads_elsewhere(now),
                        (before, now) => before.is_some() != now.is_some(),
                    }
            }
        };
        let draft = is_draft.then(|| {
            profile.id = format!("draft-{}", uuid::Uuid::new_v4());
            Draft::of(&profile, &self.connect_context.vault)
        });
        if let Some(password) = password {
            self.set_secret(&profile.id, "password", password, Keep::Session).await?;
        }
        let keep_pin: KeepPin = match draft {
            Some(_) => Arc::new(|_| {}),
            None => self.pin_keeper(&profile),
        };
        let mut list = self.tests.list.lock();
        let id = list.keys().next_back().map_or(1, |last| last + 1);
        let on_change = self.on_change.clone();
        let steps = Steps::new(move || on_change(Change::Test { id }));
        let finished = Arc::new(AtomicBool::new(false));
        let title = format!("Connection test of “{}” ({})", profile.name, profile.address);
        let task = {
            let (context, steps, finished) = (self.connect_context.clone(), steps.clone(), finished.clone());
            let on_change = self.on_change.clone();
            tokio::spawn(async move {
                let _forgotten_at_the_end = draft;
                let ask = context.questions.of(&profile.name);
                diagnose(&profile, route.as_ref(), &context, ask, &steps, &keep_pin).await;
                finished.store(true, Ordering::SeqCst);
                on_change(Change::Test { id });
            })
        };
        list.insert(id, Test { title, steps, finished, task });
        while list.len() > KEPT_TESTS {
            list.pop_first();
        }
        Ok(id)
    }

    pub fn read_test(&self, id: u32) -> Result<TestReport> {
        let list = self.tests.list.lock();
        let test = list.get(&id).ok_or_else(|| AppError::new(Code::NotFound, "This test is over. Run it again."))?;
        let steps = test.steps.list();
        Ok(TestReport {
            text: steps::as_text(&test.title, &steps),
            // A task that has failed says nothing any more.
            finished: test.finished.load(Ordering::SeqCst) || test.task.is_finished(),
            steps,
        })
    }

    /// Stops a test; what it has found so far can still be read.
    pub fn stop_test(&self, id: u32) {
        let list = self.tests.list.lock();
        if let Some(test) = list.get(&id) {
            test.task.abort();
            test.finished.store(true, Ordering::SeqCst);
            self.tell(Change::Test { id });
        }
    }

    /// The secrets that a saved profile speaks of, and whether they are kept.
    pub async fn secrets(&self, profile_id: &str) -> Result<Vec<SecretInfo>> {
        let profile = self.settings.profile(profile_id).await?;
        let mut secrets = Vec::new();
        for name in profile.secret_names() {
            let saved = self.connect_context.vault.has(&Slot::profile(profile_id, &name)).await;
            secrets.push(SecretInfo { name, saved });
        }
        Ok(secrets)
    }

    /// Keeps a secret of a profile in place of the one before; the next read connects with it.
    pub async fn replace_secret(&self, profile_id: &str, name: &str, secret: SecretString, keep: Keep) -> Result<()> {
        self.set_secret(profile_id, name, secret, keep).await?;
        self.close(profile_id).await;
        Ok(())
    }

    pub async fn forget_secret(&self, profile_id: &str, name: &str) -> Result<()> {
        self.connect_context
            .vault
            .forget(&Slot::profile(profile_id, name))
            .await
            .map_err(|error| AppError::new(Code::Keyring, format!("The secret may still be in the keyring: {error}.")))
    }

    /// Keeps a secret that came along with a profile. A keyring that refuses it is no reason to have half of a
    /// profile: it is there until Podium closes then, and asked for later.
    pub(super) async fn hold_secret(&self, profile: &Profile, name: &str, secret: SecretString) {
        let slot = Slot::profile(&profile.id, name);
        if let Err(error) = self.connect_context.vault.hold(&slot, &secret, profile.server.keep).await {
            tracing::warn!(%error, "a secret is kept for this session only");
        }
    }

    pub(super) async fn set_secret(
        &self,
        profile_id: &str,
        name: &str,
        secret: SecretString,
        keep: Keep,
    ) -> Result<()> {
        self.connect_context.vault.set(&Slot::profile(profile_id, name), &secret, keep).await.map_err(|error| {
            let way_out = "Choose to keep it for this session, or to be asked each time.";
            AppError::new(Code::Keyring, format!("The secret was not kept: {error}. {way_out}"))
        })
    }
}

/// Open connections by profile. Clones are the same.
#[derive(Clone, Default)]
pub struct Connections {
    list: Arc<Mutex<HashMap<String, Opening>>>,
}

/// Filled once, so that a profile is opened once. Opening another profile does not wait for it.
type Opening = Arc<OnceCell<Arc<Connection>>>;

impl Connections {
    pub(super) fn of(&self, profile_id: &str) -> Opening {
        self.list().entry(profile_id.to_owned()).or_default().clone()
    }

    fn all(&self) -> Vec<Arc<Connection>> {
        self.list().values().filter_map(|opening| opening.get().cloned()).collect()
    }

    pub(super) fn put(&self, profile_id: &str, connection: Arc<Connection>) {
        self.list().insert(profile_id.to_owned(), Arc::new(OnceCell::new_with(Some(connection))));
    }

    fn remove(&self, profile_id: &str) -> Option<Opening> {
        self.list().remove(profile_id)
    }

    fn list(&self) -> MutexGuard<'_, HashMap<String, Opening>> {
        self.list.lock()
    }
}

/// A profile that is not saved, or not yet: no later one may send its secrets to another server.
pub(super) struct Draft {
    vault: Vault,
    slots: Vec<Slot>,
}

impl Draft {
    pub(super) fn of(profile: &Profile, vault: &Vault) -> Self {
        let slots = profile.secret_names().iter().map(|name| Slot::profile(&profile.id, name)).collect();
        Self { vault: vault.clone(), slots }
    }

    /// It is saved now.
    pub(super) fn keep(mut self) {
        self.slots.clear();
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let (vault, slots) = (self.vault.clone(), std::mem::take(&mut self.slots));
        // When the app ends its runtime is gone, and what a test has kept is only in memory.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            for slot in slots {
                vault.forget_session(&slot);
                // The user is not asked to unlock a keyring that has no such entry.
                if vault.has(&slot).await
                    && let Err(error) = vault.forget(&slot).await
                {
                    tracing::warn!(%error, "a secret of a test may still be in the keyring");
                }
            }
        });
    }
}
