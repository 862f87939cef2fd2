//! Runs of several profiles, asked of each profile by itself: what has a file or a connection per profile.

use crate::entities::RunRef;

/// The runs of one profile among those that were asked for.
#[derive(Debug, PartialEq)]
pub(super) struct ProfileRuns<'a> {
    pub profile_id: &'a str,
    pub run_ids: Vec<String>,
    /// Where these runs stand in the request; as long as `run_ids`.
    pub places: Vec<usize>,
}

/// The profiles in the order in which they are first named, each with its runs in the order asked.
pub(super) fn by_profile<'a>(runs: impl IntoIterator<Item = &'a RunRef>) -> Vec<ProfileRuns<'a>> {
    let mut all: Vec<ProfileRuns> = Vec::new();
    for (place, run) in runs.into_iter().enumerate() {
        let known = all.iter().position(|of| of.profile_id == run.profile_id);
        let known = known.unwrap_or_else(|| {
            all.push(ProfileRuns { profile_id: &run.profile_id, run_ids: Vec::new(), places: Vec::new() });
            all.len() - 1
        });
        if let Some(of) = all.get_mut(known) {
            of.run_ids.push(run.run_id.clone());
            of.places.push(place);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_profile_is_asked_for_its_own_runs_and_they_find_back_to_their_places() {
        let asked = [("p", "a"), ("q", "a"), ("p", "b"), ("q", "a")].map(|(profile, run)| RunRef::new(profile, run));
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        let expected = [
            ProfileRuns { profile_id: "p", run_ids: ids(&["a", "b"]), places: vec![0, 2] },
            ProfileRuns { profile_id: "q", run_ids: ids(&["a", "a"]), places: vec![1, 3] },
        ];
        assert_eq!(by_profile(&asked), expected);
        assert_eq!(by_profile(&[]), []);
    }
}
