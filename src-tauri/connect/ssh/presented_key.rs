//! Between the SSH library's types and known_hosts: what a server shows, and what it is asked for.

use std::borrow::Cow;

use russh::Preferred;
use russh::keys::ssh_key::certificate::CertType;
use russh::keys::ssh_key::public::KeyData;
use russh::keys::{Algorithm, Certificate, HashAlg, PublicKey, PublicKeyOrCertificate};

use ssh_config::known_hosts::{HostCertificate, KeyBlob, KnownTypes, PresentedKey};

/// None for a key of a type that no known_hosts file could hold.
pub fn presented(server: &PublicKeyOrCertificate) -> Option<PresentedKey> {
    match server {
        PublicKeyOrCertificate::PublicKey { key, .. } => key_blob(key).map(PresentedKey::Key),
        PublicKeyOrCertificate::Certificate(certificate) => {
            host_certificate(certificate).map(PresentedKey::Certificate)
        }
    }
}

pub fn key_blob(key: &PublicKey) -> Option<KeyBlob> {
    KeyBlob::new(&key.to_bytes().ok()?)
}

/// `preferred` with the known keys asked for first, and with certificates where a known authority could
/// vouch for one. Never RSA with SHA-1.
pub fn asked_first(known: &KnownTypes, preferred: Preferred) -> Preferred {
    let mut keys: Vec<Algorithm> =
        preferred.key.iter().filter(|key| **key != Algorithm::Rsa { hash: None }).cloned().collect();
    // Sorting keeps the order within each half.
    keys.sort_by_key(|key| !known.keys.contains(&key_type(key)));
    let certificates = if known.authority { keys.clone() } else { Vec::new() };
    Preferred { key: Cow::Owned(keys), host_key_certificates: Cow::Owned(certificates), ..preferred }
}

/// The name of the key itself, whatever it signs with.
fn key_type(algorithm: &Algorithm) -> String {
    match algorithm {
        Algorithm::Rsa { .. } => Algorithm::Rsa { hash: None }.to_string(),
        other => other.to_string(),
    }
}

fn host_certificate(certificate: &Certificate) -> Option<HostCertificate> {
    let of = |data: &KeyData| key_blob(&PublicKey::new(data.clone(), ""));
    let authority = certificate.signature_key();
    // The library checks time, authority and signature together. The first two are judged elsewhere, in
    // words; so it is asked about a moment in between, and about the authority that is named.
    let moment = certificate.valid_after();
    let signed = certificate.validate_at(moment, [&authority.fingerprint(HashAlg::Sha256)]).is_ok();
    Some(HostCertificate {
        key: of(certificate.public_key())?,
        authority: of(authority)?,
        signature_holds: signed && is_trusted(&certificate.signature().algorithm()),
        for_host: certificate.cert_type() == CertType::Host,
        principals: certificate.valid_principals().to_vec(),
        valid_after_s: certificate.valid_after(),
        valid_before_s: certificate.valid_before(),
        critical_options: certificate.critical_options().keys().cloned().collect(),
    })
}

/// As `CASignatureAlgorithms` has it by default: without SHA-1 and DSA.
fn is_trusted(algorithm: &Algorithm) -> bool {
    match algorithm {
        Algorithm::Rsa { hash } => hash.is_some(),
        Algorithm::Ed25519 | Algorithm::Ecdsa { .. } | Algorithm::SkEd25519 | Algorithm::SkEcdsaSha2NistP256 => true,
        _ => false,
    }
}
