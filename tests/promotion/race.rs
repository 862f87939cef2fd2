//! Many clients move the same two aliases a thousand times, on a registry that is slow, fails, forgets to answer, and answers
//! too late.
//!
//! Four Apps of ours promote, undo and carry out plans; two writers of ours make guarded moves with little patience; three
//! clients bypass Podium and overwrite what they find. Each write has a version of its own, so the registry's log says who
//! overwrote what. What must hold:
//!
//! - No promotion overwrites a change that was there when its user pressed the button and that its card did not show. A change
//!   that comes between the guard's last look and its write cannot be seen by any client: the server has no compare-and-set.
//!   For the writers, whose looks are known one by one, only that is let pass.
//! - Each write of ours is in its client's journal, and what the journal says was moved was moved.
//! - Each plan says truly how far it got, and ends when it is told to.
//! - The exported journals, together with what the others wrote, give the state that the registry ends in.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use podium::app::{App, MovePlanRequest, PromotionRequest, WantedMove};
use podium::connect::{Auth, Keep, Profile, ProfileKind};
use podium::promotion::{
    HistoryFormat, MoveState, Outcome, Place, PlanEnd, PlanState, Promotion, PromotionError, Step, move_alias,
};
use podium::sync::Scope;
use podium::tracking::Writer;
use secrecy::SecretString;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::common::fault::Request;
use super::common::writer;
use super::registry::{Fate, Registry, State, Written, is_alias_write, store};

const ALIASES: [&str; 2] = ["champion", "challenger"];
const MOVES: i64 = 1_000;
const SEED: u64 = 11;
/// How long the writers wait for an answer, and how late the latest is.
const PATIENCE: Duration = Duration::from_millis(1_500);
const TOO_LATE: Duration = Duration::from_millis(2_500);
/// So many answers come too late: each costs its writer some seconds.
const LATE_ANSWERS: u32 = 4;

/// The same numbers in each run, whoever asks first.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    async fn wait(&mut self, most_us: u64) {
        tokio::time::sleep(Duration::from_micros(self.roll(most_us))).await;
    }
}

/// What all clients share.
struct Race {
    registry: Arc<Registry>,
    url: String,
    left: AtomicI64,
    next_version: AtomicU64,
    /// Moves that those who bypass Podium may make: so many for one of ours, however fast the machine is.
    of_others: Semaphore,
}

impl Race {
    /// Whether there are moves left; takes one.
    fn goes_on(&self) -> bool {
        let goes_on = self.left.fetch_sub(1, Ordering::SeqCst) > 0;
        if !goes_on {
            self.of_others.close();
        }
        goes_on
    }

    /// The same for a move of ours, which may let another user move too.
    fn ours_goes_on(&self, dice: &mut Dice) -> bool {
        self.of_others.add_permits(usize::from(dice.roll(5) < 2));
        self.goes_on()
    }

    /// A version that nothing was ever on.
    fn version(&self) -> String {
        self.next_version.fetch_add(1, Ordering::SeqCst).to_string()
    }

    fn written(&self) -> usize {
        self.registry.state().log.len()
    }
}

/// One wish of one client: to move aliases from where it saw them, and the part of the log in which it did so.
#[derive(Debug)]
struct Attempt {
    by: String,
    expected: BTreeMap<String, Option<String>>,
    /// The length of the log as the button was pressed, and after the answer.
    log: std::ops::Range<usize>,
    /// Its looks are known one by one.
    is_writer: bool,
}

/// How a writer of ours keeps its journal.
#[derive(Debug, Default)]
struct Journal {
    attempts: Vec<Attempt>,
    /// By whom, which alias, to which version; and whether that is certain.
    moves: Vec<(String, String, String, Outcome)>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_moves_of_many_clients_lose_nothing_unseen() {
    let (registry, server) = Registry::start(&[("champion", "1"), ("challenger", "2")], faults());
    let race = Arc::new(Race {
        registry: registry.clone(),
        url: server.url.clone(),
        left: AtomicI64::new(MOVES),
        next_version: AtomicU64::new(1_000),
        of_others: Semaphore::new(0),
    });
    let mut ours = Vec::new();
    for name in ["ana", "ben", "cleo", "dana"] {
        ours.push(Ours::new(&race, name).await);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for (seed, name) in (100..).zip(["eva", "finn"]) {
        let writer = writer::of(store(&server.url, name, PATIENCE).await);
        tasks.spawn(guarded(race.clone(), name, writer, Dice(seed)));
    }
    for (seed, name) in (200..).zip(["x", "y", "z"]) {
        let writer = writer::of(store(&server.url, name, Duration::from_secs(30)).await);
        tasks.spawn(bare(race.clone(), writer, Dice(seed)));
    }
    let mut racing = tokio::task::JoinSet::new();
    for (seed, each) in (300..).zip(ours) {
        racing.spawn(each.race(Dice(seed)));
    }
    let mut journal = Journal::default();
    while let Some(done) = tasks.join_next().await {
        let of_one = done.unwrap();
        journal.attempts.extend(of_one.attempts);
        journal.moves.extend(of_one.moves);
    }
    let ours = racing.join_all().await;
    registry.behave(|_, _| Fate::Obeyed);
    let folder = tempfile::tempdir().unwrap();
    for mut each in ours {
        each.end_plans().await;
        each.says_the_truth().await;
        let exported = each.exported(folder.path()).await;
        each.does_not_guess().await;
        journal.attempts.append(&mut each.attempts);
        journal.moves.extend(exported);
    }
    let state = registry.state().clone();
    overwritten_unseen(&state.log, &journal.attempts);
    assert_eq!(replayed(&state.log, journal.moves), state.aliases, "the journals give the registry’s state");
}

/// What goes wrong, by the dice: mostly nothing.
fn faults() -> impl FnMut(&Request, &mut State) -> Fate + Send {
    let mut dice = Dice(SEED);
    let mut late = LATE_ANSWERS;
    move |request, _| {
        let slow = Fate::ObeyedLate(Duration::from_micros(dice.roll(2_000)));
        if !is_alias_write(request) {
            // Each costs a client a quarter of a second.
            return match dice.roll(800) {
                0 => Fate::Refused(503),
                1 => Fate::Lost,
                _ => slow,
            };
        }
        let is_writer = request.header("authorization").is_some_and(is_of_writer);
        match dice.roll(100) {
            0..6 => Fate::Refused(500),
            6..9 => Fate::ObeyedAnd(500),
            9..13 => Fate::ObeyedAnd(504),
            13..17 => Fate::ObeyedSilently,
            17..19 => Fate::ObeyedHalfSaid,
            19..22 => Fate::Lost,
            _ if is_writer && late > 0 => {
                late -= 1;
                Fate::ObeyedLate(TOO_LATE)
            }
            _ => slow,
        }
    }
}

fn is_of_writer(authorization: &str) -> bool {
    // eva:secret and finn:secret
    ["Basic ZXZhOnNlY3JldA==", "Basic ZmlubjpzZWNyZXQ="].contains(&authorization)
}

/// A client that knows nothing of Podium: it points an alias somewhere and hopes.
async fn bare(race: Arc<Race>, writer: Writer, mut dice: Dice) -> Journal {
    while let Ok(permit) = race.of_others.acquire().await {
        permit.forget();
        race.goes_on();
        let alias = ALIASES[dice.roll(2) as usize];
        dice.wait(20_000).await;
        let _ = writer.set_alias("churn", alias, &race.version()).await;
    }
    Journal::default()
}

/// A guarded move without an App around it.
async fn guarded(race: Arc<Race>, name: &'static str, writer: Writer, mut dice: Dice) -> Journal {
    let mut journal = Journal::default();
    while race.ours_goes_on(&mut dice) {
        let alias = ALIASES[dice.roll(2) as usize];
        let Ok(model) = writer.store().get_registered_model("churn").await else { continue };
        let seen = podium::promotion::place_of(&model.aliases, alias).map(str::to_owned);
        dice.wait(10_000).await;
        let (version, begun) = (race.version(), race.written());
        let step = Step { model: "churn", alias, from: seen.as_deref(), to: Some(&version) };
        let moved = move_alias(&writer, step, |_| Duration::from_millis(1)).await;
        let outcome = match moved {
            Ok(()) | Err(PromotionError::Overwritten { .. }) => Some(Outcome::Moved),
            Err(PromotionError::Overtaken { .. } | PromotionError::Unconfirmed { .. }) => Some(Outcome::Unknown),
            Err(PromotionError::Moved { .. } | PromotionError::Store(_)) => None,
        };
        journal.moves.extend(outcome.map(|outcome| (name.to_owned(), alias.to_owned(), version, outcome)));
        journal.attempts.push(Attempt {
            by: name.to_owned(),
            expected: [(alias.to_owned(), seen)].into(),
            log: begun..race.written(),
            is_writer: true,
        });
    }
    journal
}

/// A person with an App.
struct Ours {
    race: Arc<Race>,
    app: App,
    profile: Profile,
    attempts: Vec<Attempt>,
    _folder: tempfile::TempDir,
}

impl Ours {
    async fn new(race: &Arc<Race>, name: &str) -> Self {
        let (folder, mut app) = super::app().await;
        app.retry_pause = Duration::from_millis(1);
        let mut profile = Profile::new(name, ProfileKind::Server, &race.url);
        profile.server.auth = Auth::Basic { username: name.to_owned() };
        let profile = app.save_profile(profile).await.unwrap();
        app.replace_secret(&profile.id, "password", SecretString::from("secret"), Keep::Session).await.unwrap();
        super::connected(&app, &profile).await;
        Self { race: race.clone(), app, profile, attempts: Vec::new(), _folder: folder }
    }

    async fn race(mut self, mut dice: Dice) -> Self {
        while self.race.ours_goes_on(&mut dice) {
            match dice.roll(10) {
                0..6 => self.promotes(&mut dice).await,
                6..8 => {
                    // A plan is two moves.
                    self.race.goes_on();
                    self.plans(&mut dice).await;
                }
                _ => self.undoes(&mut dice).await,
            }
        }
        self
    }

    /// Where the server says that an alias is; none where it does not answer.
    async fn card(&self, alias: &str) -> Option<Option<String>> {
        self.app.holder(&self.profile.id, "churn", alias).await.ok()
    }

    async fn promotes(&mut self, dice: &mut Dice) {
        let alias = ALIASES[dice.roll(2) as usize];
        let Some(seen) = self.card(alias).await else { return };
        dice.wait(10_000).await;
        let wanted = PromotionRequest {
            model: "churn".into(),
            alias: alias.into(),
            expected_version: seen.clone(),
            version: self.race.version(),
            reason: "race".into(),
            overridden: Vec::new(),
            confirmation: None,
        };
        let begun = self.race.written();
        let _ = self.app.promote(&self.profile.id, wanted).await;
        self.attempted([(alias.to_owned(), seen)].into(), begun);
    }

    async fn plans(&mut self, dice: &mut Dice) {
        let mut moves = Vec::new();
        for alias in ALIASES {
            let Some(expected_version) = self.card(alias).await else { return };
            let version = self.race.version();
            moves.push(WantedMove { alias: alias.into(), expected_version, version, overridden: Vec::new() });
        }
        dice.wait(5_000).await;
        let expected = moves.iter().map(|each| (each.alias.clone(), each.expected_version.clone())).collect();
        let begun = self.race.written();
        let wanted = MovePlanRequest { model: "churn".into(), moves, reason: "race".into(), confirmation: None };
        let _ = self.app.start_move_plan(&self.profile.id, wanted).await;
        self.attempted(expected, begun);
    }

    /// Takes the last move back that was not yet.
    async fn undoes(&mut self, dice: &mut Dice) {
        let journal = self.app.settings.promotions(&self.profile.id, "churn").await.unwrap();
        let last = journal.into_iter().find(|entry| entry.undone_at_ms.is_none() && entry.outcome == Outcome::Moved);
        let Some(last) = last else { return };
        dice.wait(2_000).await;
        let expected = match &last.plan_id {
            Some(plan_id) => {
                let plan = self.app.settings.move_plan(&self.profile.id, plan_id).await.unwrap().unwrap();
                plan.moves.into_iter().map(|each| (each.alias, Some(each.to_version))).collect()
            }
            None => [(last.alias.clone(), last.to_version.clone())].into(),
        };
        let begun = self.race.written();
        let _ = self.app.undo_promotion(&self.profile.id, &last.id, None).await;
        self.attempted(expected, begun);
    }

    fn attempted(&mut self, expected: BTreeMap<String, Option<String>>, begun: usize) {
        let (by, log) = (self.profile.name.clone(), begun..self.race.written());
        self.attempts.push(Attempt { by, expected, log, is_writer: false });
    }

    /// Ends each plan that was left halfway, after saying truly how far it got.
    async fn end_plans(&mut self) {
        for (at, unfinished) in self.app.unfinished_move_plans().await.unwrap().into_iter().enumerate() {
            let look = self.app.look_at_move_plan(&self.profile.id, &unfinished.plan.id).await.unwrap();
            let mut expected = BTreeMap::new();
            for (each, now) in look.plan.moves.iter().zip(&look.now) {
                let is_there = now.as_deref() == Some(each.to_version.as_str());
                // Versions are used once: where it is on ours, we have put it there.
                assert_eq!(each.state == MoveState::Done, is_there, "{each:?} and it is on {now:?}");
                expected.insert(each.alias.clone(), now.clone());
            }
            let end = if at % 2 == 0 { PlanEnd::Finish } else { PlanEnd::RollBack };
            let begun = self.race.written();
            let ended = self.app.end_move_plan(&self.profile.id, &look.plan.id, end, &look.now, None).await.unwrap();
            assert_ne!(ended.state, PlanState::Unfinished, "nothing is in the way any more: {ended:?}");
            self.attempted(expected, begun);
        }
        assert!(self.app.unfinished_move_plans().await.unwrap().is_empty());
    }

    /// Each write of this client is told in its journal.
    async fn says_the_truth(&self) {
        let journal = self.app.settings.promotions(&self.profile.id, "churn").await.unwrap();
        let log = self.race.registry.state().log.clone();
        let own: Vec<&Written> = log.iter().filter(|written| written.by == self.profile.name).collect();
        for written in &own {
            assert!(journal.iter().any(|entry| tells(entry, written)), "nobody tells of {written:?}");
        }
        let wrote = |alias: &str, to: &Option<String>| own.iter().any(|each| each.alias == alias && each.to == *to);
        for entry in journal.iter().filter(|entry| entry.outcome == Outcome::Moved) {
            assert!(wrote(&entry.alias, &entry.to_version), "it was not moved: {entry:?}");
            assert!(entry.undone_at_ms.is_none() || wrote(&entry.alias, &entry.from_version), "not undone: {entry:?}");
        }
    }

    /// The moves of this client's journal as they stand in its exports, which say the same.
    async fn exported(&self, folder: &Path) -> Vec<(String, String, String, Outcome)> {
        let save = async |format: HistoryFormat| {
            let file = folder.join(format!("{}.{}", self.profile.name, format.ending()));
            let choose = async |_| Ok(Some(file.clone()));
            self.app.save_history(&self.profile.id, "churn", None, format, choose).await.unwrap();
            std::fs::read(&file).unwrap()
        };
        // What a sync still finds may come between two exports.
        let (json, csv) = loop {
            let json = save(HistoryFormat::Json).await;
            let csv = save(HistoryFormat::Csv).await;
            if json == save(HistoryFormat::Json).await {
                break (json, csv);
            }
        };
        let rows: Vec<Value> = serde_json::from_slice(&json).unwrap();
        let mut table = csv::Reader::from_reader(csv.as_slice());
        let heads = table.headers().unwrap().clone();
        let mut lines = 0;
        for (record, row) in table.records().zip(&rows) {
            lines += 1;
            for (head, cell) in heads.iter().zip(record.unwrap().iter()) {
                assert_eq!(row[head].as_str().unwrap_or_default(), cell, "{head} of {row}");
            }
        }
        assert_eq!(lines, rows.len());
        let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let journaled = rows.iter().filter(|row| text(row, "recorded_in").contains("journal"));
        let mut moves = Vec::new();
        for row in journaled {
            let outcome = if row["outcome"] == "moved" { Outcome::Moved } else { Outcome::Unknown };
            let (by, alias) = (text(row, "by"), text(row, "alias"));
            moves.push((by.clone(), alias.clone(), text(row, "to_version"), outcome));
            // What may have been an undo gives its write, if there was one.
            let tried = text(row, "warnings").contains("An undo was tried");
            if !row["undone_at"].is_null() || tried {
                let outcome = if tried { Outcome::Unknown } else { Outcome::Moved };
                moves.push((by, alias, text(row, "from_version"), outcome));
            }
        }
        moves
    }

    /// The history never says of now what is not so.
    async fn does_not_guess(&self) {
        let history = self.app.read_history(&self.profile.id, "churn").await.unwrap();
        let as_of_ms = history.as_of_ms.unwrap();
        for of_alias in history.aliases {
            let is_on = self.race.registry.on(&of_alias.alias);
            let now = of_alias.spans.iter().find(|span| span.end_ms.is_none_or(|end_ms| end_ms >= as_of_ms)).unwrap();
            let said = match &now.holder {
                Place::NotKnown => continue,
                Place::NoVersion => None,
                Place::Version { version } => Some(version.clone()),
            };
            assert_eq!(said, is_on, "{now:?}");
        }
        self.app.connection(&self.profile.id).await.unwrap().refresh(Scope::Model("churn".into()));
    }
}

/// Whether an entry of the journal is about a write, or says that it may have been made.
fn tells(entry: &Promotion, written: &Written) -> bool {
    let undo = entry.undone_at_ms.is_some() || entry.warnings.iter().any(|each| each.contains("undo"));
    entry.alias == written.alias && (entry.to_version == written.to || (undo && entry.from_version == written.to))
}

/// Fails where a client of ours has overwritten a change that was there before its user pressed the button, and that the card
/// did not show; or, of writers, before their last look.
fn overwritten_unseen(log: &[Written], attempts: &[Attempt]) {
    let (mut guarded, mut unseen) = (0, 0);
    for attempt in attempts {
        for (at, written) in log.iter().enumerate().take(attempt.log.end).skip(attempt.log.start) {
            let own_before = |other: &&Written| other.by == attempt.by && other.alias == written.alias;
            let again = log[attempt.log.start..at].iter().any(|other| own_before(&other));
            if written.by != attempt.by || again {
                continue;
            }
            guarded += 1;
            let expected = attempt.expected.get(&written.alias).expect("a move that was wanted");
            if written.from == *expected {
                continue;
            }
            // Who wrote what was overwritten, and when.
            let changed = log[..at].iter().rposition(|other| other.alias == written.alias).unwrap();
            let seen_until = if attempt.is_writer { written.read_at } else { attempt.log.start };
            assert!(
                changed >= seen_until,
                "{} overwrote what {} wrote before the last look, {:?}, and expected {expected:?}",
                attempt.by,
                log[changed].by,
                written.from
            );
            unseen += 1;
        }
    }
    eprintln!("{} writes, {guarded} guarded; {unseen} met a change between their last look and their write", log.len());
    assert!(guarded > 100, "the race was no race: {guarded} of {} writes are ours", log.len());
}

/// The state that follows from what the others wrote and what our journals say, in the order of the registry's log.
fn replayed(log: &[Written], mut moves: Vec<(String, String, String, Outcome)>) -> BTreeMap<String, String> {
    let mut aliases: BTreeMap<String, String> = BTreeMap::from([("champion", "1"), ("challenger", "2")])
        .into_iter()
        .map(|(alias, version)| (alias.to_owned(), version.to_owned()))
        .collect();
    let bare = ["x", "y", "z"];
    let mut last: Option<&Written> = None;
    for written in log {
        let to = written.to.clone().expect("no alias is taken away here");
        if !bare.contains(&written.by.as_str()) {
            let told = |(by, alias, version, _): &(String, String, String, Outcome)| {
                *by == written.by && *alias == written.alias && *version == to
            };
            match moves.iter().position(told) {
                Some(index) => drop(moves.remove(index)),
                // The same write again, because no answer came to the one before.
                None if last.is_some_and(|last| (&last.by, &last.to) == (&written.by, &written.to)) => {}
                None => panic!("no journal tells of {written:?}"),
            }
        }
        aliases.insert(written.alias.clone(), to);
        last = Some(written);
    }
    let never: Vec<_> = moves.iter().filter(|(.., outcome)| *outcome == Outcome::Moved).collect();
    assert!(never.is_empty(), "these never happened: {never:?}");
    aliases
}
