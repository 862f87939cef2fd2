//! Who is trusted: the one pinned certificate if there is a pin, else what the system or the extra
//! authorities vouch for. What is refused is remembered.

use std::sync::Arc;

use parking_lot::Mutex;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
    verify_tls13_signature_with_raw_key,
};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::tracking::rest::untrusted_reason;

use super::refused_certificate::{RefusedCertificate, fingerprint};

#[derive(Debug)]
pub struct Verifier {
    authorities: rustls_platform_verifier::Verifier,
    /// Certificates of the CA file, each of which may also be the server's own.
    extra: Vec<CertificateDer<'static>>,
    pin: Mutex<Option<[u8; 32]>>,
    algorithms: WebPkiSupportedAlgorithms,
    refused: Mutex<Option<RefusedCertificate>>,
}

/// The server's certificate is not the pinned one.
#[derive(Debug, thiserror::Error)]
#[error("this is not the certificate that was pinned for this server")]
struct NotThePinned;

impl Verifier {
    /// Says also whether Podium's own list of authorities had to stand in for the system's.
    pub fn new(
        provider: Arc<CryptoProvider>,
        extra: Vec<CertificateDer<'static>>,
        pin: Option<[u8; 32]>,
    ) -> Result<(Self, bool), Error> {
        use rustls_platform_verifier::Verifier as System;
        let algorithms = provider.signature_verification_algorithms;
        let (authorities, own_roots) = match System::new(provider.clone()) {
            Ok(system) if extra.is_empty() => (system, false),
            Ok(_) => (System::new_with_extra_roots(extra.clone(), provider)?, false),
            Err(_) => {
                let own = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
                (System::new_with_extra_roots(own.chain(extra.clone()), provider)?, true)
            }
        };
        Ok((Self { authorities, extra, pin: Mutex::new(pin), algorithms, refused: Mutex::default() }, own_roots))
    }

    pub fn refused(&self) -> Option<RefusedCertificate> {
        self.refused.lock().clone()
    }

    /// From here on only this certificate is accepted.
    pub fn trust(&self, fingerprint: [u8; 32]) {
        *self.pin.lock() = Some(fingerprint);
    }

    fn pin(&self) -> Option<[u8; 32]> {
        *self.pin.lock()
    }

    fn check(
        &self,
        server: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<(), Error> {
        if let Some(pin) = self.pin() {
            // The name and the dates say nothing about a certificate that was looked at and chosen.
            return if fingerprint(server) == pin {
                Ok(())
            } else {
                Err(CertificateError::Other(OtherError(Arc::new(NotThePinned))).into())
            };
        }
        match self.authorities.verify_server_cert(server, intermediates, name, ocsp, now) {
            Ok(_) => Ok(()),
            Err(error) if self.extra.iter().any(|extra| extra == server) => {
                self.itself_trusted(server, name, now, error)
            }
            Err(error) => Err(error),
        }
    }

    /// A certificate that stands in the CA file as it is: other programs take that for trust in this
    /// very one, also where it calls itself an authority. Its name and dates still have to be right.
    fn itself_trusted(
        &self,
        server: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
        otherwise: Error,
    ) -> Result<(), Error> {
        let Ok((_, read)) = X509Certificate::from_der(server) else { return Err(otherwise) };
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if now < read.validity().not_before.timestamp() {
            return Err(CertificateError::NotValidYet.into());
        }
        if now > read.validity().not_after.timestamp() {
            return Err(CertificateError::Expired.into());
        }
        verify_server_name(&ParsedCertificate::try_from(server)?, name)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        server: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let checked = self.check(server, intermediates, name, ocsp, now);
        let refused = checked.as_ref().err().map(|error| {
            let reason = untrusted_reason(error).unwrap_or_else(|| error.to_string());
            RefusedCertificate::new(server, name.to_str().into_owned(), reason, self.pin().is_some())
        });
        *self.refused.lock() = refused;
        checked.map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.pin().is_none() || ParsedCertificate::try_from(server).is_ok() {
            return verify_tls12_signature(message, server, signature, &self.algorithms);
        }
        let (_, read) = X509Certificate::from_der(server).map_err(|_| CertificateError::BadEncoding)?;
        let key = read.public_key().subject_public_key.data.as_ref();
        let fitting = self.algorithms.mapping.iter().find(|(scheme, _)| *scheme == signature.scheme);
        let fitting = fitting.map(|(_, algorithms)| *algorithms).unwrap_or_default();
        match fitting.iter().any(|algorithm| algorithm.verify_signature(key, message, signature.signature()).is_ok()) {
            true => Ok(HandshakeSignatureValid::assertion()),
            false => Err(CertificateError::BadSignature.into()),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.pin().is_none() || ParsedCertificate::try_from(server).is_ok() {
            return verify_tls13_signature(message, server, signature, &self.algorithms);
        }
        // Certificates of version 1, which `openssl x509 -req` makes, are too old for the usual way;
        // for a pinned one only its key matters.
        let (_, read) = X509Certificate::from_der(server).map_err(|_| CertificateError::BadEncoding)?;
        let key = SubjectPublicKeyInfoDer::from(read.public_key().raw);
        verify_tls13_signature_with_raw_key(message, &key, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
