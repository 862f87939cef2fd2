//! What is wrong with a value that OpenSSH would not take.

use crate::config::keyword::Kind;
use crate::config::tokens::{Tokens, Unexpanded};
use crate::config::{port, seconds};

/// What is wrong with a single word, if anything.
pub(super) fn checked(kind: Kind, word: &str) -> Result<(), String> {
    match kind {
        Kind::Choice(choices) if !choices.iter().any(|choice| choice.eq_ignore_ascii_case(word)) => {
            Err(format!("is {word:?}, not one of {}", choices.join(", ")))
        }
        Kind::Port if port(word).is_none_or(|port| port == 0) => Err(format!("is {word:?}, which is no port")),
        Kind::Time if word != "none" && seconds(word).is_none() => Err(format!("is {word:?}, which is no time")),
        Kind::Agent => match Tokens::default().expand(&word.replace('%', "%%"), true) {
            Err(Unexpanded::Wrong(problem)) => Err(format!("is wrong: {problem}")),
            _ if word.strip_prefix('$').is_some_and(|name| !name.starts_with('{') && !is_variable(name)) => {
                Err(format!("is {word:?}, which is no variable"))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
