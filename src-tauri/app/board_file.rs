//! A board as one file: all of its cards in one picture, or in one page that has the values in it as well. Each card is
//! drawn by the code that draws it on the screen.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use specta::Type;
use url::Url;

use super::any_chart::AnyChart;
use super::board_card::{BoardFile, BoardFileCard, BoardFormat, COLUMNS, Card, Drawable, Heading};
use super::board_page::Page;
use super::board_sheet::Picture;
use super::by_profile::by_profile;
use super::chart_file::{ChartFile, ChartTheme, FileFormat};
use super::drawing::Paper;
use super::{App, CurveChart, blocking};
use crate::artifacts;
use crate::clock::now_ms;
use crate::connect::ProfileKind;
use crate::error::{AppError, Code, Result};
use crate::sync::{Freshness, Scope};

/// How long a card waits for curves that are being read from the server. Without an answer it says that some are missing.
const PATIENCE: Duration = Duration::from_secs(120);
/// So long after the saving has begun, what nobody reads is taken as not to be read.
const UNTIL_READING: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// How far the saving of a board is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CardsDone {
    pub done: u32,
    pub of: u32,
}

/// When a saving has begun, and how many had been stopped by then.
#[derive(Clone, Copy)]
struct Begun {
    at: Instant,
    stopped: u64,
}

/// What the cards are put into, one after the other.
enum Output {
    Page(Page),
    Picture(Box<Picture>),
}

impl App {
    /// Saves the board where `choose`, which is given a file name, says; `tell` hears how far it is. Answers with the
    /// path, or nothing where `choose` did or the saving was stopped.
    pub async fn save_board<C: Future<Output = Result<Option<PathBuf>>>>(
        &self,
        wanted: &BoardFile,
        choose: impl FnOnce(String) -> C,
        tell: impl Fn(CardsDone),
    ) -> Result<Option<PathBuf>> {
        let end = match wanted.format {
            BoardFormat::Html => "html",
            BoardFormat::Png => "png",
        };
        // What is too large for one picture is refused before anybody is asked where to save it.
        Output::begin(wanted, self.heading(wanted).await?)?;
        let title = if wanted.title.trim().is_empty() { "board" } else { wanted.title.trim() };
        let name = artifacts::safe_file_name(&format!("{}.{end}", title.replace(['/', '\0'], "-")))?;
        let Some(target) = choose(name).await? else { return Ok(None) };
        let Some(bytes) = self.board_file(wanted, tell).await? else { return Ok(None) };
        artifacts::save_bytes(&bytes, &target).await?;
        Ok(Some(target))
    }

    /// The board that is being saved is not, any more.
    pub fn stop_saving_board(&self) {
        self.boards_stopped.fetch_add(1, Ordering::Relaxed);
    }

    /// The bytes of the file; none where the saving was stopped.
    pub async fn board_file(&self, wanted: &BoardFile, tell: impl Fn(CardsDone)) -> Result<Option<Vec<u8>>> {
        let begun = Begun { at: Instant::now(), stopped: self.boards_stopped.load(Ordering::Relaxed) };
        let mut output = Output::begin(wanted, self.heading(wanted).await?)?;
        let of = wanted.sections.iter().map(|section| section.cards.len() as u32).sum();
        let mut done = 0;
        let mut failures = Vec::new();
        tell(CardsDone { done, of });
        for section in &wanted.sections {
            output = output.section(&section.title)?;
            for wish in &section.cards {
                let drawable = self.drawable(wanted, wish, begun).await.map_err(|error| error.message);
                if self.is_stopped(begun) {
                    return Ok(None);
                }
                let card = Card { title: wish.title.clone(), span: wish.span.clamp(1, COLUMNS), drawable };
                let (with, failure) = blocking(move || output.card(card)).await?;
                output = with?;
                failures.extend(failure);
                done += 1;
                tell(CardsDone { done, of });
            }
        }
        // A file in which nothing could be drawn helps nobody.
        if of > 0 && failures.len() == of as usize {
            let first = failures.swap_remove(0);
            return Err(AppError::new(Code::Unsupported, format!("No chart could be drawn: {first}")));
        }
        blocking(move || output.finish()).await?.map(Some)
    }

    fn is_stopped(&self, begun: Begun) -> bool {
        self.boards_stopped.load(Ordering::Relaxed) != begun.stopped
    }

    async fn drawable(&self, wanted: &BoardFile, wish: &BoardFileCard, begun: Begun) -> Result<Drawable> {
        let mut remarks = wish.remarks.clone();
        if let AnyChart::Curves(of) = &wish.chart {
            remarks.extend(self.unread_curves(of, begun).await?);
        }
        let width_px = wanted.width_px * f64::from(wish.span.clamp(1, COLUMNS)) / f64::from(COLUMNS);
        let file = ChartFile {
            chart: wish.chart.clone(),
            title: wish.title.clone(),
            format: FileFormat::Svg,
            theme: wanted.theme,
            width_px,
            height_px: wanted.height_px,
            dpi: wanted.dpi,
            legend: wanted.legend,
            utc_offset_minutes: wanted.utc_offset_minutes,
        };
        let paper = Paper {
            width_px,
            height_px: wanted.height_px,
            dpr: 1.0,
            dark: wanted.theme == ChartTheme::Dark,
            utc_offset_minutes: wanted.utc_offset_minutes,
        };
        let contents = self.contents(&wish.chart, paper).await?;
        let names = self.names_of(&contents.runs).await?;
        Ok(Drawable { contents, names, file, remarks })
    }

    /// Waits for curves that are being read, and says what is missing at the end.
    async fn unread_curves(&self, of: &CurveChart, begun: Begun) -> Result<Option<String>> {
        let until = Instant::now() + PATIENCE;
        loop {
            let mut all = Vec::new();
            for of_profile in by_profile(of.read_runs()) {
                let connection = self.connection(of_profile.profile_id).await?;
                let scope = Scope::Histories { run_ids: of_profile.run_ids, keys: of.metrics() };
                all.push(connection.freshness(&scope).await?);
            }
            let freshness = Freshness::joined(all);
            let is_idle = !freshness.syncing && (freshness.error.is_some() || begun.at.elapsed() > UNTIL_READING);
            if freshness.complete || is_idle || self.is_stopped(begun) || Instant::now() > until {
                return Ok(match (freshness.complete, freshness.error) {
                    (true, None) => None,
                    (true, Some(error)) => Some(format!("not the newest: {}", error.message)),
                    (false, Some(error)) => Some(format!("not all curves were read: {}", error.message)),
                    (false, None) => Some("not all curves were read from the server".to_owned()),
                });
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    async fn heading(&self, wanted: &BoardFile) -> Result<Heading> {
        let profiles = self.settings.profiles().await?;
        let named = wanted.profile_ids.iter().filter_map(|id| profiles.iter().find(|profile| &profile.id == id));
        let places: Vec<String> = named
            .map(|profile| match profile.kind {
                ProfileKind::Server => format!("{}, {}", profile.name, without_secrets(&profile.address)),
                ProfileKind::Local | ProfileKind::Sample => format!("{}, {}", profile.name, profile.address),
            })
            .collect();
        let facts = [
            ("From", places.join("; ")),
            ("Runs", wanted.runs.clone()),
            ("Filter", wanted.filter.clone()),
            ("Saved", time_words(now_ms(), wanted.utc_offset_minutes)),
        ];
        Ok(Heading {
            title: wanted.title.clone(),
            facts: facts.into_iter().filter(|(_, said)| !said.trim().is_empty()).collect(),
        })
    }
}

impl Output {
    fn begin(wanted: &BoardFile, heading: Heading) -> Result<Self> {
        Ok(match wanted.format {
            BoardFormat::Html => Self::Page(Page::begin(heading, wanted.theme)),
            BoardFormat::Png => Self::Picture(Box::new(Picture::begin(wanted, &heading)?)),
        })
    }

    fn section(self, title: &str) -> Result<Self> {
        Ok(match self {
            Self::Page(page) => Self::Page(page.section(title)),
            Self::Picture(mut picture) => {
                picture.section(title)?;
                Self::Picture(picture)
            }
        })
    }

    /// With the card, and why that could not be drawn if it could not.
    fn card(self, card: Card) -> (Result<Self>, Option<String>) {
        match self {
            Self::Page(mut page) => {
                let failure = page.card(card);
                (Ok(Self::Page(page)), failure)
            }
            Self::Picture(mut picture) => match picture.card(card) {
                Ok(failure) => (Ok(Self::Picture(picture)), failure),
                Err(error) => (Err(error), None),
            },
        }
    }

    fn finish(self) -> Result<Vec<u8>> {
        match self {
            Self::Page(page) => Ok(page.finish()),
            Self::Picture(picture) => picture.finish(),
        }
    }
}

/// The address without what may be secret in it.
fn without_secrets(address: &str) -> String {
    let Ok(mut url) = Url::parse(address) else { return String::new() };
    // An address that can have neither has none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string().trim_end_matches('/').to_owned()
}

fn time_words(at_ms: i64, utc_offset_minutes: i32) -> String {
    let offset = jiff::tz::Offset::from_seconds(utc_offset_minutes.saturating_mul(60)).unwrap_or(jiff::tz::Offset::UTC);
    jiff::Timestamp::from_millisecond(at_ms)
        .map(|at| at.to_zoned(jiff::tz::TimeZone::fixed(offset)).strftime("%Y-%m-%d %H:%M, UTC%:z").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
#[path = "board_file_tests.rs"]
mod tests;
