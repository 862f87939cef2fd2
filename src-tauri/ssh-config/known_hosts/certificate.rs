//! A host certificate and what can be wrong with it: OpenSSH's PROTOCOL.certkeys.

use super::names::matches_pattern;
use super::{HostName, KeyBlob};

/// What a certificate says. Who made this from its bytes has checked nothing but what the fields say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostCertificate {
    /// The host's own key.
    pub key: KeyBlob,
    /// The key that signed it.
    pub authority: KeyBlob,
    /// The signature is the authority's, by an algorithm that is still trusted.
    pub signature_holds: bool,
    /// Not for a user.
    pub for_host: bool,
    /// Names it is for; `*` and `?` are wildcards, as in ssh since the end of 2025.
    pub principals: Vec<String>,
    /// Seconds since 1970.
    pub valid_after_s: u64,
    /// Seconds since 1970, not included.
    pub valid_before_s: u64,
    /// Names of options that must be understood; no option is defined for hosts.
    pub critical_options: Vec<String>,
}

impl HostCertificate {
    /// Why it is not valid for `name`, whichever authority signed it: a sentence.
    pub fn objection(&self, name: &HostName, now_s: u64) -> Option<String> {
        let principal = name.principal();
        let is_for = |pattern: &String| matches_pattern(principal.as_bytes(), pattern.as_bytes());
        if !self.signature_holds {
            Some("The signature of the server's certificate is wrong.".to_owned())
        } else if !self.for_host {
            Some("The server's certificate is for a user and not for a host.".to_owned())
        } else if now_s < self.valid_after_s {
            Some(format!("The server's certificate is not valid yet ({} s to go).", self.valid_after_s - now_s))
        } else if now_s >= self.valid_before_s {
            Some(format!("The server's certificate has expired {}.", ago(now_s - self.valid_before_s)))
        } else if self.principals.is_empty() {
            // OpenSSH took this as "for any host" until the end of 2025.
            Some("The server's certificate does not say which host it is for.".to_owned())
        } else if !self.principals.iter().any(is_for) {
            Some(format!("The server's certificate is for {} and not for {principal}.", listed(&self.principals)))
        } else if !self.critical_options.is_empty() {
            let options = listed(&self.critical_options);
            Some(format!("The server's certificate has conditions that are not understood: {options}."))
        } else {
            None
        }
    }
}

fn ago(seconds: u64) -> String {
    match seconds / 86_400 {
        0 => format!("{} minutes ago", seconds / 60),
        1 => "a day ago".to_owned(),
        days => format!("{days} days ago"),
    }
}

/// Names from the server, in one line that is not too long.
fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|name| untrusted_text::name(name, 80)).collect();
    let more = if names.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
