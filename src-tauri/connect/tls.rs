//! TLS for direct connections and for tunnels: which authorities to trust, and which client certificate to show.
//!
//! One [`rustls::ClientConfig`] serves both, so everything that has to be remembered about a refused
//! server is in its verifier. There is no setting that accepts just any certificate: what no authority
//! vouches for is either the one certificate that was pinned, or refused and shown.

mod files;
mod refused_certificate;
mod verifier;

use std::path::PathBuf;
use std::sync::Arc;

use rustls::ClientConfig;
use secrecy::SecretString;

use super::TlsSettings;
use super::profile::expand_home;
use verifier::Verifier;

pub use refused_certificate::RefusedCertificate;

pub struct TlsInput<'a> {
    pub settings: &'a TlsSettings,
    /// Only an encrypted client key needs one.
    pub client_key_passphrase: Option<SecretString>,
}

/// Why no connection can be tried: something is wrong on this machine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    #[error("{}: {reason}", .file.display())]
    File { file: PathBuf, reason: String },
    #[error(
        "{}: there is no certificate in it. A PEM file has lines that say BEGIN CERTIFICATE; \
         `openssl x509 -inform der` or `openssl pkcs12` makes one from other formats",
        .file.display()
    )]
    NoCertificate { file: PathBuf },
    #[error(
        "{}: there is no private key in it. Name the PEM file of the client key, or use one with the \
         certificate and its key",
        .file.display()
    )]
    NoKey { file: PathBuf },
    #[error("{}: the client key is encrypted; its passphrase is needed", .file.display())]
    KeyNeedsPassphrase { file: PathBuf },
    #[error("{}: the passphrase does not open the client key", .file.display())]
    WrongPassphrase { file: PathBuf },
    #[error(
        "{}: the client key is encrypted in a way that is no longer safe. \
         `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW` writes it anew",
        .file.display()
    )]
    OldEncryption { file: PathBuf },
    #[error("{}: this client key cannot be used with the certificate: {reason}", .file.display())]
    KeyDoesNotFit { file: PathBuf, reason: String },
    #[error("a pin is the SHA-256 of the certificate: 64 hexadecimal digits")]
    BadPin,
    #[error("TLS cannot be set up: {reason}")]
    Setup { reason: String },
}

/// How to speak TLS with one server.
#[derive(Debug, Clone)]
pub struct Tls {
    /// Without ALPN, which means HTTP/1.1 in both ways of sending.
    pub config: Arc<ClientConfig>,
    /// This machine has no list of authorities; Podium's own copy of Mozilla's is used.
    pub own_roots: bool,
    verifier: Arc<Verifier>,
}

impl Tls {
    /// What the last server that was refused had shown; none once one has been accepted.
    pub fn refused(&self) -> Option<RefusedCertificate> {
        self.verifier.refused()
    }

    /// Accepts the certificate with this pin, and none but it, from the next connection on.
    pub fn trust(&self, pin: &str) {
        if let Some(fingerprint) = refused_certificate::read_pin(pin) {
            self.verifier.trust(fingerprint);
        }
    }
}

/// Reads the files that the settings name; blocks for as long as that takes.
pub fn client_config(input: TlsInput<'_>) -> Result<Tls, TlsError> {
    let settings = input.settings;
    let setup = |error: rustls::Error| TlsError::Setup { reason: error.to_string() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let extra = match &settings.ca_file {
        Some(file) => files::certificates(file)?,
        None => Vec::new(),
    };
    let pin =
        settings.pin.as_deref().map(|pin| refused_certificate::read_pin(pin).ok_or(TlsError::BadPin)).transpose()?;
    let (verifier, own_roots) = Verifier::new(provider.clone(), extra, pin).map_err(|error| {
        match settings.ca_file.as_deref().map(expand_home) {
            Some(file) => TlsError::File { file, reason: format!("not all of its certificates can be used: {error}") },
            None => setup(error),
        }
    })?;
    let verifier = Arc::new(verifier);
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(setup)?
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone());
    let config = match &settings.client_certificate_file {
        None => builder.with_no_client_auth(),
        Some(certificate_file) => {
            let chain = files::certificates(certificate_file)?;
            let key_file = settings.client_key_file.as_ref().unwrap_or(certificate_file);
            let key = files::private_key(key_file, input.client_key_passphrase.as_ref())?;
            builder.with_client_auth_cert(chain, key).map_err(|error| TlsError::KeyDoesNotFit {
                file: expand_home(key_file),
                reason: match error {
                    rustls::Error::InconsistentKeys(_) => "it belongs to another one".to_owned(),
                    other => other.to_string(),
                },
            })?
        }
    };
    Ok(Tls { config: Arc::new(config), own_roots, verifier })
}
