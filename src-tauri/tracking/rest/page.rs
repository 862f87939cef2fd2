//! Pages of an answer and the tokens between them.

use crate::tracking::{Page, Result, StoreError};

use super::address::Address;

/// A page from what a server answered to the token it was sent. An empty token is none; a server
/// that answers the token it was asked with would be asked for ever, so that is an error.
pub fn page<T>(address: &Address, items: Vec<T>, next: Option<String>, sent: Option<&str>) -> Result<Page<T>> {
    let next_page_token = next.filter(|token| !token.is_empty());
    if next_page_token.is_some() && next_page_token.as_deref() == sent {
        return Err(StoreError::BadAnswer {
            address: address.to_string(),
            reason: "it gives the same page again and again".to_owned(),
        });
    }
    Ok(Page { items, next_page_token })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_be_empty_and_go_on_but_not_in_a_circle() {
        let address = Address::parse("localhost:1").expect("an address");
        let next = |next: &str, sent: Option<&str>| page::<()>(&address, vec![], Some(next.to_owned()), sent);
        assert_eq!(next("b", Some("a")).expect("a page").next_page_token.as_deref(), Some("b"));
        assert_eq!(next("", Some("a")).expect("a page").next_page_token, None);
        assert!(matches!(next("a", Some("a")), Err(StoreError::BadAnswer { .. })));
    }
}
