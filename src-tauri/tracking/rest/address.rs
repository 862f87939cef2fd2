//! From what people type or paste to the base address of a tracking server.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Host, Url};

use crate::tracking::StoreError;

/// Everything but the characters that RFC 3986 calls unreserved: `+`, `%`, `&` and the rest are
/// encoded, so that a server reads back exactly the text that was meant.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A tracking server's base: scheme, host, port and the prefix it is served under. It carries no
/// credentials, no query and no trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    base: Url,
}

impl Address {
    /// Reads `localhost:5000`, `mlflow.corp/ml`, or an address copied from the browser with
    /// everything behind the base (`/#/experiments/1`, `/ajax-api/2.0/…`) still on it. A name and
    /// password in front of the host are dropped: they do not belong into an address.
    ///
    /// Without a scheme, a host with a port of its own, a single name or a private number gets
    /// `http`; a public name gets `https`.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let text = text.trim();
        let unusable = |reason: &str| StoreError::Unreachable {
            // What stands before an @ may be a password.
            address: text.rsplit('@').next().unwrap_or_default().to_owned(),
            reason: reason.to_owned(),
        };
        if text.is_empty() {
            return Err(unusable("no address was given"));
        }
        let mut base = match text.split_once("://") {
            Some((scheme, _)) if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) => {
                return Err(unusable("a tracking server has an http:// or https:// address"));
            }
            Some(_) => Url::parse(text).map_err(|error| unusable(&error.to_string()))?,
            None => without_scheme(text).map_err(|error| unusable(&error.to_string()))?,
        };
        match base.host() {
            None => return Err(unusable("there is no host name in it")),
            // A server started with --host 0.0.0.0 or :: prints this; it is no address to connect to.
            Some(Host::Ipv4(ip)) if ip.is_unspecified() => {
                base.set_host(Some("127.0.0.1")).map_err(|error| unusable(&error.to_string()))?;
            }
            Some(Host::Ipv6(ip)) if ip.is_unspecified() => {
                base.set_host(Some("[::1]")).map_err(|error| unusable(&error.to_string()))?;
            }
            Some(_) => {}
        }
        // Only an address without a host refuses these, and this one has a host.
        let _ = base.set_username("");
        let _ = base.set_password(None);
        base.set_query(None);
        base.set_fragment(None);
        let path = prefix(base.path());
        base.set_path(&path);
        Ok(Self { base })
    }

    /// The address of `path` (already encoded, without a leading slash) below the prefix.
    pub fn url(&self, path: &str, query: &[(&str, String)]) -> String {
        let mut url = format!("{self}/{path}");
        for (index, (key, value)) in query.iter().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.push_str(key);
            url.push('=');
            url.push_str(&encode(value));
        }
        url
    }

    /// The same server without the prefix, where there is one.
    pub fn root(&self) -> Option<Self> {
        if self.base.path() == "/" {
            return None;
        }
        let mut base = self.base.clone();
        base.set_path("/");
        Some(Self { base })
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        match self.base.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }

    /// The name or number alone; an IPv6 number without its brackets.
    pub fn host(&self) -> String {
        match self.base.host() {
            Some(Host::Ipv6(ip)) => ip.to_string(),
            Some(host) => host.to_string(),
            None => String::new(),
        }
    }

    /// The port that is meant where none is written, too.
    pub fn port(&self) -> u16 {
        self.base.port_or_known_default().unwrap_or_default()
    }

    /// Host and port as a `Host` header says them: the port only where it is not the scheme's own.
    pub fn authority(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        match self.base.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Whether a URL has this scheme, host and port.
    pub fn is_at(&self, url: &Url) -> bool {
        self.base.origin() == url.origin()
    }

    pub fn is_https(&self) -> bool {
        self.base.scheme() == "https"
    }
}

/// The base without a trailing slash: what is shown, and what paths are added to.
impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.base.as_str().trim_end_matches('/'))
    }
}

/// A text as one segment of a path or one value of a query.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn without_scheme(text: &str) -> Result<Url, url::ParseError> {
    // `:5000` is how a port on this machine is often said.
    let text = if text.starts_with(':') { format!("localhost{text}") } else { text.to_owned() };
    let plain = Url::parse(&format!("http://{text}"))?;
    let public_name = match plain.host() {
        Some(Host::Domain(name)) => name.contains('.') && !name.ends_with(".local") && !name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified()),
        Some(Host::Ipv6(ip)) => !(ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()),
        None => false,
    };
    // `:80` said aloud is parsed away as the default of http.
    let says_port =
        plain.port().is_some() || text.split(['/', '?', '#']).next().is_some_and(|host| host.ends_with(":80"));
    match (public_name, says_port, plain.port()) {
        (true, false, _) | (_, _, Some(443)) => Url::parse(&format!("https://{text}")),
        _ => Ok(plain),
    }
}

/// The static prefix in a path: everything before the first part that MLflow itself serves.
fn prefix(path: &str) -> String {
    let mut segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    // What is left of `/version/get-artifact` would be read as less the next time.
    while let Some(own) = first_own(&segments) {
        segments.truncate(own);
    }
    format!("/{}", segments.join("/"))
}

fn first_own(segments: &[&str]) -> Option<usize> {
    segments.iter().enumerate().position(|(index, segment)| {
        let next = segments.get(index + 1).copied();
        match *segment {
            "api" | "ajax-api" => next.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit())),
            "static-files" | "get-artifact" | "graphql" | "index.html" => true,
            "model-versions" => next == Some("get-artifact"),
            "health" | "version" => next.is_none(),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> String {
        match Address::parse(text) {
            Ok(address) => address.to_string(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn what_people_type_becomes_a_base() {
        for (typed, base) in [
            ("localhost:5000", "http://localhost:5000"),
            (" http://localhost:5000/ ", "http://localhost:5000"),
            (":5000", "http://localhost:5000"),
            ("tracking", "http://tracking"),
            ("mlflow.corp.com", "https://mlflow.corp.com"),
            ("mlflow.corp.com:8080", "http://mlflow.corp.com:8080"),
            ("mlflow.corp.com:443/ml", "https://mlflow.corp.com/ml"),
            ("mlflow.corp.com:80", "http://mlflow.corp.com"),
            ("10.1.2.3", "http://10.1.2.3"),
            ("[::1]:5000", "http://[::1]:5000"),
            ("0.0.0.0:5000", "http://127.0.0.1:5000"),
            ("HTTP://Host:5000", "http://host:5000"),
            ("http://host:5000/#/experiments/1?searchFilter=x", "http://host:5000"),
            ("http://host/ml/#/models/churn", "http://host/ml"),
            ("http://host/ml/ajax-api/2.0/mlflow/runs/search", "http://host/ml"),
            ("http://host/a/b/api/2.0/mlflow", "http://host/a/b"),
            ("http://host/api/mlflow/", "http://host/api/mlflow"),
            ("http://host/version", "http://host"),
            ("http://host/version/get-artifact", "http://host"),
            ("http://host/ml/health/version", "http://host/ml"),
            ("http://host/get-artifact?run_id=1&path=x", "http://host"),
            ("http://ana:secret@host:5000/ml", "http://host:5000/ml"),
        ] {
            assert_eq!(parsed(typed), base, "{typed}");
        }
    }

    #[test]
    fn what_is_no_address_is_said_without_the_password() {
        for typed in ["", "sqlite:///mlflow.db", "http://", "http://ana:secret@host:port", "databricks://x", "a b"] {
            let said = parsed(typed);
            assert!(said.starts_with("error:"), "{typed}: {said}");
            assert!(!said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn the_parts_of_an_address_are_what_a_connection_needs() {
        for (typed, host, port, authority) in [
            ("localhost:5000/ml", "localhost", 5000, "localhost:5000"),
            ("https://[::1]/", "::1", 443, "[::1]"),
            ("http://10.0.0.1", "10.0.0.1", 80, "10.0.0.1"),
        ] {
            let address = Address::parse(typed).expect("an address");
            assert_eq!((address.host().as_str(), address.port()), (host, port));
            assert_eq!(address.authority(), authority);
        }
    }

    #[test]
    fn values_of_a_query_survive_the_way() {
        let address = Address::parse("http://host:1/ml").expect("an address");
        assert_eq!(
            address.url("get-artifact", &[("path", "a+b%c/日.txt".to_owned()), ("run_id", "r 1&2".to_owned())]),
            "http://host:1/ml/get-artifact?path=a%2Bb%25c%2F%E6%97%A5.txt&run_id=r%201%262"
        );
        assert_eq!(address.root().map(|root| root.to_string()).as_deref(), Some("http://host:1"));
        assert_eq!(Address::parse("http://host:1").expect("an address").root(), None);
    }
}
