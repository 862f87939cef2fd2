//! What goes with every request to a server: the sign-in and the headers of its profile.

use http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::{ConnectContext, needs};
use crate::connect::question::{Ask, SecretKind};
use crate::connect::secrets::{Obtained, Slot};
use crate::connect::{Auth, Profile};
use crate::tracking::rest::{self, Address};
use crate::tracking::{Result, StoreError};

/// All of them, with the secrets that were fetched for it.
pub async fn all(
    profile: &Profile,
    context: &ConnectContext,
    ask: &dyn Ask,
    address: &Address,
    refused: bool,
) -> Result<(HeaderMap, Vec<Obtained>)> {
    let server = &profile.server;
    let mut headers = HeaderMap::new();
    let mut secrets = Vec::new();
    let mut obtain = async |what: SecretKind, name: &str, subject: &str, again: bool| {
        let slot = Slot::profile(&profile.id, name);
        let obtained = context.vault.obtain(&slot, ask, what, subject, server.keep, again).await;
        let obtained = obtained.ok_or_else(|| StoreError::NeedsUser {
            address: address.to_string(),
            reason: match again {
                false => format!("the {} of “{}” is kept nowhere", words(what), profile.name),
                true => format!("the {} of “{}” was refused (401)", words(what), profile.name),
            },
        })?;
        let secret = obtained.secret.clone();
        secrets.push(obtained);
        Ok::<SecretString, StoreError>(secret)
    };
    let authorization = match &server.auth {
        Auth::None => None,
        Auth::Basic { username } => {
            let subject = format!("{username} at {address}");
            let password = obtain(SecretKind::HttpPassword, "password", &subject, refused).await?;
            Some(rest::basic(username, &password))
        }
        Auth::Bearer => {
            let token = obtain(SecretKind::Token, "token", &profile.name, refused).await?;
            Some(SecretString::from(format!("Bearer {}", token.expose_secret())))
        }
    };
    if let Some(authorization) = authorization {
        headers.insert(AUTHORIZATION, value(profile, "the sign-in", &authorization)?);
    }
    for header in server.headers.iter().filter(|header| header.value.is_none()) {
        let name = name_of(profile, &header.name)?;
        let subject = format!("{} for {}", header.name, profile.name);
        let slot_name = format!("header:{}", name.as_str());
        // Without another sign-in it is this header that was refused.
        let again = refused && server.auth == Auth::None;
        let text = obtain(SecretKind::Header, &slot_name, &subject, again).await?;
        headers.insert(name, value(profile, &header.name, &text)?);
    }
    headers.extend(open(profile)?);
    Ok((headers, secrets))
}

/// What of the headers is no secret.
pub fn open(profile: &Profile) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for header in &profile.server.headers {
        if let Some(text) = &header.value {
            let name = name_of(profile, &header.name)?;
            headers.insert(name, value(profile, &header.name, &SecretString::from(text.clone()))?);
        }
    }
    if let Some(host) = &profile.server.host_header {
        headers.insert(HOST, value(profile, "Host", &SecretString::from(host.clone()))?);
    }
    Ok(headers)
}

fn name_of(profile: &Profile, name: &str) -> Result<HeaderName> {
    HeaderName::try_from(name).map_err(|_| needs(profile, format!("“{name}” is no name of a header")))
}

fn words(what: SecretKind) -> &'static str {
    match what {
        SecretKind::Token => "token",
        SecretKind::Header => "secret header",
        SecretKind::KeyPassphrase | SecretKind::ClientKeyPassphrase => "passphrase",
        SecretKind::SshPassword | SecretKind::HttpPassword => "password",
    }
}

fn value(profile: &Profile, name: &str, text: &SecretString) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text.expose_secret().trim())
        .map_err(|_| needs(profile, format!("{name} holds characters that cannot be sent in a header")))?;
    value.set_sensitive(true);
    Ok(value)
}
