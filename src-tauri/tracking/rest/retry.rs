//! When a question is asked again, and how long after: a pure decision. Writes are never asked
//! here at all.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use http::HeaderMap;
use http::header::RETRY_AFTER;

/// How patient a store is with a server in trouble.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// Times a question is asked in all.
    pub tries: u32,
    /// The pause before the second try; each further pause is twice as long.
    pub first_pause: Duration,
    /// The longest `Retry-After` that is waited for. Beyond it the caller is told at once.
    pub longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { tries: 3, first_pause: Duration::from_millis(250), longest_wait: Duration::from_secs(20) }
    }
}

impl RetryPolicy {
    /// The pause before the next try after `tries` have failed, or none when it is time to give
    /// up. `jitter`, 0 to 1, keeps many clients from coming back in step: a pause is between
    /// half and the whole of its length, and never shorter than what the server asked for.
    pub fn pause(&self, tries: u32, asked_for: Option<Duration>, jitter: f64) -> Option<Duration> {
        if tries >= self.tries {
            return None;
        }
        let full = self.first_pause.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1)));
        let own = full.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0);
        match asked_for {
            Some(wait) if wait > self.longest_wait => None,
            Some(wait) => Some(wait.max(own)),
            None => Some(own),
        }
    }
}

/// A number between 0 and 1, different each time.
pub fn jitter() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    (random >> 11) as f64 / (1_u64 << 53) as f64
}

/// How long the server asks us to wait: seconds, or a date.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(std::time::SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn pauses_double_and_end() {
        let retry_policy = RetryPolicy { tries: 4, first_pause: Duration::from_millis(100), ..RetryPolicy::default() };
        assert_eq!(retry_policy.pause(1, None, 1.0), Some(Duration::from_millis(100)));
        assert_eq!(retry_policy.pause(2, None, 1.0), Some(Duration::from_millis(200)));
        assert_eq!(retry_policy.pause(3, None, 0.0), Some(Duration::from_millis(200)));
        assert_eq!(retry_policy.pause(4, None, 1.0), None);
    }

    #[test]
    fn the_server_may_ask_for_more_but_not_for_ever() {
        let retry_policy = RetryPolicy::default();
        assert_eq!(retry_policy.pause(1, Some(Duration::from_secs(3)), 0.5), Some(Duration::from_secs(3)));
        assert_eq!(retry_policy.pause(1, Some(Duration::ZERO), 1.0), Some(retry_policy.first_pause));
        assert_eq!(retry_policy.pause(1, Some(Duration::from_secs(3600)), 0.5), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let headers = |text: &'static str| HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
        assert_eq!(retry_after(&headers("7")), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(&headers("Wed, 21 Oct 2015 07:28:00 GMT")), Some(Duration::ZERO));
        assert_eq!(retry_after(&headers("soon")), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }

    #[test]
    fn jitter_stays_between_zero_and_one() {
        for _ in 0..100 {
            let value = jitter();
            assert!((0.0..=1.0).contains(&value), "{value}");
        }
    }
}
