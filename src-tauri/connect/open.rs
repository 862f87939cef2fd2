//! From a profile to a store that answers: the secrets, the transport, the first round of questions.

mod headers;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::question::{Ask, Questions, SecretKind};
use super::secrets::{Obtained, Slot, Vault};
use super::ssh::{Consents, FarEnd, SshError, Tunnel, TunnelOptions};
use super::steps::Steps;
use super::tls::{self, Tls, TlsError, TlsInput};
use super::{Auth, Profile, ProfileKind, Proxy, Route};
use crate::tracking::local::LocalStore;
use crate::tracking::rest::{self, Address, Direct, DirectOptions, HttpSend, NetError, Options, RestStore};
use crate::tracking::{Result, Source, StoreError};
use ssh_config::config::ConfigFiles;

/// A wrong password is asked for again this often; a server may lock an account that fails more.
const TRIES: usize = 3;

/// What connecting needs besides the profile. Clones share it all.
#[derive(Clone)]
pub struct ConnectContext {
    pub vault: Vault,
    pub questions: Questions,
    /// Where the host keys that were accepted here are kept.
    pub data_dir: PathBuf,
    /// The commands of config files that the user agreed to run.
    pub consents: Consents,
}

impl ConnectContext {
    /// The host keys that were accepted here.
    pub fn known_hosts(&self) -> PathBuf {
        self.data_dir.join("known_hosts")
    }
}

/// Told of a certificate that the user has just trusted, as SHA-256 for the profile: at once, since what
/// was decided holds whatever becomes of the rest.
pub type KeepPin = Arc<dyn Fn(&str) + Send + Sync>;

/// A source of runs that has answered, and what it is reached by.
pub struct OpenedSource {
    pub source: Source,
    /// None where there is no SSH in between.
    pub tunnel: Option<Arc<Tunnel>>,
}

/// Opens what the profile points at. `ask` is asked about keys, secrets and trust; with
/// [`super::question::Unattended`] all of that has to be known already.
pub async fn open(
    profile: &Profile,
    route: Option<&Route>,
    context: &ConnectContext,
    ask: Arc<dyn Ask>,
    steps: &Steps,
    keep_pin: &KeepPin,
) -> Result<OpenedSource> {
    match profile.kind {
        ProfileKind::Local | ProfileKind::Sample => {
            let store = LocalStore::open(Path::new(&profile.address)).await?;
            let store = store.with_artifact_folders(&profile.artifact_folders).await;
            Ok(OpenedSource { source: store.into(), tunnel: None })
        }
        ProfileKind::Server => {
            let mut transport =
                PlannedConnection::new(profile, context, ask, keep_pin).await?.connect(route, steps).await?;
            let store = transport.signed_in().await?;
            Ok(OpenedSource { source: store.into(), tunnel: transport.tunnel })
        }
    }
}

/// What can be prepared on this machine alone, before a connection is opened.
pub(super) struct PlannedConnection<'a> {
    pub address: Address,
    tls: Option<Tls>,
    profile: &'a Profile,
    context: &'a ConnectContext,
    ask: Arc<dyn Ask>,
    keep_pin: &'a KeepPin,
}

/// How HTTP requests get to a server: directly or through SSH, with or without TLS.
pub(super) struct Transport<'a> {
    pub address: Address,
    pub http: Arc<dyn HttpSend>,
    pub tunnel: Option<Arc<Tunnel>>,
    pub tls: Option<Tls>,
    /// What went with the last question.
    pub options: Options,
    /// SHA-256 of a certificate that the user has just trusted.
    pub pin: Option<String>,
    /// A secret was asked for, and the user did not answer.
    pub unanswered: bool,
    pub profile: &'a Profile,
    context: &'a ConnectContext,
    ask: Arc<dyn Ask>,
    keep_pin: &'a KeepPin,
}

impl<'a> PlannedConnection<'a> {
    /// Reads the address and the files of the profile; may ask for the passphrase of a client key.
    pub async fn new(
        profile: &'a Profile,
        context: &'a ConnectContext,
        ask: Arc<dyn Ask>,
        keep_pin: &'a KeepPin,
    ) -> Result<Self> {
        let address = Address::parse(&profile.address)?;
        let tls = match address.is_https() {
            true => Some(client_tls(profile, context, &*ask).await?),
            false => None,
        };
        Ok(Self { address, tls, profile, context, ask, keep_pin })
    }

    pub async fn connect(self, route: Option<&Route>, steps: &Steps) -> Result<Transport<'a>> {
        let Self { address, tls, profile, context, ask, keep_pin } = self;
        let (http, tunnel): (Arc<dyn HttpSend>, _) = match route {
            Some(route) => {
                let options = tunnel_options(profile, route, &address, tls.as_ref(), context)?;
                let tunnel =
                    Tunnel::connect(options, ask.clone(), steps).await.map_err(|error| through_ssh(&address, error))?;
                (tunnel.clone(), Some(tunnel))
            }
            // Never a direct connection where the profile names a route.
            None if profile.server.route_id.is_some() => {
                return Err(StoreError::Unreachable {
                    address: address.to_string(),
                    reason: "the SSH route of this profile is missing".to_owned(),
                });
            }
            None => {
                let direct = Direct::new(&address, direct_options(profile, tls.as_ref()));
                (direct.map_err(|error| below(&address, error))?, None)
            }
        };
        let (options, pin, unanswered) = (Options::default(), None, false);
        Ok(Transport { address, http, tunnel, tls, options, pin, unanswered, profile, context, ask, keep_pin })
    }
}

impl Transport<'_> {
    /// Asks the server with the profile's headers; a certificate that is not trusted and a secret
    /// that is refused are asked about, and what proves right is kept.
    pub async fn signed_in(&mut self) -> Result<RestStore> {
        let mut refused = false;
        let mut tries = 0;
        if self.has_to_ask().await {
            self.ask_without_sign_in().await?;
        }
        loop {
            let fetched = headers::all(self.profile, self.context, &*self.ask, &self.address, refused).await;
            self.unanswered = fetched.is_err();
            let (headers, obtained) = fetched?;
            let workspace = self.profile.server.workspace.clone();
            self.options = Options { headers, workspace, ..Options::default() };
            let error =
                match RestStore::connect_over(self.address.clone(), self.http.clone(), self.options.clone()).await {
                    Ok(store) => {
                        for obtained in &obtained {
                            if let Err(error) = self.context.vault.accept(obtained).await {
                                tracing::warn!(%error, "a secret is kept for this session only");
                            }
                        }
                        return Ok(store);
                    }
                    Err(error) => error,
                };
            match error {
                StoreError::Untrusted { .. } if self.pin.is_none() && self.trusts().await => {}
                StoreError::Unauthenticated { .. } if self.profile.server.auth != Auth::None => {
                    tries += 1;
                    if tries == TRIES {
                        return Err(error);
                    }
                    refused = true;
                }
                error => return Err(error),
            }
        }
    }

    async fn has_to_ask(&self) -> bool {
        for name in self.profile.sent_secret_names() {
            if !self.context.vault.has(&Slot::profile(&self.profile.id, &name)).await {
                return true;
            }
        }
        false
    }

    /// Asks the server something without a sign-in first. So the user is not asked for the password of a server that
    /// cannot be reached or is not trusted. Any answer of the server will do.
    async fn ask_without_sign_in(&mut self) -> Result<()> {
        loop {
            let options = Options { headers: headers::open(self.profile)?, ..Options::default() };
            match RestStore::connect_over(self.address.clone(), self.http.clone(), options).await {
                Err(StoreError::Untrusted { .. }) if self.pin.is_none() && self.trusts().await => {}
                Err(
                    error @ (StoreError::Unreachable { .. }
                    | StoreError::TimedOut { .. }
                    | StoreError::Untrusted { .. }
                    // A proxy that speaks for a server which is not there.
                    | StoreError::ServerFailed { status: 502..=504, .. }),
                ) => return Err(error),
                _ => return Ok(()),
            }
        }
    }

    /// Whether the user trusts the certificate that was just shown. One that is not the pinned one
    /// is never asked about.
    pub async fn trusts(&mut self) -> bool {
        let Some(tls) = &self.tls else { return false };
        let Some(refused) = tls.refused().filter(|refused| !refused.pinned_changed) else { return false };
        if self.ask.ask(refused.question(&self.address.to_string())).await.is_none() {
            return false;
        }
        tls.trust(&refused.pin);
        (self.keep_pin)(&refused.pin);
        self.pin = Some(refused.pin);
        true
    }
}

/// The TLS of a profile; an encrypted client key is asked for its passphrase.
async fn client_tls(profile: &Profile, context: &ConnectContext, ask: &dyn Ask) -> Result<Tls> {
    let slot = Slot::profile(&profile.id, "client-key");
    let mut obtained: Option<Obtained> = None;
    for attempt in 0..=TRIES {
        let settings = profile.server.tls.clone();
        let passphrase = obtained.as_ref().map(|obtained| obtained.secret.clone());
        let built = tokio::task::spawn_blocking(move || {
            tls::client_config(TlsInput { settings: &settings, client_key_passphrase: passphrase })
        });
        let error = match built.await {
            Ok(Ok(tls)) => {
                if let Some(obtained) = &obtained
                    && let Err(error) = context.vault.accept(obtained).await
                {
                    tracing::warn!(%error, "a passphrase is kept for this session only");
                }
                return Ok(tls);
            }
            Ok(Err(error)) => error,
            Err(_) => return Err(needs(profile, "the client key could not be read")),
        };
        let file = match &error {
            TlsError::KeyNeedsPassphrase { file } | TlsError::WrongPassphrase { file } if attempt < TRIES => file,
            error => return Err(needs(profile, error.to_string())),
        };
        let subject = ssh_config::shown(file);
        let again = matches!(error, TlsError::WrongPassphrase { .. });
        let keep = profile.server.keep;
        obtained = context.vault.obtain(&slot, ask, SecretKind::ClientKeyPassphrase, &subject, keep, again).await;
        if obtained.is_none() {
            return Err(needs(profile, error.to_string()));
        }
    }
    Err(needs(profile, "the passphrase of the client key was not right"))
}

fn needs(profile: &Profile, reason: impl Into<String>) -> StoreError {
    StoreError::NeedsUser { address: profile.address.clone(), reason: reason.into() }
}

fn direct_options(profile: &Profile, tls: Option<&Tls>) -> DirectOptions {
    DirectOptions {
        tls: tls.map(|tls| tls.config.clone()),
        proxy: match &profile.server.proxy {
            Proxy::System => rest::Proxy::System,
            Proxy::None => rest::Proxy::None,
            Proxy::Fixed { url } => rest::Proxy::Fixed(url.clone()),
        },
        unix_socket: profile.server.socket_path.as_ref().map(PathBuf::from),
    }
}

fn tunnel_options(
    profile: &Profile,
    route: &Route,
    address: &Address,
    tls: Option<&Tls>,
    context: &ConnectContext,
) -> Result<TunnelOptions> {
    let target = match &profile.server.socket_path {
        Some(path) => FarEnd::Socket { path: path.clone() },
        None => FarEnd::Tcp { host: address.host(), port: address.port() },
    };
    let tls = match tls {
        Some(tls) => {
            let name = rustls_pki_types::ServerName::try_from(address.host())
                .map_err(|_| needs(profile, format!("{} is no name that TLS could check", address.host())))?;
            Some((tls.config.clone(), name))
        }
        None => None,
    };
    Ok(TunnelOptions {
        route: route.clone(),
        config: ConfigFiles::of_this_user(),
        own_known_hosts: context.known_hosts(),
        vault: context.vault.clone(),
        keep: profile.server.keep,
        consents: context.consents.clone(),
        target,
        tls,
    })
}

/// An SSH error as one of the store that was to be reached, with what to do about it. What will not pass by
/// itself is never tried again by itself: a server may lock out clients that try too often.
pub fn through_ssh(address: &Address, error: SshError) -> StoreError {
    let remedy = error.remedy().map_or_else(String::new, |remedy| format!(" {remedy}"));
    let lasting = error.is_final();
    match with_words(error.into(), &remedy) {
        NetError::Unreachable { reason } if lasting => below(address, NetError::NeedsUser { reason }),
        error => below(address, error),
    }
}

fn with_words(error: NetError, more: &str) -> NetError {
    let longer =
        |reason: String| format!("{}{}{more}", reason, if reason.ends_with('.') || more.is_empty() { "" } else { "." });
    match error {
        NetError::Unreachable { reason } => NetError::Unreachable { reason: longer(reason) },
        NetError::Silent { reason } => NetError::Silent { reason: longer(reason) },
        NetError::Closed { reason } => NetError::Closed { reason: longer(reason) },
        NetError::Untrusted { reason } => NetError::Untrusted { reason: longer(reason) },
        NetError::NeedsUser { reason } => NetError::NeedsUser { reason: longer(reason) },
        NetError::TimedOut { .. } => error,
    }
}

fn below(address: &Address, error: NetError) -> StoreError {
    rest::unanswered(address, error)
}
