//! What every change of the registry needs: whether it may be made here, by whom, when.

use crate::connect::{Auth, Writes};
use crate::connection::Connection;
use crate::tracking::StoreError;

/// Why no alias can be moved here, if so.
pub(super) fn read_only_reason(connection: &Connection) -> Option<String> {
    write_refusal(connection).or_else(|| {
        let store = connection.store().ok()?;
        let capabilities = store.capabilities();
        (!capabilities.aliases)
            .then(|| format!("{} has no aliases: they came with MLflow 2.3.", capabilities.description))
    })
}

/// Why nothing at all can be changed here, if so.
pub(super) fn write_refusal(connection: &Connection) -> Option<String> {
    if connection.profile().writes == Writes::ReadOnly {
        return Some(format!("The profile “{}” is read-only.", connection.profile().name));
    }
    let store = connection.store().ok()?;
    let capabilities = store.capabilities();
    (!capabilities.writable).then(|| format!("{} can only be read from here.", capabilities.description))
}

/// Before a write is tried again.
pub(super) fn pause(tried: u32) -> std::time::Duration {
    std::time::Duration::from_millis(400 << tried.min(6))
}

/// Who the user is: whom the server knows, where one signs in by name, else the user of this machine.
pub(super) fn person(connection: &Connection) -> String {
    match &connection.profile().server.auth {
        Auth::Basic { username } => username.clone(),
        _ => user_name(),
    }
}

fn user_name() -> String {
    ["USER", "USERNAME", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "unknown".to_owned())
}

/// Absent where the store says that it is not there.
pub(super) fn existing<T>(answer: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
