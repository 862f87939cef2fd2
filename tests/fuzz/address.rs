//! Addresses as people paste them: nothing panics, what was read is read the same again, and no name or
//! password is ever shown.

#![no_main]

use libfuzzer_sys::fuzz_target;

/// The parts of the library that the parser is made of, under their own names.
#[path = "../../src-tauri/tracking"]
mod tracking {
    #[allow(dead_code)] // The parser fails in few ways.
    mod error;
    pub use error::StoreError;

    pub mod rest {
        pub mod address;
    }
}

use tracking::rest::address::{Address, encode};

fuzz_target!(|text: &str| {
    let address = match Address::parse(text) {
        Ok(address) => address,
        Err(error) => {
            let _said = error.to_string();
            return;
        }
    };
    let shown = address.to_string();
    let again = Address::parse(&shown);
    assert_eq!(again.as_ref(), Ok(&address), "{text:?} is read as {shown}, and that as something else");

    let (scheme, rest) = shown.split_once("://").unwrap_or_default();
    assert!(["http", "https"].contains(&scheme), "{shown}");
    let authority = rest.split('/').next().unwrap_or_default();
    assert!(!authority.is_empty() && !authority.contains('@'), "{text:?} is shown as {shown}");
    assert!(!shown.ends_with('/') && !shown.contains(['?', '#']), "{shown}");
    assert_eq!(address.is_https(), scheme == "https");

    if let Some(root) = address.root() {
        assert_eq!(root.root(), None, "{shown}");
        assert!(shown.starts_with(&root.to_string()), "{shown}");
    }
    let _loopback = address.is_loopback();
    assert_eq!(address.authority(), authority, "{shown}");
    assert!(authority.trim_start_matches('[').starts_with(&address.host()), "{shown}");
    assert!(
        url::Url::parse(&shown)
            .is_ok_and(|url| address.is_at(&url) && url.port_or_known_default() == Some(address.port()))
    );
    let url = address.url("api/2.0/x", &[("key", text.to_owned())]);
    assert!(url.starts_with(&shown) && url.ends_with(&format!("/api/2.0/x?key={}", encode(text))), "{url}");
});
