//! The server's own questions (keyboard-interactive, RFC 4256): a password, a second factor, whatever it
//! likes to ask. What is typed here is kept nowhere, but for a plain password.

use russh::client::AuthResult;
use russh::client::{KeyboardInteractiveAuthResponse as Response, Prompt as RawPrompt};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::password::MOST_TRIES;
use super::{Login, MethodOutcome};
use crate::connect::question::{Prompt, Question, SecretKind};
use crate::connect::secrets::Obtained;
use crate::connect::ssh::error::SshError;

const MOST_PROMPTS: usize = 16;
/// Information without a question, questions one after another: each is a round.
const MOST_ROUNDS: usize = 24;

impl Login<'_> {
    pub async fn interactive(&mut self) -> Result<MethodOutcome, SshError> {
        for try_number in 0..MOST_TRIES {
            match self.one_conversation(try_number).await? {
                MethodOutcome::Answer(AuthResult::Failure { remaining_methods, partial_success: false }) => {
                    self.offered = remaining_methods;
                    self.tried.push("the answers to its questions: refused".to_owned());
                    if self.offered.is_empty() {
                        break;
                    }
                }
                other => return Ok(other),
            }
        }
        Ok(MethodOutcome::Refused)
    }

    async fn one_conversation(&mut self, try_number: usize) -> Result<MethodOutcome, SshError> {
        self.say("answers its questions");
        let user = self.hop.user.value.clone();
        let starting = self.session.handle.authenticate_keyboard_interactive_start(user, None::<String>);
        let started = timeout(self.attempt.limits.auth, starting).await;
        let mut response = self.interactive_answer(started).await?;
        let mut password = None;
        let mut asked = false;
        for round in 0..MOST_ROUNDS {
            let (name, instructions, prompts) = match response {
                Response::Success => {
                    self.was_right(password).await;
                    return Ok(MethodOutcome::Answer(AuthResult::Success));
                }
                Response::Failure { remaining_methods, partial_success } => {
                    if partial_success {
                        self.was_right(password).await;
                    } else if password.is_some() {
                        self.attempt.remembered.was_wrong(&self.password_slot());
                    }
                    // A server that fails without a question would do so again.
                    let over = !partial_success && !asked;
                    let answer = AuthResult::Failure { remaining_methods, partial_success };
                    return Ok(if over { MethodOutcome::Refused } else { MethodOutcome::Answer(answer) });
                }
                Response::InfoRequest { name, instructions, prompts } => (name, instructions, prompts),
            };
            asked |= !prompts.is_empty();
            let answers = match prompts.as_slice() {
                [] => Some(Vec::new()),
                _ if prompts.len() > MOST_PROMPTS => {
                    let said = format!("it asks {} questions at once", prompts.len());
                    return Err(self.session.lost(&said));
                }
                [only] if round == 0 && is_password(only) => self.plain_password(try_number, &mut password).await,
                _ => self.ask_all(&name, &instructions, &prompts).await,
            };
            let Some(answers) = answers else {
                let who = &self.who;
                self.missing.get_or_insert_with(|| format!("the questions to {who} were not answered"));
                return Ok(MethodOutcome::Refused);
            };
            if self.session.status.is_over() {
                if password.is_some() {
                    return Ok(MethodOutcome::SessionGone);
                }
                return Err(self.session.lost("it did not wait for the answer"));
            }
            let responding = self.session.handle.authenticate_keyboard_interactive_respond(answers);
            // A push to a telephone is answered by the user's hand.
            let responded = timeout(self.attempt.limits.auth * 4, responding).await;
            response = self.interactive_answer(responded).await?;
        }
        Err(self.session.lost("it asks without end"))
    }

    async fn was_right(&mut self, password: Option<Obtained>) {
        if let Some(obtained) = password {
            self.proved(&obtained).await;
        }
        self.accepted.push("the answers to its questions".to_owned());
    }

    async fn plain_password(&mut self, try_number: usize, given: &mut Option<Obtained>) -> Option<Vec<String>> {
        let (slot, who) = (self.password_slot(), self.who.clone());
        let obtained = self.obtain(&slot, SecretKind::SshPassword, &who, try_number > 0).await?;
        let answer = obtained.secret.expose_secret().to_owned();
        *given = Some(obtained);
        Some(vec![answer])
    }

    async fn ask_all(&mut self, name: &str, instructions: &str, prompts: &[RawPrompt]) -> Option<Vec<String>> {
        if self.missing.is_some() {
            return None;
        }
        let question = Question::Prompts {
            subject: format!("{}{}", self.who, self.attempt.purpose),
            name: untrusted_text::line(name, 200),
            instruction: untrusted_text::lines(instructions, 2000),
            prompts: prompts.iter().map(as_shown).collect(),
        };
        let answer = self.attempt.ask(self.step, "waits for your answer", question).await?;
        let answers: Vec<String> = answer.values.iter().map(|value| value.expose_secret().to_owned()).collect();
        (answers.len() == prompts.len()).then_some(answers)
    }
}

fn as_shown(prompt: &RawPrompt) -> Prompt {
    Prompt { text: untrusted_text::line(&prompt.prompt, 400), echo: prompt.echo }
}

/// `Password:`, `(ana@gpu-box) Password: `, `Password for ana:`, and not `One-time password:`.
fn is_password(prompt: &RawPrompt) -> bool {
    let text = untrusted_text::line(&prompt.prompt, 400).to_lowercase();
    let text = match text.strip_prefix('(').and_then(|rest| rest.split_once(") ")) {
        Some((_, rest)) => rest,
        None => text.as_str(),
    };
    let text = text.trim_end().trim_end_matches(':').trim_end();
    !prompt.echo && (text == "password" || text.starts_with("password for "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_cannot_move_the_cursor_or_hide_anything() {
        let prompt = "Code\u{1b}[2J\u{202e} of\u{200b}\r\nthe token: ".to_owned();
        assert_eq!(as_shown(&RawPrompt { prompt, echo: false }).text, "Code[2J of the token:");
    }

    #[test]
    fn only_a_plain_password_is_taken_for_one() {
        let is = |text: &str, echo| is_password(&RawPrompt { prompt: text.to_owned(), echo });
        for text in ["Password:", "password: ", "(ana@gpu) Password: ", "Password for ana@gpu:"] {
            assert!(is(text, false), "{text}");
            assert!(!is(text, true), "{text}");
        }
        for text in
            ["One-time password (OATH) for `ana': ", "Verification code: ", "Password or code:", "", "Passcode:"]
        {
            assert!(!is(text, false), "{text}");
        }
    }
}
