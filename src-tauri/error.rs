//! The one error the window sees, and every way into it.
//!
//! A code exists only if the window treats it differently; `ui/src/errors.ts` says for each what
//! the user sees and can do. The message says what happened and where, for people.

use serde::Serialize;
use specta::Type;

use crate::cache::CacheError;
use crate::promotion::{PromotionError, StageError};
use crate::query::FilterError;
use crate::registration::RegistrationError;
use crate::tracking::StoreError;

pub type Result<T> = std::result::Result<T, AppError>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct AppError {
    pub code: Code,
    pub message: String,
    /// Which part of what was typed it is about, where that is known.
    pub part: Option<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Part {
    /// A field of the profile's editor.
    Field { name: String },
    /// Part of a text, from `start` to before `end`, in UTF-16 units.
    Text { start: u32, end: u32 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Code {
    Unreachable,
    TimedOut,
    /// A certificate or host key that is not trusted, or is not the one it was.
    Untrusted,
    /// A passphrase, a second factor or a decision is needed before it goes on.
    NeedsUser,
    NotMlflow,
    BadAnswer,
    Unauthenticated,
    Forbidden,
    /// The server takes no requests under this name; the profile's Host header can say another one.
    HostRefused,
    NotFound,
    /// The server's own refusal, in its own words.
    Refused,
    /// A request arrived without its body.
    BodyLost,
    TooManyRequests,
    ServerFailed,
    Unsupported,
    NoSuchFile,
    NotMlflowDatabase,
    DatabaseCorrupt,
    DatabaseLocked,
    ReadOnly,
    DiskFull,
    UnsafePath,
    /// Files of a database that were not found; the user may know the folder.
    ArtifactsElsewhere,
    Io,
    /// The filter text does not parse.
    BadFilter,
    /// A formula of metrics does not parse.
    BadFormula,
    /// What was typed is neither an address, nor a file, nor the name of a profile.
    BadTarget,
    /// An alias or a stage is not where the card said.
    AliasMoved,
    /// A rule of the team for this alias failed or is unknown, and nobody who saw that wrote a reason.
    GateNotPassed,
    /// Others have to approve first.
    ApprovalMissing,
    /// The profile asks for a confirmation of every write, and none came along.
    NeedsConfirmation,
    /// The system's keyring cannot be used.
    Keyring,
    /// Not connected yet, and the answer is not in the cache.
    NotConnected,
    /// A fault of ours; the message is for a bug report.
    Internal,
}

impl AppError {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), part: None }
    }

    /// The same, said of a part of what was typed.
    pub fn about(self, part: Part) -> Self {
        Self { part: Some(part), ..self }
    }

    pub fn of_formula(error: FilterError) -> Self {
        let part = Part::Text { start: error.start, end: error.end };
        Self::new(Code::BadFormula, error.message).about(part)
    }

    pub fn internal(fault: impl std::fmt::Display) -> Self {
        Self::new(Code::Internal, fault.to_string())
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Unreachable { .. } => Code::Unreachable,
            StoreError::TimedOut { .. } => Code::TimedOut,
            StoreError::Untrusted { .. } => Code::Untrusted,
            StoreError::NeedsUser { .. } => Code::NeedsUser,
            StoreError::NotMlflow { .. } => Code::NotMlflow,
            StoreError::BadAnswer { .. } => Code::BadAnswer,
            StoreError::Unauthenticated { .. } => Code::Unauthenticated,
            StoreError::Forbidden { .. } => Code::Forbidden,
            StoreError::HostRefused { .. } => Code::HostRefused,
            StoreError::NotFound { .. } => Code::NotFound,
            StoreError::Refused { .. } => Code::Refused,
            StoreError::BodyLost { .. } => Code::BodyLost,
            StoreError::TooManyRequests { .. } => Code::TooManyRequests,
            StoreError::ServerFailed { .. } => Code::ServerFailed,
            StoreError::Unsupported { .. } | StoreError::NoSuchEndpoint { .. } => Code::Unsupported,
            StoreError::NoSuchFile { .. } => Code::NoSuchFile,
            StoreError::NotMlflowDatabase { .. } => Code::NotMlflowDatabase,
            StoreError::DatabaseCorrupt { .. } => Code::DatabaseCorrupt,
            StoreError::DatabaseLocked { .. } => Code::DatabaseLocked,
            StoreError::ReadOnly { .. } => Code::ReadOnly,
            StoreError::DiskFull { .. } => Code::DiskFull,
            StoreError::Io { .. } => Code::Io,
            StoreError::UnsafePath { .. } => Code::UnsafePath,
            StoreError::ArtifactsElsewhere { .. } => Code::ArtifactsElsewhere,
        };
        Self::new(code, error.to_string())
    }
}

impl From<PromotionError> for AppError {
    fn from(error: PromotionError) -> Self {
        match error {
            PromotionError::Store(error) => error.into(),
            PromotionError::Unconfirmed { error: ref cause, .. } => {
                Self::new(Self::from(cause.clone()).code, error.to_string())
            }
            PromotionError::Moved { .. } | PromotionError::Overwritten { .. } | PromotionError::Overtaken { .. } => {
                Self::new(Code::AliasMoved, error.to_string())
            }
        }
    }
}

impl From<StageError> for AppError {
    fn from(error: StageError) -> Self {
        match error {
            StageError::Store(error) => error.into(),
            StageError::Unconfirmed { error: ref cause, .. } => {
                Self::new(Self::from(cause.clone()).code, error.to_string())
            }
            StageError::Changed(_) | StageError::Halfway(_) => Self::new(Code::AliasMoved, error.to_string()),
        }
    }
}

impl From<RegistrationError> for AppError {
    fn from(error: RegistrationError) -> Self {
        match error {
            RegistrationError::Store(error) => error.into(),
            RegistrationError::Unconfirmed { error: ref cause } => {
                Self::new(Self::from(cause.clone()).code, error.to_string())
            }
        }
    }
}

impl From<CacheError> for AppError {
    fn from(error: CacheError) -> Self {
        let code = match &error {
            CacheError::Filter(FilterError { start, end, .. }) => {
                let part = Part::Text { start: *start, end: *end };
                return Self::new(Code::BadFilter, error.to_string()).about(part);
            }
            CacheError::DiskFull => Code::DiskFull,
            CacheError::Damaged { .. } | CacheError::Newer | CacheError::Database { .. } => Code::Internal,
        };
        Self::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Filter;

    #[test]
    fn a_filter_that_does_not_parse_says_where() {
        let wrong = Filter::parse("é = 1 and metrics. > 2").unwrap_err();
        let (start, end) = (wrong.start, wrong.end);
        let error = AppError::from(CacheError::from(wrong));
        assert_eq!((error.code, error.part), (Code::BadFilter, Some(Part::Text { start, end })));
    }
}
