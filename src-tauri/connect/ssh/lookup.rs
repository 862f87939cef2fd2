//! The first step of connecting: what ssh_config says of each hop of the route.

use async_trait::async_trait;

use super::consent::Consents;
use super::error::SshError;
use super::options::TunnelOptions;
use super::plan::{Resolve, plan};
use crate::connect::Hop;
use crate::connect::question::Ask;
use crate::connect::steps::{RunningStep, StepName, Steps};
use ssh_config::config::{self, ConfigError, ConfigFiles, LookedUp, Resolved, SshGReply};
use ssh_config::shown;

/// A user would not read through more questions than these.
const MOST_COMMANDS: usize = 32;

/// The hops from this machine outwards. Asks before a `Match exec` of the config runs a command.
pub async fn look_up(options: &TunnelOptions, ask: &dyn Ask, steps: &Steps) -> Result<Vec<Resolved>, SshError> {
    let mut step = Some(steps.begin(StepName::Config, options.route.name.clone()));
    let mut lookup = Lookup { files: &options.config, consents: &options.consents, ask, step: &mut step };
    let hops = plan(&options.route, &mut lookup).await;
    let Some(step) = step else { return hops };
    match &hops {
        Ok(hops) => {
            let shown: Vec<String> = hops.iter().map(shown_hop).collect();
            let problems: Vec<String> = hops
                .iter()
                .flat_map(|hop| hop.problems.iter().map(|(place, what)| format!("{place}: {what}")))
                .collect();
            if problems.is_empty() {
                step.pass(shown.join(" → "));
            } else {
                let detail = format!("{}\n{}", shown.join(" → "), problems.join("\n"));
                step.warn(detail, "Look whether these lines of the ssh_config matter here.");
            }
        }
        Err(error) => error.fail(step),
    }
    hops
}

/// `gpu-box = ana@10.0.0.7:22`
fn shown_hop(hop: &Resolved) -> String {
    let address = super::reach::address(hop);
    format!("{} = {}@{address}", hop.alias, hop.user.value)
}

struct Lookup<'a> {
    files: &'a ConfigFiles,
    consents: &'a Consents,
    ask: &'a dyn Ask,
    step: &'a mut Option<RunningStep>,
}

#[async_trait]
impl Resolve for Lookup<'_> {
    async fn resolve(&mut self, hop: &Hop) -> Result<Resolved, SshError> {
        let (files, asked) = (self.files.clone(), hop.clone());
        let found = tokio::task::spawn_blocking(move || config::look_up(&files, &asked)).await;
        let found = found.map_err(|_| SshError::Config { what: "the ssh_config cannot be read".to_owned() })?;
        let ssh = match found.map_err(wrong)? {
            LookedUp::Resolved(resolved) => return Ok(*resolved),
            LookedUp::NeedsSshG(ssh) => ssh,
        };
        let mut agreed = Vec::new();
        while agreed.len() < MOST_COMMANDS {
            let commands = match ssh.ask(&agreed).await.map_err(wrong)? {
                SshGReply::Resolved(resolved) => return Ok(*resolved),
                SshGReply::Wants(commands) => commands,
            };
            // What one of them says may decide whether ssh comes to the next.
            for command in commands {
                let purpose = format!("Match exec for {}", hop.host);
                let from = format!("{} or what it includes", shown(&ssh.place().file));
                self.consents.obtain(self.ask, self.step, purpose, &command, &from).await?;
                agreed.push(command);
            }
        }
        let what = format!("the ssh_config wants to run more than {MOST_COMMANDS} commands for {}", hop.host);
        Err(SshError::Config { what })
    }
}

fn wrong(error: ConfigError) -> SshError {
    SshError::Config { what: error.to_string() }
}
