//! One line of a known_hosts file: marker, names, key.

use super::KeyBlob;
use super::names::Names;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub marker: Option<Marker>,
    pub names: Names,
    pub key: KeyBlob,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// `@cert-authority`: the key vouches for others and for nothing itself.
    Authority,
    /// `@revoked`
    Revoked,
}

/// None for a comment or an empty line. `text` is without its line break.
pub fn parse(text: &[u8]) -> Result<Option<Line>, &'static str> {
    // Where a file was written by hand on Windows.
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let mut words = text.split(|&byte| byte == b' ' || byte == b'\t').filter(|word| !word.is_empty());
    let Some(mut word) = words.next().filter(|word| !word.starts_with(b"#")) else { return Ok(None) };
    let mut marker = None;
    if word.starts_with(b"@") {
        marker = Some(match word {
            b"@cert-authority" => Marker::Authority,
            b"@revoked" => Marker::Revoked,
            _ => return Err("the marker is neither @cert-authority nor @revoked"),
        });
        word = words.next().unwrap_or_default();
        if word.starts_with(b"@") {
            return Err("there are two markers");
        }
    }
    let names = Names::new(word)?;
    let (Some(key_type), Some(key)) = (words.next(), words.next()) else {
        return Err("the line is cut short: names, key type and key are needed");
    };
    let key = KeyBlob::from_base64(key).ok_or("the key is damaged or of a type that is not known here")?;
    if !is_type_of(key_type, &key) {
        return Err("the key is of another type than the line says");
    }
    Ok(Some(Line { marker, names, key }))
}

/// Whether a line may call the key so: by the name in the key, by one of its signatures, or by its short name.
fn is_type_of(said: &[u8], key: &KeyBlob) -> bool {
    let short = !key.key_type().contains("ecdsa") && said.eq_ignore_ascii_case(key.short_type().as_bytes());
    let signature = key.key_type() == "ssh-rsa" && [b"rsa-sha2-256".as_slice(), b"rsa-sha2-512"].contains(&said);
    said == key.key_type().as_bytes() || short || signature
}
