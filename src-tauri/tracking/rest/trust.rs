//! What a failure of TLS means, in words: the other side is not trusted, does not trust us, or does
//! not speak TLS at all.

use std::error::Error as StdError;

use rustls::{AlertDescription, CertificateError, Error};

use super::http::NetError;

/// The failure of TLS that is somewhere among the causes of an error, if one is.
pub fn tls_failure(error: &(dyn StdError + 'static)) -> Option<NetError> {
    let error = find(error)?;
    if let Some(reason) = untrusted_reason(error) {
        return Some(NetError::Untrusted { reason });
    }
    Some(match error {
        Error::AlertReceived(alert) => rejected(*alert),
        Error::InvalidMessage(_) => NetError::Unreachable {
            reason:
                "what answers there does not speak TLS; perhaps the address begins with http:// instead of https://"
                    .to_owned(),
        },
        Error::PeerIncompatible(reason) => NetError::Unreachable {
            reason: format!(
                "the server and Podium have no way to encrypt in common: TLS 1.2 is the oldest ({reason:?})"
            ),
        },
        other => NetError::Unreachable { reason: format!("TLS failed: {other}") },
    })
}

/// Why a certificate is not trusted, as a sentence without its end; none for any other error.
pub fn untrusted_reason(error: &Error) -> Option<String> {
    let error = match error {
        Error::InvalidCertificate(error) => error,
        Error::NoCertificatesPresented => return Some("the server showed no certificate".to_owned()),
        _ => return None,
    };
    Some(match error {
        CertificateError::UnknownIssuer => {
            "no authority that this computer trusts has issued the server's certificate".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet; is this computer's clock right?".to_owned()
        }
        CertificateError::NotValidForName => "the server's certificate is for another name".to_owned(),
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names = match presented.as_slice() {
                [] => "no name at all".to_owned(),
                names => {
                    names.iter().take(5).map(|name| untrusted_text::name(name, 200)).collect::<Vec<_>>().join(", ")
                }
            };
            format!("the server's certificate is for {names}, not for {}", expected.to_str())
        }
        CertificateError::Revoked => "the server's certificate has been revoked".to_owned(),
        CertificateError::BadEncoding => "the server's certificate cannot be read".to_owned(),
        CertificateError::BadSignature => "the server cannot prove that its certificate is its own".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the server's certificate is not made for servers".to_owned()
        }
        CertificateError::Other(other) => match other.to_string().as_str() {
            // What `openssl req -x509` makes: its own authority, which no list can vouch for.
            "CaUsedAsEndEntity" => "the server's certificate is self-signed: no authority vouches for it".to_owned(),
            "UnsupportedCertVersion" => {
                "the server's certificate is of an old version (1) that cannot be checked".to_owned()
            }
            other => untrusted_text::line(other, 200),
        },
        other => {
            format!("the server's certificate is not accepted ({})", untrusted_text::line(&other.to_string(), 200))
        }
    })
}

/// The other side ended the conversation, mostly because of who we are.
fn rejected(alert: AlertDescription) -> NetError {
    use AlertDescription as Alert;
    match alert {
        Alert::CertificateRequired => NetError::NeedsUser {
            reason: "the server wants a client certificate; name one in the profile's TLS settings".to_owned(),
        },
        Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::UnknownCA
        | Alert::AccessDenied
        | Alert::DecryptError => NetError::NeedsUser {
            reason: format!(
                "the server does not accept the client certificate of the profile's TLS settings ({alert:?})"
            ),
        },
        Alert::UnrecognisedName => {
            NetError::Unreachable { reason: "the server knows no site of this name (unrecognized name)".to_owned() }
        }
        Alert::ProtocolVersion => {
            NetError::Unreachable { reason: "the server speaks only versions of TLS before 1.2".to_owned() }
        }
        Alert::HandshakeFailure => NetError::Unreachable {
            reason: "the server ended the TLS handshake; it may want a client certificate, or other ciphers".to_owned(),
        },
        alert => NetError::Unreachable { reason: format!("the server ended the TLS handshake ({alert:?})") },
    }
}

/// Walks down the causes. An [`std::io::Error`] hides what it holds from [`StdError::source`].
fn find<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<Error>() {
            return Some(found);
        }
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(held) => Some(held as &(dyn StdError + 'static)),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_inside_an_io_error_is_found() {
        let cause = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let wrapped = std::io::Error::other(std::io::Error::other(cause));
        assert!(matches!(tls_failure(&wrapped), Some(NetError::Untrusted { .. })));
        let other = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert_eq!(tls_failure(&other), None);
    }

    #[test]
    fn a_name_of_a_certificate_never_looks_like_the_one_that_was_asked_for() {
        let expected = rustls_pki_types::ServerName::try_from("gpu.corp").unwrap();
        let presented = ["gpu\u{200b}.corp", "\u{202e}proc.upg", "gpu.corp\u{1b}[2J"].map(str::to_owned).to_vec();
        let error = CertificateError::NotValidForNameContext { expected, presented };
        let reason = untrusted_reason(&Error::InvalidCertificate(error)).unwrap();
        let shown = "gpu\u{fffd}.corp, \u{fffd}proc.upg, gpu.corp\u{fffd}[2J";
        assert_eq!(reason, format!("the server's certificate is for {shown}, not for gpu.corp"));
    }

    #[test]
    fn a_wish_for_a_client_certificate_is_for_the_user() {
        let alert = |alert| tls_failure(&std::io::Error::other(Error::AlertReceived(alert)));
        assert!(matches!(alert(AlertDescription::CertificateRequired), Some(NetError::NeedsUser { .. })));
        assert!(matches!(alert(AlertDescription::InternalError), Some(NetError::Unreachable { .. })));
    }
}
