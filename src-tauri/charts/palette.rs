//! The colours of runs, and which of them a run takes that has none yet.
//!
//! A run keeps its colour for ever once it has been shown with it, so a colour is chosen once: the one that is farthest
//! from those it is shown with. Nothing here remembers; `settings` does.

use std::sync::LazyLock;

use serde::Serialize;
use specta::Type;

use super::color_vision::{distance, least_distance};

/// One colour of a run, for light and for dark surfaces: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PaletteColor {
    pub light: [u8; 3],
    pub dark: [u8; 3],
}

impl PaletteColor {
    const fn new(light: [u8; 3], dark: [u8; 3]) -> Self {
        Self { light, dark }
    }
}

/// The first [`DISTINCT`] are at least 0.12 apart in OKLab, in light and in dark, in usual sight and without any one
/// kind of cones (`color_vision`). The others were found by search for what is farthest from all before it: the ninth and
/// tenth keep 0.08, all twenty 0.065. Each has a contrast of 3 : 1 with its surface.
pub const PALETTE: [PaletteColor; 20] = [
    PaletteColor::new([41, 81, 207], [130, 167, 251]),
    PaletteColor::new([166, 147, 26], [250, 221, 33]),
    PaletteColor::new([187, 35, 124], [195, 45, 131]),
    PaletteColor::new([45, 155, 221], [173, 218, 252]),
    PaletteColor::new([75, 51, 1], [163, 120, 37]),
    PaletteColor::new([234, 80, 152], [254, 99, 169]),
    PaletteColor::new([54, 1, 153], [107, 91, 228]),
    PaletteColor::new([105, 89, 2], [191, 166, 46]),
    PaletteColor::new([158, 87, 249], [136, 94, 176]),
    PaletteColor::new([63, 22, 4], [143, 92, 47]),
    PaletteColor::new([43, 8, 91], [120, 133, 248]),
    PaletteColor::new([36, 80, 76], [138, 253, 231]),
    PaletteColor::new([130, 118, 22], [196, 210, 159]),
    PaletteColor::new([96, 2, 55], [254, 57, 108]),
    PaletteColor::new([128, 141, 92], [209, 192, 56]),
    PaletteColor::new([73, 102, 79], [191, 250, 142]),
    PaletteColor::new([151, 14, 117], [255, 153, 195]),
    PaletteColor::new([37, 19, 203], [160, 190, 249]),
    PaletteColor::new([175, 77, 169], [170, 110, 205]),
    PaletteColor::new([135, 43, 161], [167, 146, 206]),
];

/// So many colours of the palette, its first, can be told apart by everybody at a glance.
pub const DISTINCT: usize = 8;

/// The distances of the palette's colours: the least of both themes and of every kind of sight.
static DISTANCES: LazyLock<[[f64; PALETTE.len()]; PALETTE.len()]> = LazyLock::new(|| {
    PALETTE.map(|a| PALETTE.map(|b| least_distance(a.light, b.light).min(least_distance(a.dark, b.dark))))
});

/// Colours for runs that have none yet, as indices into [`PALETTE`]: each is the farthest from those it is shown with,
/// `shown` and the newcomers before it. The distinct ones go first; a colour is taken twice when there is no other.
/// `turn` says where to begin when nothing is shown beside it.
pub fn assign(shown: &[u8], newcomers: usize, turn: usize) -> Vec<u8> {
    let mut holders = [0_u32; PALETTE.len()];
    for color in shown {
        holders[usize::from(*color) % PALETTE.len()] += 1;
    }
    let mut colors = Vec::with_capacity(newcomers);
    for _ in 0..newcomers {
        let color = next(&holders, turn);
        holders[color] += 1;
        colors.push(u8::try_from(color).unwrap_or_default());
    }
    colors
}

/// The colour of the palette that looks most like this one, red, green and blue, in light or in dark: an index.
pub fn nearest(color: [u8; 3]) -> u8 {
    let away = |of: &PaletteColor| distance(of.light, color).min(distance(of.dark, color));
    let nearest = PALETTE.iter().zip(0_u8..).min_by(|(a, _), (b, _)| away(a).total_cmp(&away(b)));
    nearest.map_or(0, |(_, index)| index)
}

fn next(holders: &[u32; PALETTE.len()], turn: usize) -> usize {
    let among = if holders[..DISTINCT].contains(&0) { DISTINCT } else { PALETTE.len() };
    let fewest = holders[..among].iter().min().copied().unwrap_or_default();
    let nearest = |color: usize| {
        let others = (0..PALETTE.len()).filter(|other| holders[*other] > fewest);
        others.map(|other| DISTANCES[color][other]).fold(f64::INFINITY, f64::min)
    };
    let mut best = (turn % among, f64::NEG_INFINITY);
    for color in (0..among).map(|step| (turn + step) % among).filter(|color| holders[*color] == fewest) {
        let distance = nearest(color);
        if distance > best.1 {
            best = (color, distance);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::super::color_vision::contrast;
    use super::super::{Theme, palette::*};

    fn least_among(colors: &[u8]) -> f64 {
        let mut least = f64::INFINITY;
        for (at, a) in colors.iter().enumerate() {
            for b in &colors[..at] {
                least = least.min(DISTANCES[usize::from(*a)][usize::from(*b)]);
            }
        }
        least
    }

    #[test]
    fn colours_keep_their_distance_in_every_sight_and_both_themes() {
        let all: Vec<u8> = (0..20).collect();
        assert!(least_among(&all[..DISTINCT]) >= 0.12, "{}", least_among(&all[..DISTINCT]));
        assert!(least_among(&all[..10]) >= 0.08, "{}", least_among(&all[..10]));
        assert!(least_among(&all) >= 0.065, "{}", least_among(&all));
    }

    #[test]
    fn colours_can_be_seen_on_their_surface() {
        let surface = |theme: Theme| [theme.surface.0, theme.surface.1, theme.surface.2];
        for color in PALETTE {
            assert!(contrast(color.light, surface(Theme::light())) >= 3.0, "{color:?}");
            assert!(contrast(color.dark, surface(Theme::dark())) >= 3.0, "{color:?}");
        }
    }

    /// Pseudo-random numbers that are the same every time (xorshift64).
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, end: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % end as u64).unwrap()
        }
    }

    #[test]
    fn any_first_eight_shown_together_are_eight_different_colours() {
        let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
        for _ in 0..10_000 {
            let turn = numbers.below(1000);
            let shown = assign(&[], numbers.below(DISTINCT), turn);
            let newcomers = assign(&shown, DISTINCT - shown.len(), turn + shown.len());
            let together: Vec<u8> = shown.iter().chain(&newcomers).copied().collect();
            assert!(least_among(&together) >= 0.12, "{together:?}");
        }
    }

    /// Runs of one experiment, shown in one set after another as by sorting, filtering and selecting.
    #[test]
    fn newcomers_take_what_no_one_beside_them_has_while_there_is_such_a_colour() {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        let mut colors: BTreeMap<usize, u8> = BTreeMap::new();
        for round in 0..10_000 {
            if round % 100 == 0 {
                colors.clear();
            }
            let set: BTreeSet<usize> = (0..=numbers.below(20)).map(|_| numbers.below(200)).collect();
            let (known, new): (Vec<usize>, Vec<usize>) = set.iter().partition(|run| colors.contains_key(run));
            let shown: Vec<u8> = known.iter().map(|run| colors[run]).collect();
            let taken = assign(&shown, new.len(), colors.len());
            assert_eq!(taken, assign(&shown, new.len(), colors.len()), "the same question has the same answer");
            let mut beside: BTreeSet<u8> = shown.into_iter().collect();
            for (run, color) in new.into_iter().zip(taken) {
                assert!(beside.insert(color), "{color} is taken twice in a set of {}", set.len());
                colors.insert(run, color);
            }
        }
    }

    #[test]
    fn the_nearest_colour_is_itself_in_both_themes_and_one_of_the_same_hue() {
        for (color, index) in PALETTE.iter().zip(0..) {
            assert_eq!([nearest(color.light), nearest(color.dark)], [index, index]);
        }
        // The blue of MLflow's own palette, yellow, and a pure red.
        assert_eq!(nearest([0x43, 0x60, 0xd6]), 0);
        assert_eq!(nearest([0xff, 0xe0, 0x20]), 1);
        let [red, green, blue] = PALETTE[usize::from(nearest([255, 0, 0]))].dark.map(u16::from);
        assert!(red > 2 * green && red > 2 * blue, "{red} {green} {blue}");
    }

    #[test]
    fn runs_that_are_looked_at_one_by_one_differ_too() {
        let colors: BTreeSet<u8> = (0..DISTINCT).flat_map(|turn| assign(&[], 1, turn)).collect();
        assert_eq!(colors.len(), DISTINCT);
    }

    #[test]
    fn when_all_are_taken_each_is_taken_as_often_as_another() {
        let mut counts = [0; PALETTE.len()];
        assign(&[], 100, 3).into_iter().for_each(|color| counts[usize::from(color)] += 1);
        assert!(counts.iter().all(|count| (4..=6).contains(count)), "{counts:?}");
    }
}
