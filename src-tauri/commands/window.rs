//! The window itself: one that shows unsaved changes is not closed without a word.

use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{State, Window};
use tauri_specta::Event;

use crate::error::{AppError, Result};

/// The user wants to close a window that is held.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct CloseAsked;

/// A page that does not answer for as long as this is dead: it has nothing left to save, and must not keep its
/// window open for ever. Shorter, and two hasty clicks would be two wishes.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether the page holds its window, and since when it was told of a wish to close without having answered.
#[derive(Debug, Default)]
pub struct Hold(Mutex<(bool, Option<Instant>)>);

impl Hold {
    /// Whether the page is to be asked before the window closes.
    pub fn asks(&self, now: Instant) -> bool {
        let mut state = self.0.lock();
        let (held, asked) = &mut *state;
        *held && now.duration_since(*asked.get_or_insert(now)) < PATIENCE
    }

    fn set(&self, held: bool) {
        *self.0.lock() = (held, None);
    }
}

/// While `held`, a wish to close the window is told to the page, which answers it by holding on or
/// by [`close_window`].
#[tauri::command]
#[specta::specta]
pub async fn hold_window(hold: State<'_, Hold>, held: bool) -> Result<()> {
    hold.set(held);
    Ok(())
}

/// Closes the window without asking the user.
#[tauri::command]
#[specta::specta]
pub async fn close_window(window: Window) -> Result<()> {
    window.destroy().map_err(AppError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_window_asks_as_long_as_its_page_answers() {
        let (hold, now) = (Hold::default(), Instant::now());
        assert!(!hold.asks(now));
        hold.set(true);
        assert!(hold.asks(now) && hold.asks(now + PATIENCE / 2), "a second click is the same wish");
        assert!(!hold.asks(now + PATIENCE), "the page is dead");
        hold.set(true);
        assert!(hold.asks(now + PATIENCE));
        hold.set(false);
        assert!(!hold.asks(now));
    }
}
