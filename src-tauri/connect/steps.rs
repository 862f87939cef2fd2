//! What an attempt to connect is doing, step by step: the same lines for a test of the connection,
//! for the state on screen, and for a report to copy. No line ever holds a secret.

use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use serde::Serialize;
use specta::Type;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum StepName {
    Config,
    Dns,
    Tcp,
    Banner,
    KeyExchange,
    HostKey,
    Auth,
    Channel,
    Tls,
    Http,
    Mlflow,
    Credentials,
    Permissions,
    Artifacts,
    Workspaces,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum StepState {
    Running,
    /// Waits for an answer of the user.
    Asking,
    Passed,
    /// Works, with something to know.
    Warned,
    Failed,
    /// Has no meaning here, or was not reached.
    Skipped,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub name: StepName,
    /// What it was done to: `bastion.corp:22`, `127.0.0.1:5000 from gpu-box`.
    pub subject: String,
    pub state: StepState,
    /// What was found, in words: `SHA256:…, known from ~/.ssh/known_hosts:14`.
    pub detail: String,
    /// The one thing to do about a failure.
    pub remedy: Option<String>,
    /// The host that failed because it shows another key than the known ones, as the files of known hosts name it:
    /// `bastion.corp`, `[bastion.corp]:2222`. Once its known keys are forgotten, it can be asked about again.
    pub changed_host: Option<String>,
    /// Since the step began; none while it runs and where nothing was done. Includes no waiting
    /// for the user.
    pub took_ms: Option<f64>,
}

/// A list of steps that several hands write to. Clones are the same list.
#[derive(Clone)]
pub struct Steps {
    list: Arc<Mutex<Vec<Step>>>,
    on_change: Arc<dyn Fn() + Send + Sync>,
}

impl Steps {
    /// `on_change` is called after every change, from whatever task made it; it must be quick.
    pub fn new(on_change: impl Fn() + Send + Sync + 'static) -> Self {
        Self { list: Arc::default(), on_change: Arc::new(on_change) }
    }

    /// Steps that are not shown as they happen.
    pub fn unwatched() -> Self {
        Self::new(|| {})
    }

    /// Begins a step; it is running until the guard says how it ended. A guard that is dropped
    /// before that leaves the step as skipped: stopped.
    pub fn begin(&self, name: StepName, subject: impl Into<String>) -> RunningStep {
        let step = Step {
            name,
            subject: subject.into(),
            state: StepState::Running,
            detail: String::new(),
            remedy: None,
            changed_host: None,
            took_ms: None,
        };
        let index = self.change(|list| {
            list.push(step);
            list.len() - 1
        });
        RunningStep { steps: self.clone(), index, begun: Instant::now(), ended: false }
    }

    /// A step without a duration.
    pub fn note(&self, name: StepName, subject: impl Into<String>, state: StepState, detail: impl Into<String>) {
        let (subject, detail) = (subject.into(), detail.into());
        let step = Step { name, subject, state, detail, remedy: None, changed_host: None, took_ms: None };
        self.change(|list| list.push(step));
    }

    /// Says of the last step of this name how it stands after all; its time stays what it was.
    pub fn correct(&self, name: StepName, state: StepState, detail: impl Into<String>, remedy: Option<&str>) {
        let (detail, remedy) = (detail.into(), remedy.map(str::to_owned));
        self.change(|list| {
            if let Some(step) = list.iter_mut().rfind(|step| step.name == name) {
                *step = Step { state, detail, remedy, ..step.clone() };
            }
        });
    }

    pub fn list(&self) -> Vec<Step> {
        self.list.lock().clone()
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<Step>) -> T) -> T {
        let result = change(&mut self.list.lock());
        (self.on_change)();
        result
    }
}

/// A step that is being done.
pub struct RunningStep {
    steps: Steps,
    index: usize,
    begun: Instant,
    ended: bool,
}

impl RunningStep {
    pub fn pass(self, detail: impl Into<String>) {
        self.end(StepState::Passed, detail.into(), None);
    }

    pub fn warn(self, detail: impl Into<String>, remedy: impl Into<String>) {
        self.end(StepState::Warned, detail.into(), Some(remedy.into()));
    }

    pub fn fail(self, detail: impl Into<String>, remedy: impl Into<String>) {
        self.end(StepState::Failed, detail.into(), Some(remedy.into()));
    }

    /// As [`RunningStep::fail`], where `host` shows another key than the known ones.
    pub fn fail_by_changed_key(self, host: &str, detail: impl Into<String>, remedy: impl Into<String>) {
        self.steps.change(|list| {
            if let Some(step) = list.get_mut(self.index) {
                step.changed_host = Some(host.to_owned());
            }
        });
        self.fail(detail, remedy);
    }

    pub fn skip(self, detail: impl Into<String>) {
        self.end(StepState::Skipped, detail.into(), None);
    }

    /// Says what is going on while it goes on: which key is offered, that an answer is awaited.
    pub fn say(&self, state: StepState, detail: impl Into<String>) {
        let detail = detail.into();
        self.steps.change(|list| {
            if let Some(step) = list.get_mut(self.index) {
                step.state = state;
                step.detail = detail;
            }
        });
    }

    /// Time spent waiting for the user does not count.
    pub fn forget_time_since(&mut self, moment: Instant) {
        self.begun += moment.elapsed();
    }

    fn end(mut self, state: StepState, detail: String, remedy: Option<String>) {
        self.ended = true;
        let remedy = remedy.filter(|remedy| !remedy.is_empty());
        let took_ms = self.begun.elapsed().as_secs_f64() * 1000.0;
        self.steps.change(|list| {
            if let Some(step) = list.get_mut(self.index) {
                *step = Step { state, detail, remedy, took_ms: Some(took_ms), ..step.clone() };
            }
        });
    }
}

impl Drop for RunningStep {
    fn drop(&mut self) {
        if !self.ended {
            self.steps.change(|list| {
                if let Some(step) = list.get_mut(self.index) {
                    step.state = StepState::Skipped;
                    step.detail = "stopped".to_owned();
                }
            });
        }
    }
}

/// The steps as a text to paste into a message. Nothing in a step is secret, so nothing is left out.
pub fn as_text(title: &str, steps: &[Step]) -> String {
    let mut text = format!("{title}\n");
    for step in steps {
        let mark = match step.state {
            StepState::Running | StepState::Asking => "…",
            StepState::Passed => "ok",
            StepState::Warned => "warning",
            StepState::Failed => "FAILED",
            StepState::Skipped => "skipped",
        };
        let took = step.took_ms.map_or_else(String::new, |ms| format!("  {ms:.0} ms"));
        text.push_str(&format!("{mark:8} {:?}  {}{took}\n", step.name, step.subject));
        if !step.detail.is_empty() {
            text.push_str(&format!("         {}\n", step.detail));
        }
        if let Some(remedy) = &step.remedy {
            text.push_str(&format!("         → {remedy}\n"));
        }
    }
    text
}

/// Waits for the user, and `step` says so; its time does not count.
pub async fn asking<T>(step: &mut Option<RunningStep>, what: &str, answer: impl Future<Output = T>) -> T {
    let since = Instant::now();
    if let Some(step) = step {
        step.say(StepState::Asking, what);
    }
    let answer = answer.await;
    if let Some(step) = step {
        step.say(StepState::Running, String::new());
        step.forget_time_since(since);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_without_an_end_was_stopped() {
        let steps = Steps::unwatched();
        steps.begin(StepName::Dns, "a").pass("10.0.0.1");
        drop(steps.begin(StepName::Tcp, "a:22"));
        steps.begin(StepName::Http, "http://a").fail("refused", "Start the server.");
        let list = steps.list();
        assert_eq!(
            list.iter().map(|step| step.state).collect::<Vec<_>>(),
            [StepState::Passed, StepState::Skipped, StepState::Failed]
        );
        assert!(list[0].took_ms.is_some() && list[1].took_ms.is_none());
        let text = as_text("Test of a", &list);
        assert!(text.contains("FAILED   Http  http://a") && text.contains("→ Start the server."), "{text}");
    }
}
