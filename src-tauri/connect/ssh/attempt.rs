//! What an attempt to connect needs at every hop, and how it asks without its steps counting the
//! time that the user takes.

use std::path::PathBuf;
use std::time::Duration;

use super::consent::Consents;
use super::remembered_login::{OneTimeAnswerRecorder, RememberedLogin};
use crate::connect::Keep;
use crate::connect::question::{Answer, Ask, Question};
use crate::connect::secrets::Vault;
use crate::connect::steps::{RunningStep, Steps, asking};

pub struct Attempt<'a> {
    pub ask: &'a dyn Ask,
    pub steps: &'a Steps,
    pub vault: &'a Vault,
    pub keep: Keep,
    pub remembered: &'a RememberedLogin,
    pub consents: &'a Consents,
    pub own_known_hosts: &'a PathBuf,
    pub limits: TimeLimits,
    pub buffers: BufferSizes,
    /// Added to whom a question is about where it would look like one that was answered already.
    pub purpose: &'static str,
}

/// How long is waited for what, apart from the user.
#[derive(Debug, Clone, Copy)]
pub struct TimeLimits {
    pub connect: Duration,
    /// What a `ConnectTimeout` of the config can stretch that to.
    pub connect_at_most: Duration,
    /// From the first byte to the agreed keys.
    pub handshake: Duration,
    /// For one answer while logging in.
    pub auth: Duration,
    /// For an agent that may ask for a touch or a consent first.
    pub agent: Duration,
}

impl TimeLimits {
    pub const ATTENDED: Self = Self {
        connect: Duration::from_secs(10),
        connect_at_most: Duration::from_secs(120),
        handshake: Duration::from_secs(20),
        auth: Duration::from_secs(30),
        agent: Duration::from_secs(120),
    };
    /// Where one tries again and again, an attempt into a network that is just away must end soon.
    pub const UNATTENDED: Self = Self {
        connect: Duration::from_secs(3),
        connect_at_most: Duration::from_secs(10),
        handshake: Duration::from_secs(8),
        auth: Duration::from_secs(15),
        agent: Duration::from_secs(15),
    };
}

/// How much a session takes in before it is read.
#[derive(Debug, Clone, Copy)]
pub struct BufferSizes {
    pub window_bytes: u32,
    /// Packets of up to 32 KiB.
    pub channel_packets: usize,
}

impl BufferSizes {
    /// Answers are read at once; if one is not, the others still get past it.
    pub const API: Self = Self { window_bytes: 2 << 20, channel_packets: 1024 };
    /// At a round trip of 100 ms the window is the speed: 16 MiB are 70 MiB/s.
    pub const BULK: Self = Self { window_bytes: 16 << 20, channel_packets: 256 };
}

impl Attempt<'_> {
    /// Asks while `step` waits.
    pub async fn ask(&self, step: &mut Option<RunningStep>, what: &str, question: Question) -> Option<Answer> {
        asking(step, what, OneTimeAnswerRecorder { ask: self.ask, remembered: self.remembered }.ask(question)).await
    }
}
