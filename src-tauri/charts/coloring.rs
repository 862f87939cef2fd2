//! Which colour the mark of each run has, and the legend that says what the colours mean.

use std::collections::BTreeMap;
use std::sync::Arc;

use plotters::prelude::{Color, DrawingBackend, RGBColor};
use serde::Serialize;

use super::DrawError;
use super::canvas::{Align, LabelStyle, Surface};
use super::dimension::{Dimension, Domain, LaneCount, Place, Scaled};
use super::layout::Axis;
use super::spec::Scale;
use super::text::{fitted, width_px};
use super::theme::Theme;

/// What the colour of a mark says.
#[derive(Clone, Debug)]
pub enum Coloring {
    /// Which run it is: red, green, blue of each.
    Own(Arc<[[u8; 3]]>),
    /// The value of this dimension.
    By(Dimension),
    /// How far the value of this dimension, which is of numbers on a linear scale, is from one in the middle.
    Around(Dimension, f64),
}

/// As many colours as a scale of numbers has. Marks of one colour are drawn as one, so fewer are faster.
const STEPS: usize = 64;

/// The colours of all runs.
pub struct Colors<'a> {
    pub inks: Vec<RGBColor>,
    /// For each run its index into `inks`, which ascends with the value.
    pub of_runs: Vec<usize>,
    /// The dimension that they are of, if they are of one. Runs without a place on its axis have the first ink.
    pub by: Option<Scaled<'a>>,
    /// In the middle of a diverging scale.
    middle: Option<f64>,
}

impl Coloring {
    /// What the colours are the values of, if they are.
    pub fn dimension(&self) -> Option<&Dimension> {
        match self {
            Self::Own(_) => None,
            Self::By(dimension) | Self::Around(dimension, _) => Some(dimension),
        }
    }

    /// The colours of `runs` runs.
    pub fn colors(&self, runs: usize, theme: &Theme) -> Colors<'_> {
        match self {
            Coloring::Own(own) => own_colors(own, runs, theme),
            Coloring::By(dimension) | Coloring::Around(dimension, _) => {
                let middle = if let Coloring::Around(_, middle) = self { Some(*middle) } else { None };
                let mut scaled = dimension.scaled(0.0);
                if let Some(middle) = middle {
                    scaled.axis = around(&scaled.axis, middle);
                }
                let is_ramp = !matches!(dimension.domain, Domain::Categories(_));
                let inks: Vec<RGBColor> = if is_ramp {
                    (0..STEPS).map(|step| theme.shade(step as f64 / (STEPS - 1) as f64, middle.is_some())).collect()
                } else {
                    theme.palette.to_vec()
                };
                let ink_of = |run: usize| match scaled.place(run) {
                    Place::Lane(_) => 0,
                    Place::Axis(at) if is_ramp => 1 + ((at * STEPS as f64) as usize).min(STEPS - 1),
                    Place::Axis(_) => 1 + index_of(dimension, run) % inks.len(),
                };
                let of_runs = (0..runs).map(ink_of).collect();
                Colors { inks: [vec![theme.label_quiet], inks].concat(), of_runs, by: Some(scaled), middle }
            }
        }
    }
}

/// As far to either side of the middle as the farther end of the axis is.
fn around(axis: &Axis, middle: f64) -> Axis {
    let reach = (axis.max / 2.0 - middle / 2.0).abs().max((axis.min / 2.0 - middle / 2.0).abs()) * 2.0;
    let reach = if reach > 0.0 && reach.is_finite() { reach } else { 1.0_f64.max(middle.abs()) };
    Axis { min: (middle - reach).max(f64::MIN), max: (middle + reach).min(f64::MAX), scale: Scale::Linear }
}

fn index_of(dimension: &Dimension, run: usize) -> usize {
    dimension.values.get(run).copied().flatten().unwrap_or_default() as usize
}

fn own_colors(own: &[[u8; 3]], runs: usize, theme: &Theme) -> Colors<'static> {
    let mut inks = vec![theme.label_quiet];
    let mut known: BTreeMap<[u8; 3], usize> = BTreeMap::new();
    let of_runs = (0..runs).map(|run| {
        let Some(color) = own.get(run) else { return 0 };
        *known.entry(*color).or_insert_with(|| {
            let [r, g, b] = *color;
            inks.push(RGBColor(r, g, b));
            inks.len() - 1
        })
    });
    let of_runs = of_runs.collect();
    Colors { inks, of_runs, by: None, middle: None }
}

impl Colors<'_> {
    pub fn ink(&self, run: usize) -> RGBColor {
        let index = self.of_runs.get(run).copied().unwrap_or_default();
        self.inks.get(index).copied().unwrap_or(RGBColor(128, 128, 128))
    }

    /// Whether the colours are a scale of numbers.
    pub fn is_ramp(&self) -> bool {
        self.by.as_ref().is_some_and(|by| !matches!(by.of.domain, Domain::Categories(_)))
    }

    /// The runs in the order in which they are drawn: color by color, the highest value last and on top.
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.of_runs.len()).collect();
        order.sort_by_key(|run| self.of_runs[*run]);
        order
    }
}

/// What colours mean, for a legend beside a chart.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ColorScale {
    /// What the colours are the values of.
    pub label: String,
    /// Red, green, blue: of numbers from the lowest to the highest, of categories one for each of the names.
    pub colors: Vec<[u8; 3]>,
    /// The lowest number and the highest, and of a diverging scale the one in the middle; none for categories, and where
    /// no run has a place on the scale.
    pub numbers: Option<ScaleNumbers>,
    /// Of categories, as many as a legend can name.
    pub names: Vec<String>,
    /// Categories that are not named.
    pub more: u32,
    /// Runs that have no place on the scale: they are grey.
    pub lanes: Vec<LaneCount>,
}

/// In words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ScaleNumbers {
    pub low: String,
    pub middle: Option<String>,
    pub high: String,
}

impl Colors<'_> {
    /// None of runs that have each their own colour.
    pub fn scale(&self) -> Option<ColorScale> {
        const MOST_NAMES: usize = 20;
        /// So many colours are enough to see a ramp.
        const STOPS: usize = 9;
        let by = self.by.as_ref()?;
        let rgb = |index: usize| self.inks.get(index).map(|color| [color.0, color.1, color.2]);
        let scale = ColorScale {
            label: by.words(),
            colors: Vec::new(),
            numbers: None,
            names: Vec::new(),
            more: 0,
            lanes: by.lanes.clone(),
        };
        if let Domain::Categories(names) = &by.of.domain {
            let shown = names.len().min(MOST_NAMES);
            let inks = (self.inks.len() - 1).max(1);
            return Some(ColorScale {
                colors: (0..shown).filter_map(|name| rgb(1 + name % inks)).collect(),
                names: names[..shown].to_vec(),
                more: u32::try_from(names.len() - shown).unwrap_or(u32::MAX),
                ..scale
            });
        }
        let word = |value: f64| by.word(value);
        let numbers = ScaleNumbers { low: word(by.axis.min), middle: self.middle.map(word), high: word(by.axis.max) };
        Some(ColorScale {
            colors: (0..STOPS).filter_map(|stop| rgb(1 + stop * (STEPS - 1) / (STOPS - 1))).collect(),
            numbers: Some(numbers).filter(|_| by.has_places()),
            ..scale
        })
    }
}

enum Entry {
    Word(String),
    Dot(RGBColor, String),
    Ramp {
        /// From one hue to another, with none in the middle.
        is_diverging: bool,
    },
}

const RAMP_PX: f64 = 64.0;
const DOT_PX: f64 = 12.0;
const GAP_PX: f64 = 8.0;

impl Entry {
    fn width_px(&self, theme: &Theme) -> f64 {
        match self {
            Self::Word(word) => width_px(word, theme.label_px, false),
            Self::Dot(_, word) => DOT_PX + width_px(word, theme.label_px, false),
            Self::Ramp { .. } => RAMP_PX,
        }
    }
}

/// Says what the colours mean, in one line that ends at `right` and is at most `room_px` long; `y` is its middle. What
/// has no room is counted.
pub fn draw_legend<B: DrawingBackend>(
    surface: &Surface<B>,
    colors: &Colors,
    theme: &Theme,
    (right, y): (f64, f64),
    room_px: f64,
) -> Result<(), DrawError> {
    let Some(by) = &colors.by else { return Ok(()) };
    draw_entries(surface, &entries(by, colors, theme, room_px), theme, (right, y))
}

/// Names, each with a dot of its colour, in one line that ends at `right` and is at most `room_px` long; `y` is its
/// middle. What has no room is counted.
pub fn draw_names<B: DrawingBackend>(
    surface: &Surface<B>,
    named: &[(RGBColor, String)],
    theme: &Theme,
    at: (f64, f64),
    room_px: f64,
) -> Result<(), DrawError> {
    let named = named.iter().map(|(color, name)| (*color, name.as_str()));
    draw_entries(surface, &named_entries(named, theme, room_px), theme, at)
}

fn draw_entries<B: DrawingBackend>(
    surface: &Surface<B>,
    entries: &[Entry],
    theme: &Theme,
    (right, y): (f64, f64),
) -> Result<(), DrawError> {
    let width = |entry: &Entry| entry.width_px(theme) + GAP_PX;
    let mut x = right + GAP_PX - entries.iter().map(width).sum::<f64>();
    let style = LabelStyle { size_px: theme.label_px, color: theme.label, align: Align::Left, is_bold: false };
    for entry in entries {
        match entry {
            Entry::Word(word) => surface.text(word, (x, y), &LabelStyle { color: theme.label_quiet, ..style })?,
            Entry::Dot(color, word) => {
                surface.dot((x + 4.0, y), 3.5, color.to_rgba())?;
                surface.text(word, (x + DOT_PX, y), &style)?;
            }
            Entry::Ramp { is_diverging } => {
                const PIECES: usize = 32;
                let end = x + RAMP_PX;
                for i in 0..PIECES {
                    // Each to the end, under the next ones, so that there are no seams.
                    let left = x + RAMP_PX / PIECES as f64 * i as f64;
                    let color = theme.shade(i as f64 / (PIECES - 1) as f64, *is_diverging);
                    let corners = [(left, y - 4.0), (end, y - 4.0), (end, y + 4.0), (left, y + 4.0)];
                    surface.fill(corners.to_vec(), color.to_rgba())?;
                }
            }
        }
        x += width(entry);
    }
    Ok(())
}

fn entries(by: &Scaled, colors: &Colors, theme: &Theme, room_px: f64) -> Vec<Entry> {
    let width = |entry: &Entry| entry.width_px(theme) + GAP_PX;
    let name = Entry::Word(fitted(&by.words(), room_px * 0.4, theme.label_px).into_owned());
    let mut left = room_px - width(&name);
    if left < 0.0 {
        return Vec::new();
    }
    let unplaced: Vec<String> = by.lanes.iter().map(|lane| lane.word()).collect();
    let grey = Entry::Dot(theme.label_quiet, unplaced.join(", "));
    let grey = Some(grey).filter(|grey| !unplaced.is_empty() && width(grey) <= left);
    left -= grey.as_ref().map_or(0.0, width);
    let scale = match &by.of.domain {
        Domain::Categories(names) => {
            let ink = |index: usize| colors.inks.get(1 + index % (colors.inks.len() - 1).max(1)).copied();
            let named = names.iter().enumerate();
            let named = named.map(|(index, name)| (ink(index).unwrap_or(theme.label_quiet), name.as_str()));
            named_entries(named, theme, left)
        }
        _ if by.has_places() => {
            let [low, high] = [by.axis.min, by.axis.max].map(|end| Entry::Word(by.word(end)));
            let all = vec![low, Entry::Ramp { is_diverging: colors.middle.is_some() }, high];
            if all.iter().map(width).sum::<f64>() <= left { all } else { Vec::new() }
        }
        _ => Vec::new(),
    };
    [name].into_iter().chain(scale).chain(grey).collect()
}

/// The names that have room, and how many have none.
fn named_entries<'a>(
    named: impl ExactSizeIterator<Item = (RGBColor, &'a str)>,
    theme: &Theme,
    room_px: f64,
) -> Vec<Entry> {
    const NAME_PX: f64 = 120.0;
    /// For the count of the others.
    const COUNT_PX: f64 = 48.0;
    let total = named.len();
    let mut left = room_px;
    let mut entries = Vec::new();
    for (index, (color, name)) in named.enumerate() {
        let entry = Entry::Dot(color, fitted(name, NAME_PX, theme.label_px).into_owned());
        left -= entry.width_px(theme) + GAP_PX;
        let others = total - index - 1;
        if left < if others > 0 { COUNT_PX } else { 0.0 } {
            let count = Entry::Word(format!("+{}", others + 1));
            left += entry.width_px(theme) - count.width_px(theme);
            entries.extend(Some(count).filter(|_| left >= 0.0));
            break;
        }
        entries.push(entry);
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::super::color_vision::least_distance;
    use super::*;

    fn numbers(values: &[Option<f64>]) -> Coloring {
        let (label, domain) = ("loss".to_owned(), Domain::Numbers(Scale::Linear));
        Coloring::By(Dimension { label, domain, values: values.into() })
    }

    #[test]
    fn colours_follow_the_values_and_a_run_without_one_is_grey() {
        let theme = Theme::light();
        let coloring = numbers(&[Some(3.0), Some(1.0), None, Some(2.0), Some(f64::NAN)]);
        let colors = coloring.colors(6, &theme);
        assert_eq!(colors.order(), [2, 4, 5, 1, 3, 0]);
        assert_eq!([2, 4, 5].map(|run| colors.ink(run)), [theme.label_quiet; 3]);
        assert_eq!((colors.ink(1), colors.ink(0)), (theme.ramp(0.0), theme.ramp(1.0)));
        let many: Vec<Option<f64>> = (0..10_000).map(|i| Some(f64::from(i))).collect();
        let mut steps = numbers(&many).colors(10_000, &theme).of_runs;
        steps.dedup();
        assert_eq!(steps, (1..=STEPS).collect::<Vec<_>>());
    }

    #[test]
    fn categories_take_turns_and_runs_have_their_own() {
        let theme = Theme::dark();
        let names: Arc<[String]> = (0..45).map(|i| format!("{i}")).collect();
        let values: Arc<[Option<f64>]> = (0..45).map(|i| Some(f64::from(i))).collect();
        let coloring = Coloring::By(Dimension { label: String::new(), domain: Domain::Categories(names), values });
        let colors = coloring.colors(45, &theme);
        assert_eq!([0, 1, 20, 44].map(|run| colors.ink(run)), [0, 1, 0, 4].map(|i: usize| theme.palette[i]));
        let own = Coloring::Own([[1, 2, 3], [4, 5, 6], [1, 2, 3]].into());
        let colors = own.colors(4, &theme);
        assert_eq!(colors.of_runs, [1, 2, 1, 0], "a run without a colour is grey");
        assert_eq!(colors.ink(1), RGBColor(4, 5, 6));
    }

    #[test]
    fn a_legend_says_how_many_names_have_no_room() {
        let theme = Theme::light();
        let names: Arc<[String]> = (0..20_000).map(|i| format!("category {i}")).collect();
        let values: Arc<[Option<f64>]> = [Some(0.0), None].into();
        let coloring = Coloring::By(Dimension { label: "optimizer".into(), domain: Domain::Categories(names), values });
        let colors = coloring.colors(2, &theme);
        let by = colors.by.as_ref().expect("a dimension");
        for room in [0.0, 60.0, 200.0, 400.0] {
            let entries = entries(by, &colors, &theme, room);
            let width: f64 = entries.iter().map(|entry| entry.width_px(&theme) + GAP_PX).sum();
            assert!(width <= room + GAP_PX, "{width} of {room}");
            let dots =
                entries.iter().filter(|entry| matches!(entry, Entry::Dot(color, _) if *color != theme.label_quiet));
            let rest = format!("+{}", 20_000 - dots.count());
            let says = |entry: &Entry| matches!(entry, Entry::Word(word) if *word == rest);
            assert!(room < 150.0 || entries.iter().any(says), "{room}");
        }
    }

    #[test]
    fn a_diverging_scale_has_two_hues_and_its_middle_where_it_is_asked() {
        for theme in [Theme::light(), Theme::dark()] {
            let values = [-1.0, 0.0, 4.0, 2.0].map(Some);
            let of = Dimension { label: "gain".into(), domain: Domain::Numbers(Scale::Linear), values: values.into() };
            let coloring = Coloring::Around(of, 0.0);
            let colors = coloring.colors(5, &theme);
            let scale = colors.scale().unwrap();
            let numbers = scale.numbers.unwrap();
            assert_eq!(
                (numbers.low.as_str(), numbers.middle.as_deref(), numbers.high.as_str()),
                ("\u{2212}4", Some("0"), "4")
            );
            assert_eq!(colors.ink(2), theme.diverging(1.0));
            assert_eq!(colors.ink(4), theme.label_quiet, "a run without a value");
            // The middle is between two of an even number of steps.
            assert!([31, 32].map(|step| 1 + step).contains(&colors.of_runs[1]));
            assert!(colors.of_runs[0] < colors.of_runs[1] && colors.of_runs[1] < colors.of_runs[3]);
            let [first, .., last] = &scale.colors[..] else { panic!("{:?}", scale.colors) };
            assert!(least_distance(*first, *last) >= 0.12, "{first:?} {last:?}");
        }
        for (low, high, middle) in [(0.0, 0.0, 0.0), (-1e308, 1e308, 1e308), (f64::NAN, f64::INFINITY, 7.0)] {
            let values = [Some(low), Some(high)];
            let of = Dimension { label: "".into(), domain: Domain::Numbers(Scale::Linear), values: values.into() };
            let coloring = Coloring::Around(of, middle);
            let colors = coloring.colors(2, &Theme::light());
            let axis = colors.by.as_ref().unwrap().axis;
            assert!(axis.min < axis.max && axis.min.is_finite() && axis.max.is_finite(), "{axis:?}");
            assert!(colors.of_runs.iter().all(|ink| *ink < colors.inks.len()));
        }
    }

    #[test]
    fn a_scale_says_the_ends_of_numbers_and_the_names_of_categories_as_many_as_are_read() {
        let theme = Theme::light();
        let scale = numbers(&[Some(0.5), None, Some(2.0), Some(f64::NAN)]).colors(4, &theme).scale().unwrap();
        let ends = scale.numbers.unwrap();
        assert_eq!((scale.label.as_str(), ends.low.as_str(), ends.high.as_str()), ("loss", "0.5", "2"));
        assert_eq!((scale.colors.len(), scale.lanes.len(), scale.more), (9, 2, 0));
        assert_eq!(numbers(&[None]).colors(1, &theme).scale().unwrap().numbers, None, "no number is made up");
        let names: Arc<[String]> = (0..45).map(|i| format!("{i}")).collect();
        let of = Dimension { label: "k".into(), domain: Domain::Categories(names), values: [Some(3.0)].into() };
        let scale = Coloring::By(of).colors(1, &theme).scale().unwrap();
        assert_eq!((scale.names.len(), scale.colors.len(), scale.more), (20, 20, 25));
        let third = theme.palette[3];
        assert_eq!(scale.colors[3], [third.0, third.1, third.2]);
        assert_eq!(Coloring::Own([[1, 2, 3]].into()).colors(1, &theme).scale(), None);
    }
}
