//! Whether a session still lives, and if not, why it ended: the first reason given is kept.

use tokio::sync::watch;

#[derive(Debug)]
pub struct SessionStatus {
    end: watch::Sender<Option<String>>,
}

impl Default for SessionStatus {
    fn default() -> Self {
        Self { end: watch::Sender::new(None) }
    }
}

impl SessionStatus {
    pub fn end(&self, why: &str) {
        self.end.send_if_modified(|end| {
            let first = end.is_none();
            if first {
                *end = Some(why.to_owned());
            }
            first
        });
    }

    /// Why it ended, if it did.
    pub fn ended(&self) -> Option<String> {
        self.end.borrow().clone()
    }

    pub fn is_over(&self) -> bool {
        self.end.borrow().is_some()
    }

    /// Waits for the end.
    pub async fn over(&self) -> String {
        let mut end = self.end.subscribe();
        match end.wait_for(Option::is_some).await {
            Ok(why) => why.clone().unwrap_or_default(),
            // The sender lives as long as `self`.
            Err(_) => String::new(),
        }
    }
}
