//! The patterns of `Host` and `Match`: `*`, `?` and, in lists, `!`.

/// Longer ones are for no host; the time for a match is bounded by the product of the lengths.
const LONGEST_PATTERN: usize = 4096;

/// The whole of `text` against one pattern, in time that is at most the product of their lengths.
pub(super) fn matches(text: &str, pattern: &str) -> bool {
    if pattern.len() > LONGEST_PATTERN {
        return false;
    }
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let (mut at, mut in_pattern) = (0, 0);
    // Where the last star stands, and how much of the text it has taken.
    let mut star = None;
    while at < text.len() {
        match pattern.get(in_pattern) {
            Some(b'*') => {
                star = Some((in_pattern, at));
                in_pattern += 1;
            }
            Some(&byte) if byte == b'?' || byte == text[at] => {
                at += 1;
                in_pattern += 1;
            }
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                at = taken + 1;
                in_pattern = place + 1;
            }
        }
    }
    pattern[in_pattern..].iter().all(|&byte| byte == b'*')
}

/// A list with commas: at least one matches, and none that begins with `!`. Parts of 1023 bytes and more match
/// nothing, as in OpenSSH.
pub(super) fn matches_list(text: &str, list: &str) -> bool {
    let mut found = false;
    for part in list.split(',') {
        let (negated, pattern) = part.strip_prefix('!').map_or((false, part), |rest| (true, rest));
        if pattern.len() >= 1023 {
            return false;
        }
        // A comma at the end is followed by nothing, not by an empty pattern.
        if !part.is_empty() && matches(text, pattern) {
            if negated {
                return false;
            }
            found = true;
        }
    }
    found
}

/// The arguments of a `Host` line: one matches, and none that begins with `!`.
pub(super) fn matches_host(host: &str, patterns: &[String]) -> bool {
    let mut found = false;
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(pattern) if matches(host, pattern) => return false,
            Some(_) => {}
            None => found |= matches(host, pattern),
        }
    }
    found
}

/// Whether a `Host` pattern names one host.
pub(super) fn is_concrete(pattern: &str) -> bool {
    !pattern.is_empty() && !pattern.starts_with('!') && !pattern.contains(['*', '?'])
}
