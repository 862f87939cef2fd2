//! Certificates and keys from PEM files, an encrypted key with its passphrase.

use std::io::ErrorKind;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pkcs8::EncryptedPrivateKeyInfo;
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::TlsError;
use crate::connect::profile::expand_home;

/// Far more than any bundle of authorities has.
const SIZE_LIMIT_BYTES: u64 = 16 << 20;

/// The certificates of a PEM file in their order; at least one.
pub fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let path = expand_home(file);
    let text = read(file)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match found {
        Ok(found) if found.is_empty() => Err(TlsError::NoCertificate { file: path }),
        Ok(found) => Ok(found),
        Err(error) => Err(TlsError::File { file: path, reason: pem_reason(&error) }),
    }
}

/// The first private key of a PEM file: PKCS#8, encrypted or not, PKCS#1 or SEC1.
pub fn private_key(file: &str, passphrase: Option<&SecretString>) -> Result<PrivateKeyDer<'static>, TlsError> {
    let path = expand_home(file);
    let text = read(file)?;
    if let Some(encrypted) = block(&text, "ENCRYPTED PRIVATE KEY") {
        let passphrase = passphrase.ok_or_else(|| TlsError::KeyNeedsPassphrase { file: path.clone() })?;
        return decrypted(path, &encrypted, passphrase);
    }
    // How OpenSSL encrypted keys before PKCS#8: one round of MD5 between the passphrase and the key.
    if contains(&text, b"Proc-Type: 4,ENCRYPTED") {
        return Err(TlsError::OldEncryption { file: path });
    }
    match PrivateKeyDer::from_pem_slice(&text) {
        Ok(key) => Ok(key),
        Err(pem::Error::NoItemsFound) => Err(TlsError::NoKey { file: path }),
        Err(error) => Err(TlsError::File { file: path, reason: pem_reason(&error) }),
    }
}

fn decrypted(file: PathBuf, der: &[u8], passphrase: &SecretString) -> Result<PrivateKeyDer<'static>, TlsError> {
    let Ok(encrypted) = EncryptedPrivateKeyInfo::try_from(der) else {
        // What does not read is mostly a scheme from before PBES2.
        return Err(TlsError::OldEncryption { file });
    };
    if !matches!(encrypted.encryption_algorithm, pkcs8::pkcs5::EncryptionScheme::Pbes2(_)) {
        return Err(TlsError::OldEncryption { file });
    }
    match encrypted.decrypt(passphrase.expose_secret()) {
        Ok(key) => Ok(PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.as_bytes().to_vec()))),
        // A wrong passphrase shows as bad padding, or now and then as garbage.
        Err(_) => Err(TlsError::WrongPassphrase { file }),
    }
}

fn read(file: &str) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    let path = expand_home(file);
    let fail = |reason: String| TlsError::File { file: path.clone(), reason };
    let kind = std::fs::metadata(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => fail("there is no such file".to_owned()),
        ErrorKind::PermissionDenied => fail("you may not read it".to_owned()),
        _ => fail(error.to_string()),
    })?;
    if !kind.is_file() || kind.len() > SIZE_LIMIT_BYTES {
        return Err(fail("this is no file of certificates or keys".to_owned()));
    }
    std::fs::read(&path).map(Zeroizing::new).map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied => fail("you may not read it".to_owned()),
        _ => fail(error.to_string()),
    })
}

/// What stands between the first lines BEGIN and END of a label, decoded.
fn block(text: &[u8], label: &str) -> Option<Zeroizing<Vec<u8>>> {
    let text = std::str::from_utf8(text).ok()?;
    let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let body: Zeroizing<String> = Zeroizing::new(body.split_ascii_whitespace().collect());
    STANDARD.decode(body.as_bytes()).ok().map(Zeroizing::new)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn pem_reason(error: &pem::Error) -> String {
    format!("it is not a PEM file that can be read ({error})")
}
