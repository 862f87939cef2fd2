//! Secrets that are too large for a keyring: encrypted with a key that is in the keyring, so that
//! what lies in the settings is of no use by itself.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

/// The key that seals, 32 bytes.
pub type SealingKey = Zeroizing<[u8; 32]>;

/// The first byte of what is sealed, for a day when it is done otherwise.
const FORMAT: u8 = 1;

/// None where the system has no random numbers.
pub fn new_key() -> Option<SealingKey> {
    let mut key = Zeroizing::new([0; 32]);
    SystemRandom::new().fill(key.as_mut_slice()).ok()?;
    Some(key)
}

/// The key as text, for keyrings that can only hold text.
pub fn key_text(key: &SealingKey) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(key.as_slice()))
}

pub fn key_of_text(text: &[u8]) -> Option<SealingKey> {
    let bytes = Zeroizing::new(STANDARD.decode(text).ok()?);
    let mut key = Zeroizing::new([0; 32]);
    (bytes.len() == key.len()).then(|| key.copy_from_slice(&bytes))?;
    Some(key)
}

/// AES-256-GCM with a random nonce: format, nonce, ciphertext with its tag. `place` is authenticated
/// with it, so that what is sealed for one place cannot be opened as another's.
pub fn seal(key: &SealingKey, place: &str, secret: &[u8]) -> Option<Vec<u8>> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).ok()?;
    // As large as it gets from the start: growing would leave a copy of the secret behind.
    let mut sealed = Vec::with_capacity(1 + NONCE_LEN + secret.len() + AES_256_GCM.tag_len());
    sealed.push(FORMAT);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(secret);
    let body = sealed.get_mut(1 + NONCE_LEN..)?;
    let tag = cipher(key)?
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.as_bytes()), body)
        .ok()?;
    sealed.extend_from_slice(tag.as_ref());
    Some(sealed)
}

/// None where it was sealed with another key, for another place, or was changed since.
pub fn open(key: &SealingKey, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (&FORMAT, rest) = sealed.split_first()? else { return None };
    let (nonce, body) = rest.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut body = Zeroizing::new(body.to_vec());
    let length = cipher(key)?.open_in_place(nonce, Aad::from(place.as_bytes()), &mut body).ok()?.len();
    body.truncate(length);
    Some(body)
}

fn cipher(key: &SealingKey) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key.as_slice()).ok().map(LessSafeKey::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened_with_the_same_key_for_the_same_place_only() {
        let (key, other) = (new_key().unwrap(), new_key().unwrap());
        let sealed = seal(&key, "profile/1 token", b"a long secret").unwrap();
        assert_eq!(open(&key, "profile/1 token", &sealed).unwrap().as_slice(), b"a long secret");
        assert!(open(&other, "profile/1 token", &sealed).is_none());
        assert!(open(&key, "profile/2 token", &sealed).is_none());
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        let again = seal(&key, "profile/1 token", b"a long secret").unwrap();
        assert_ne!(sealed, again, "every sealing has a nonce of its own");
    }

    #[test]
    fn what_was_changed_or_cut_is_not_opened() {
        let key = new_key().unwrap();
        let sealed = seal(&key, "p", b"secret").unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(open(&key, "p", &changed).is_none(), "byte {index}");
            assert!(open(&key, "p", &sealed[..index]).is_none(), "cut at {index}");
        }
    }

    #[test]
    fn a_key_survives_as_text() {
        let key = new_key().unwrap();
        assert_eq!(*key_of_text(key_text(&key).as_bytes()).unwrap(), *key);
        assert!(key_of_text(b"c2hvcnQ=").is_none());
        assert!(key_of_text(b"no base64").is_none());
    }
}
