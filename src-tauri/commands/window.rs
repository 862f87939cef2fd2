//! The window itself: one that shows unsaved changes is not closed without a word.

use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{State, Window};
use tauri_specta::Event;

use crate::error::{AppError, Result};

/// The user wants to close a window that is held.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct CloseAsked;

/// Whether the page holds its window.
#[derive(Debug, Default)]
pub struct Hold {
    held: AtomicBool,
    /// The page was told of a wish to close, and has not answered yet.
    asked: AtomicBool,
}

impl Hold {
    /// Whether the page is to be asked before the window closes. A page that did not answer the last
    /// time has nothing left to save, and must not keep its window open for ever.
    pub fn asks(&self) -> bool {
        self.held.load(Ordering::SeqCst) && !self.asked.swap(true, Ordering::SeqCst)
    }

    fn set(&self, held: bool) {
        self.held.store(held, Ordering::SeqCst);
        self.asked.store(false, Ordering::SeqCst);
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

/// Closes the window without asking anybody.
#[tauri::command]
#[specta::specta]
pub async fn close_window(window: Window) -> Result<()> {
    window.destroy().map_err(AppError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_window_asks_once_and_again_only_when_the_page_has_answered() {
        let hold = Hold::default();
        assert!(!hold.asks());
        hold.set(true);
        assert!(hold.asks());
        assert!(!hold.asks(), "the page is dead");
        hold.set(true);
        assert!(hold.asks());
        hold.set(false);
        assert!(!hold.asks());
    }
}
