//! What a server showed that was not trusted, so that the user can be asked about it.

use x509_parser::prelude::{ASN1Time, FromDer, GeneralName, X509Certificate};

use crate::connect::question::Question;

/// A server certificate that was refused. All texts in it are the server's own, made safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedCertificate {
    /// Why it is not trusted, as a sentence without its end.
    pub reason: String,
    /// The name that was asked for; another one than the server's where a proxy speaks TLS itself.
    pub asked_for: String,
    pub subject: String,
    pub issuer: String,
    /// The hosts it is for: names and numbers.
    pub names: Vec<String>,
    /// RFC 3339, in UTC.
    pub not_before: String,
    pub not_after: String,
    /// SHA-256 of the certificate, as hexadecimal pairs with colons.
    pub fingerprint: String,
    /// The same as 64 hexadecimal digits: what [`super::super::TlsSettings::pin`] would be.
    pub pin: String,
    /// There is a pin, and it is for another certificate.
    pub pinned_changed: bool,
}

impl RefusedCertificate {
    pub fn question(&self, address: &str) -> Question {
        Question::Certificate {
            address: address.to_owned(),
            reason: self.reason.clone(),
            subject: self.subject.clone(),
            issuer: self.issuer.clone(),
            names: self.names.clone(),
            not_before: self.not_before.clone(),
            not_after: self.not_after.clone(),
            fingerprint: self.fingerprint.clone(),
        }
    }

    /// What `der` says; a certificate that cannot be read still has its fingerprint.
    pub(super) fn new(der: &[u8], asked_for: String, reason: String, pinned_changed: bool) -> Self {
        let hash = fingerprint(der);
        let pairs: Vec<String> = hash.iter().map(|byte| format!("{byte:02X}")).collect();
        let mut refused = Self {
            reason,
            asked_for,
            subject: "a certificate that cannot be read".to_owned(),
            issuer: String::new(),
            names: Vec::new(),
            not_before: String::new(),
            not_after: String::new(),
            fingerprint: pairs.join(":"),
            pin: pairs.concat().to_ascii_lowercase(),
            pinned_changed,
        };
        if let Ok((_, certificate)) = X509Certificate::from_der(der) {
            refused.subject = shown(&certificate.subject().to_string());
            refused.issuer = shown(&certificate.issuer().to_string());
            refused.names = names(&certificate);
            refused.not_before = date(certificate.validity().not_before);
            refused.not_after = date(certificate.validity().not_after);
        }
        refused
    }
}

/// SHA-256 of a certificate.
pub fn fingerprint(der: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, der).as_ref());
    hash
}

/// 64 hexadecimal digits, with or without colons.
pub fn read_pin(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u32> =
        text.chars().filter(|c| !matches!(c, ':' | ' ')).map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks(2)
        .filter_map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect();
    (digits.len() == 64).then(|| bytes.try_into().ok()).flatten()
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(shown(name)),
        GeneralName::IPAddress(bytes) => match **bytes {
            [a, b, c, d] => Some(std::net::Ipv4Addr::new(a, b, c, d).to_string()),
            ref bytes => <[u8; 16]>::try_from(bytes).ok().map(|bytes| std::net::Ipv6Addr::from(bytes).to_string()),
        },
        _ => None,
    };
    extension.value.general_names.iter().filter_map(name).take(50).collect()
}

fn shown(text: &str) -> String {
    untrusted_text::name(text, 200)
}

fn date(time: ASN1Time) -> String {
    let time = time.to_datetime();
    let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", time.hour(), time.minute(), time.second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_read_in_the_forms_people_paste() {
        let pairs = ["0a"; 32];
        assert_eq!(read_pin(&pairs.concat()), Some([10; 32]));
        assert_eq!(read_pin(&pairs.join(":").to_uppercase()), Some([10; 32]));
        for wrong in ["", "0a", &"0a".repeat(33), &format!("{}0", "0a".repeat(31)), &"zz".repeat(32)] {
            assert_eq!(read_pin(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn garbage_has_a_fingerprint_and_no_panic() {
        let refused = RefusedCertificate::new(b"no certificate", "host".into(), "why".into(), false);
        assert_eq!(read_pin(&refused.pin), Some(fingerprint(b"no certificate")));
        assert_eq!(read_pin(&refused.fingerprint), read_pin(&refused.pin));
    }

    #[test]
    fn no_name_in_a_certificate_looks_like_another() {
        assert_eq!(shown("a\u{202e}b\nc"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(shown("gpu\u{200b}.corp\u{1b}[2J"), "gpu\u{fffd}.corp\u{fffd}[2J");
        assert_eq!(shown(&"x".repeat(1000)), "x".repeat(200) + "…");
    }
}
