//! Keeps a tunnel up: notices that it is lost, and connects again without asking the user.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, interval, sleep, timeout};

use super::attempt::TimeLimits;
use super::error::SshError;
use super::network;
use super::session_pool::SessionPool;
use super::state::TunnelState;
use crate::connect::question::Unattended;
use crate::connect::steps::Steps;
use crate::tracking::rest::Lane;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// The longest pause in the first minute while the host cannot be reached: the user may be waiting for it, and an
/// attempt that finds no host is no burden to a server.
const LONGEST_PAUSE_AT_FIRST: Duration = Duration::from_secs(1);
const AT_FIRST: Duration = Duration::from_secs(60);
/// Every step has its own limit; this is for their sum over many hops.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(40);
/// Two clocks that differ by more: the machine slept, or the user set its clock, which costs one ping.
const JUMP: Duration = Duration::from_secs(3);

pub enum Phase {
    Up,
    Lost(String),
}

/// Ends only where the user has to go on.
pub async fn supervise(pool: Arc<SessionPool>, mut phase: Phase) {
    loop {
        phase = match phase {
            Phase::Up => Phase::Lost(watch(&pool).await),
            Phase::Lost(reason) => {
                pool.doubt_downloads();
                if pool.remembered.needs_user() {
                    let what = format!("the connection was lost ({reason}), and a new one has to be confirmed by you");
                    let hop = pool.description();
                    return pool.show(TunnelState::Down { error: SshError::NeedsUser { hop, what } });
                }
                match make_again(&pool, reason).await {
                    Ok(()) => Phase::Up,
                    Err(error) => return pool.show(TunnelState::Down { error }),
                }
            }
        };
    }
}

/// Waits until the connection is lost, and says why.
async fn watch(pool: &SessionPool) -> String {
    let Some(chain) = pool.api() else { return "there is no session".to_owned() };
    loop {
        tokio::select! {
            error = chain.over() => return error.to_string(),
            () = pool.nudge.notified() => {}
            () = jump_of_the_clock() => {}
            () = network::change(pool.remembered.peer()) => {}
        }
        chain.cut_if_dead().await;
    }
}

/// Tries until it succeeds or only the user can go on. The pause counts from the beginning of a try, so
/// that tries which end late are not rarer for it.
async fn make_again(pool: &SessionPool, mut reason: String) -> Result<(), SshError> {
    let began = Instant::now();
    let mut pause = FIRST_PAUSE;
    let mut next = Instant::now() + jittered(pause);
    for attempt in 1.. {
        let wait = next.saturating_duration_since(Instant::now());
        let next_in_ms = Some(u32::try_from(wait.as_millis()).unwrap_or(u32::MAX));
        pool.show(TunnelState::Reconnecting { reason: reason.clone(), attempt, next_in_ms });
        tokio::select! {
            () = sleep(wait) => {}
            () = pool.nudge.notified() => {}
            () = jump_of_the_clock() => {}
            () = network::change(pool.remembered.peer()) => {}
        }
        pool.show(TunnelState::Reconnecting { reason: reason.clone(), attempt, next_in_ms: None });
        let tried = Instant::now();
        let steps = Steps::unwatched();
        let making = pool.make(&Unattended, &steps, Lane::Api, TimeLimits::UNATTENDED);
        let (is_unreachable, why) = match timeout(ATTEMPT_LIMIT, making).await {
            Ok(Ok(chain)) => {
                pool.use_for_questions(chain);
                pool.show(TunnelState::Up);
                return Ok(());
            }
            Ok(Err(error)) if error.is_final() => return Err(error),
            Ok(Err(error)) => {
                let is_unreachable = matches!(error, SshError::Connect { .. } | SshError::NoHost { .. });
                (is_unreachable, error.to_string())
            }
            Err(_) => (false, format!("no answer within {} s", ATTEMPT_LIMIT.as_secs())),
        };
        reason = why;
        let at_first = is_unreachable && began.elapsed() < AT_FIRST;
        pause = (pause * 2).min(if at_first { LONGEST_PAUSE_AT_FIRST } else { LONGEST_PAUSE });
        next = tried + jittered(pause);
    }
    Err(SshError::Closed)
}

/// Between three quarters and the whole, so that many who lost the same host do not come back at once.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    pause.mul_f64(0.75 + 0.25 * (random % 1000) as f64 / 1000.0)
}

/// The clock of the day went on while the one of the processor did not, or the other way round.
async fn jump_of_the_clock() {
    let mut ticks = interval(Duration::from_secs(1));
    let (mut day, mut processor) = (SystemTime::now(), std::time::Instant::now());
    loop {
        ticks.tick().await;
        let passed = processor.elapsed();
        let by_day = day.elapsed().unwrap_or_default();
        if by_day.abs_diff(passed) > JUMP || passed > JUMP {
            return;
        }
        (day, processor) = (SystemTime::now(), std::time::Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_never_longer_than_meant() {
        for _ in 0..100 {
            let pause = jittered(Duration::from_secs(4));
            assert!(pause >= Duration::from_secs(3) && pause <= Duration::from_secs(4), "{pause:?}");
        }
    }
}
