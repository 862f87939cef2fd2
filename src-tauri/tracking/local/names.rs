//! The rules MLflow checks before it writes a name, so that nothing is written here that a
//! server would have refused (`mlflow/utils/validation.py`).

use super::refused;
use crate::tracking::Result;

const KEY_CHARS: usize = 250;
const ALIAS_CHARS: usize = 255;
/// Of tags of registered models and versions. The column type says less in some versions, but
/// SQLite does not enforce it.
const REGISTRY_TAG_CHARS: usize = 100_000;

pub fn check_alias(alias: &str) -> Result<()> {
    if alias.is_empty() {
        return Err(refused("An alias cannot be empty."));
    }
    if !alias.chars().all(|c| is_word(c) || c == '-') {
        return Err(refused(format!(
            "Invalid alias name: '{alias}'. Only letters, digits, underscores and dashes are allowed."
        )));
    }
    check_length("Registered model alias name", alias, ALIAS_CHARS)
}

/// What an alias may be besides well-formed, asked only where one is set.
pub fn check_alias_not_reserved(alias: &str) -> Result<()> {
    if alias.eq_ignore_ascii_case("latest") {
        return Err(refused("'latest' alias name (case insensitive) is reserved."));
    }
    let number = alias.strip_prefix(['v', 'V']).unwrap_or_default();
    if !number.is_empty() && number.chars().all(char::is_numeric) {
        return Err(refused(format!("Version alias name '{alias}' is reserved.")));
    }
    Ok(())
}

pub fn check_model_name(name: &str) -> Result<()> {
    if name.trim().is_empty() {
        return Err(refused("A registered model's name cannot be empty."));
    }
    if name.contains(['/', ':']) || path_not_unique(name) {
        return Err(refused(format!("Invalid model name '{name}'. Names cannot contain '/' or ':'.")));
    }
    Ok(())
}

/// A version as the database keeps it.
pub fn version_number(version: &str) -> Result<i64> {
    version.trim().parse().map_err(|_| refused(format!("Version must be an integer, not '{version}'.")))
}

pub fn check_tag_key(key: &str) -> Result<()> {
    if key.is_empty() || path_not_unique(key) || !key.chars().all(|c| is_word(c) || "/.- :".contains(c)) {
        return Err(refused(format!(
            "Invalid tag name: '{key}'. Names may only contain letters, digits, underscores, dashes, periods, \
             spaces, colons and slashes, and must not read as another path."
        )));
    }
    check_length("Tag name", key, KEY_CHARS)
}

/// MLflow cuts a longer value of a run's tag and says so only in its log; here it is refused.
pub fn check_run_tag_value(value: &str, limit_chars: usize) -> Result<()> {
    check_length("Tag value", value, limit_chars)
}

pub fn check_registry_tag_value(value: &str) -> Result<()> {
    check_length("Tag value", value, REGISTRY_TAG_CHARS)
}

fn check_length(what: &str, text: &str, limit_chars: usize) -> Result<()> {
    let chars = text.chars().count();
    if chars > limit_chars {
        return Err(refused(format!("{what} is {chars} characters long; at most {limit_chars} are allowed.")));
    }
    Ok(())
}

/// Python's `\w`.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether the name, read as a path, would be another name (`a//b`, `./a`, `a/../b`, `a/`).
fn path_not_unique(name: &str) -> bool {
    name.starts_with('/') || name.split('/').any(|segment| matches!(segment, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_that_a_server_takes_and_refuses() {
        for good in ["champion", "A_b-1", "候補", "v", "vx1", "version2"] {
            assert!(check_alias(good).and_then(|()| check_alias_not_reserved(good)).is_ok(), "{good}");
        }
        let long = "x".repeat(256);
        for bad in ["", "a b", "a/b", "a.b", "@champion", "latest", "LATEST", "v1", "V22", &long, "a\n"] {
            assert!(check_alias(bad).and_then(|()| check_alias_not_reserved(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn tag_keys_that_a_server_takes_and_refuses() {
        for good in ["k", "mlflow.note.content", "a/b c:d-e_f", "podium.reason"] {
            assert!(check_tag_key(good).is_ok(), "{good}");
        }
        let long = "x".repeat(251);
        for bad in ["", "/a", "a//b", "a/", "./a", "../a", "a/../b", "a=b", "a\u{0}b", &long] {
            assert!(check_tag_key(bad).is_err(), "{bad:?}");
        }
    }
}
