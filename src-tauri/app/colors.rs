//! Which colour a run has: decided here, once, when it is first shown, and the same on every screen from then on,
//! unless the user chooses another. A run whose tag `mlflow.runColor` names a colour has the one of the palette that is
//! nearest to it, unless the user chose another.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tokio::sync::Mutex;

use super::App;
use super::by_profile::by_profile;
use crate::cache::{Column, ColumnKind, RunRow, RunSet, Values};
use crate::change::Change;
use crate::charts::{PALETTE, assign, nearest};
use crate::entities::RunRef;
use crate::error::{AppError, Result};

/// The colours of the runs that have one, by profile, as they are kept in the settings.
#[derive(Default)]
pub(super) struct RunColors {
    of: Mutex<Kept>,
}

type Kept = HashMap<String, HashMap<String, KeptColor>>;

/// An index into the palette.
#[derive(Clone, Copy)]
struct KeptColor {
    color: u8,
    /// By the user.
    chosen: bool,
}

/// The tag that MLflow's own page keeps a run's colour in, as `#rrggbb`.
const TAG: &str = "mlflow.runColor";

impl RunColors {
    pub(super) async fn forget(&self, profile_id: &str) {
        self.of.lock().await.remove(profile_id);
    }
}

impl App {
    /// The colours of runs that are shown together, in the order asked. Those that have none yet take what is farthest
    /// from the others', and keep it. Settings that cannot be written are no reason to draw nothing: then the colours
    /// last as long as the app.
    pub async fn color_runs(&self, runs: &[RunRef]) -> Vec<u8> {
        let tagged = self.tagged_colors(runs).await;
        let mut all = self.colors.of.lock().await;
        let of_profiles = by_profile(runs);
        let mut had = 0;
        for of in &of_profiles {
            had += self.read_colors(&mut all, of.profile_id).await.len();
        }
        let shown: Vec<u8> = runs.iter().filter_map(|run| color_of(&all, &tagged, run)).collect();
        let mut new: Vec<&RunRef> = Vec::new();
        for run in runs {
            if color_of(&all, &tagged, run).is_none() && !new.contains(&run) {
                new.push(run);
            }
        }
        let taken = assign(&shown, new.len(), had);
        for of in &of_profiles {
            let its = new.iter().zip(&taken).filter(|(run, _)| run.profile_id == of.profile_id);
            let its: Vec<(String, u8)> = its.map(|(run, color)| (run.run_id.clone(), *color)).collect();
            if its.is_empty() {
                continue;
            }
            if let Err(error) = self.settings.keep_run_colors(of.profile_id, &its).await {
                tracing::warn!(%error, "the colours of runs are not kept");
            }
            let its = its.into_iter().map(|(run_id, color)| (run_id, KeptColor { color, chosen: false }));
            all.entry(of.profile_id.to_owned()).or_default().extend(its);
        }
        runs.iter().map(|run| color_of(&all, &tagged, run).unwrap_or_default()).collect()
    }

    /// The run has this colour from now on, an index into the palette. Where it cannot be kept, nothing changes.
    pub async fn choose_run_color(&self, run: &RunRef, color: u8) -> Result<()> {
        if usize::from(color) >= PALETTE.len() {
            return Err(AppError::internal(format!("the palette has no colour {color}")));
        }
        self.settings.profile(&run.profile_id).await?;
        let mut all = self.colors.of.lock().await;
        self.settings.choose_run_color(&run.profile_id, &run.run_id, color).await?;
        let chosen = KeptColor { color, chosen: true };
        self.read_colors(&mut all, &run.profile_id).await.insert(run.run_id.clone(), chosen);
        drop(all);
        self.tell(Change::Colors { profile_id: run.profile_id.clone() });
        Ok(())
    }

    /// Writes the colour that the run has here into its tag on the server, for everybody's charts there.
    /// `confirmation` as for any write.
    pub async fn write_run_color(&self, run: &RunRef, confirmation: Option<&str>) -> Result<()> {
        let connection = self.connection(&run.profile_id).await?;
        let writer = connection.writer(&run.run_id, confirmation)?;
        let color = self.color_runs(std::slice::from_ref(run)).await.pop().unwrap_or_default();
        let [red, green, blue] = PALETTE[usize::from(color) % PALETTE.len()].light;
        let value = format!("#{red:02x}{green:02x}{blue:02x}");
        Ok(writer.set_run_tag(&run.run_id, TAG, &value).await?)
    }

    /// The colours that runs have, in the order asked. A run that was in no chart has none, and gets none here.
    pub(super) async fn known_colors(&self, runs: &[RunRef]) -> Vec<Option<u8>> {
        let tagged = self.tagged_colors(runs).await;
        let mut all = self.colors.of.lock().await;
        for of in by_profile(runs) {
            self.read_colors(&mut all, of.profile_id).await;
        }
        runs.iter().map(|run| color_of(&all, &tagged, run)).collect()
    }

    /// Gives rows the colours that their runs have.
    pub async fn show_colors(&self, rows: &mut [RunRow]) {
        let runs: Vec<RunRef> = rows.iter().map(|row| row.run.clone()).collect();
        for (row, color) in rows.iter_mut().zip(self.known_colors(&runs).await) {
            row.color = color;
        }
    }

    /// What the tags of runs say, of those that say a colour.
    async fn tagged_colors(&self, runs: &[RunRef]) -> HashMap<RunRef, u8> {
        /// Beyond, nobody follows a run by its colour, and the tags of all would be read for each picture.
        const MOST: usize = 2_000;
        if runs.is_empty() || runs.len() > MOST {
            return HashMap::new();
        }
        let column = Column { kind: ColumnKind::Tag, key: TAG.to_owned() };
        let values = match self.values(&RunSet::Listed(runs.to_vec()), &[column]).await {
            Ok(values) => values,
            Err(error) => {
                tracing::warn!(%error, "the tags of runs that name their colours cannot be read");
                return HashMap::new();
            }
        };
        let Some(Values::Categories { names, of }) = values.columns.first() else { return HashMap::new() };
        let colors: Vec<Option<u8>> = names.iter().map(|name| parse(name).map(nearest)).collect();
        let tagged = values.runs.iter().zip(of).filter_map(|(named, category)| {
            let color = colors.get((*category)? as usize).copied().flatten()?;
            Some((named.run.clone(), color))
        });
        tagged.collect()
    }

    async fn read_colors<'a>(&self, all: &'a mut Kept, profile_id: &str) -> &'a mut HashMap<String, KeptColor> {
        match all.entry(profile_id.to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let kept = self.settings.run_colors(profile_id).await.unwrap_or_else(|error| {
                    tracing::warn!(%error, "the colours of runs cannot be read");
                    Vec::new()
                });
                let kept = kept.into_iter().map(|(run_id, color, chosen)| (run_id, KeptColor { color, chosen }));
                place.insert(kept.collect())
            }
        }
    }
}

/// The one that the user chose, or else the one that its tag names, or else the one it was first shown with.
fn color_of(all: &Kept, tagged: &HashMap<RunRef, u8>, run: &RunRef) -> Option<u8> {
    let kept = all.get(&run.profile_id).and_then(|colors| colors.get(&run.run_id));
    match kept {
        Some(kept) if kept.chosen => Some(kept.color),
        _ => tagged.get(run).copied().or(kept.map(|kept| kept.color)),
    }
}

/// Red, green and blue of `#rrggbb` or `#rgb`; none of anything else.
fn parse(text: &str) -> Option<[u8; 3]> {
    let digits =
        text.trim().strip_prefix('#').filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    let channel = |at: usize| match digits.len() {
        6 => u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok(),
        3 => u8::from_str_radix(digits.get(at..at + 1)?, 16).ok().map(|digit| 17 * digit),
        _ => None,
    };
    Some([channel(0)?, channel(1)?, channel(2)?])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::change::OnChange;
    use crate::connect::{Profile, ProfileKind};

    async fn app(folder: &Path) -> (App, String) {
        app_that_tells(folder, Arc::new(|_| ())).await
    }

    async fn app_that_tells(folder: &Path, on_change: OnChange) -> (App, String) {
        let app = App::open(folder, folder, None, on_change).await.unwrap();
        let profile = match app.settings.profiles().await.unwrap().pop() {
            Some(profile) => profile,
            None => app.save_profile(Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9")).await.unwrap(),
        };
        (app, profile.id)
    }

    #[tokio::test]
    async fn a_run_keeps_its_colour_on_every_screen_and_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let (app, profile_id) = app(folder.path()).await;
        let colors = async |app: &App, profile_id: &str, run_ids: &[&str]| {
            let runs: Vec<RunRef> = run_ids.iter().map(|run_id| RunRef::new(profile_id, *run_id)).collect();
            app.color_runs(&runs).await
        };
        let first = colors(&app, &profile_id, &["a", "b", "c", "d", "e", "f", "g", "h"]).await;
        assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 8, "{first:?}");
        // Another order, a part of it, newcomers beside it.
        let again = colors(&app, &profile_id, &["x", "h", "a", "y", "x"]).await;
        assert_eq!([again[1], again[2]], [first[7], first[0]]);
        assert_eq!(again[0], again[4], "a run that is named twice");
        assert_eq!(again.iter().collect::<BTreeSet<_>>().len(), 4, "{again:?}");
        drop(app);

        let (app, profile_id) = self::app(folder.path()).await;
        assert_eq!(colors(&app, &profile_id, &["h", "new", "a"]).await[0], first[7]);
        app.delete_profile(&profile_id).await.unwrap();
        assert!(app.settings.run_colors(&profile_id).await.unwrap().is_empty(), "they go with their profile");
    }

    #[tokio::test]
    async fn a_colour_that_the_user_chose_stays_and_the_window_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let told: Arc<parking_lot::Mutex<Vec<Change>>> = Arc::default();
        let heard = told.clone();
        let (app, profile_id) = app_that_tells(folder.path(), Arc::new(move |change| heard.lock().push(change))).await;
        let run = RunRef::new(&profile_id, "a");
        let first = app.color_runs(std::slice::from_ref(&run)).await[0];
        let other = (first + 5) % 20;
        app.choose_run_color(&run, other).await.unwrap();
        assert!(told.lock().contains(&Change::Colors { profile_id: profile_id.clone() }));
        assert_eq!(app.color_runs(std::slice::from_ref(&run)).await, [other]);
        // Also one that was in no chart yet; and none that the palette does not have.
        let unseen = RunRef::new(&profile_id, "b");
        app.choose_run_color(&unseen, 3).await.unwrap();
        assert!(app.choose_run_color(&unseen, 20).await.is_err());
        assert!(app.choose_run_color(&RunRef::new("no such profile", "a"), 3).await.is_err());
        drop(app);

        let (app, _) = self::app(folder.path()).await;
        assert_eq!(app.color_runs(&[run, unseen]).await, [other, 3]);
    }

    #[tokio::test]
    async fn the_same_run_of_two_profiles_has_two_colours_side_by_side() {
        let folder = tempfile::tempdir().unwrap();
        let (app, first) = app(folder.path()).await;
        let second = app.duplicate_profile(&first).await.unwrap().id;
        let runs = [RunRef::new(&first, "a"), RunRef::new(&second, "a")];
        let colors = app.color_runs(&runs).await;
        assert_ne!(colors[0], colors[1]);
        assert_eq!(app.color_runs(&[runs[1].clone(), runs[0].clone()]).await, [colors[1], colors[0]]);
        assert_eq!(app.settings.run_colors(&second).await.unwrap(), [("a".to_owned(), colors[1], false)]);
    }

    #[tokio::test]
    async fn a_tag_says_the_colour_of_a_run_unless_the_user_chose_one() {
        use crate::cache::tests::{Logged, run};
        let folder = tempfile::tempdir().unwrap();
        let (app, profile_id) = app(folder.path()).await;
        let source = app.connection(&profile_id).await.unwrap().source;
        let runs = ["a", "b", "c"].map(|id| RunRef::new(&profile_id, id));
        let first = app.color_runs(&runs).await;
        let hex = |color: u8| {
            let [red, green, blue] = PALETTE[usize::from(color)].dark;
            format!("#{red:02X}{green:02x}{blue:02x}")
        };
        let other = |color: u8| (color + 3) % 8;
        let tagged = [
            run("a").tag(TAG, &hex(other(first[0]))),
            run("b").tag(TAG, "teal"),
            run("c").tag(TAG, &hex(other(first[2]))),
            run("new").tag(TAG, "#fff"),
        ];
        app.cache.apply_runs(source, &tagged, 2).await.unwrap();
        app.recent_values.clear();
        app.choose_run_color(&runs[2], 7).await.unwrap();
        assert_eq!(app.color_runs(&runs).await, [other(first[0]), first[1], 7], "no colour is no reason for another");
        assert_eq!(app.known_colors(&[runs[0].clone()]).await, [Some(other(first[0]))]);
        // A run that was in no chart has the colour of its tag already, and none is kept for it.
        let new = RunRef::new(&profile_id, "new");
        assert_eq!(app.known_colors(std::slice::from_ref(&new)).await, [Some(nearest([255; 3]))]);
        app.color_runs(std::slice::from_ref(&new)).await;
        assert_eq!(app.settings.run_colors(&profile_id).await.unwrap().len(), 3);
    }

    #[test]
    fn colours_are_read_from_hexadecimal_digits_and_nothing_else() {
        assert_eq!(parse("#0a80FF"), Some([10, 128, 255]));
        assert_eq!(parse(" #f08 "), Some([255, 0, 136]));
        for wrong in ["", "#", "red", "0a80ff", "#0a80f", "#0a80fff", "#+a80ff", "#é80ff", "#ggg"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_colour_is_written_to_the_server_only_where_the_profile_may_write() {
        use crate::connect::Writes;
        use crate::error::Code;
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let mut profile = Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9");
        profile.writes = Writes::ReadOnly;
        let profile = app.save_profile(profile).await.unwrap();
        let refused = app.write_run_color(&RunRef::new(&profile.id, "r"), None).await.unwrap_err();
        assert_eq!(refused.code, Code::ReadOnly);
    }
}
