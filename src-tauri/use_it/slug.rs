//! A name for containers and clusters, made of the name of a model.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

/// So that a number and a suffix fit into the 63 characters that a cluster allows.
const LONGEST: usize = 40;

/// Lower-case letters, digits and `-`, beginning with a letter. Where that loses what tells the name from others, a few
/// digits of its fingerprint stand behind it.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    let mut lossy = false;
    for c in name.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => slug.push(c),
            c => {
                lossy |= !matches!(c, '-' | '_' | '.' | ' ');
                if !slug.ends_with('-') {
                    slug.push('-');
                }
            }
        }
    }
    let slug = slug.trim_matches('-');
    let cut: String = slug.chars().take(LONGEST).collect();
    lossy |= cut.len() < slug.len() || slug.is_empty();
    let slug = match cut.trim_end_matches('-') {
        "" => "model".to_owned(),
        rest if rest.starts_with(|c: char| c.is_ascii_digit()) => format!("model-{rest}"),
        rest => rest.to_owned(),
    };
    if !lossy {
        return slug;
    }
    let mut hasher = SipHasher13::new();
    hasher.write(name.as_bytes());
    format!("{slug}-{:06x}", hasher.finish() & 0xff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_a_name_of_a_cluster_and_tells_names_apart() {
        assert_eq!(slug("churn-gbdt"), "churn-gbdt");
        assert_eq!(slug("Two Tower_v2."), "two-tower-v2");
        assert_eq!(slug("3d"), "model-3d");
        for name in ["年", "", "$(rm -rf /)", "a\"b'c\n", &"x".repeat(300), "é", "-"] {
            let slug = slug(name);
            assert!(slug.len() <= 53 && slug.starts_with(|c: char| c.is_ascii_lowercase()), "{name} {slug}");
            assert!(slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{name} {slug}");
        }
        assert_ne!(slug("年"), slug("月"));
    }
}
