//! Colors, type and lengths of a chart, in CSS pixels; light and dark. The colors are those of the window's own tokens.

use plotters::style::RGBColor;

use super::palette::PALETTE;
use super::tokens::{Token, token};

/// Everything about the look that is not the data's.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Behind everything; opaque.
    pub surface: RGBColor,
    pub grid: RGBColor,
    /// The lowest line of the plot.
    pub base_line: RGBColor,
    pub title: RGBColor,
    /// Axis labels, the legend.
    pub label: RGBColor,
    /// Behind a label: days under hours, the word for the axis.
    pub label_quiet: RGBColor,
    pub label_px: f64,
    pub title_px: f64,
    pub grid_px: f64,
    /// Share of its color that a series keeps while another one is highlighted.
    pub faded: f64,
    /// Share of its color that the raw history keeps behind the smoothed curve.
    pub raw: f64,
    /// Of categories: index by index, and again from the first.
    pub palette: [RGBColor; PALETTE.len()],
    accent: RGBColor,
    /// The two aliases that have colours of their own.
    pub champion: RGBColor,
    pub challenger: RGBColor,
}

/// The family names that an SVG asks for. Pixels are drawn with the embedded Inter.
pub const FONT_FAMILY: &str = "Inter, system-ui, sans-serif";

const SURFACE: Token = token("surface");
const GRID: Token = token("line");
const BASE_LINE: Token = token("line-strong");
const TITLE: Token = token("text");
const LABEL: Token = token("text-2");
const LABEL_QUIET: Token = token("text-3");
const ACCENT: Token = token("accent");
const CHAMPION: Token = token("champion");
const CHALLENGER: Token = token("challenger");

impl Theme {
    pub fn light() -> Self {
        Self::of(|token| token.light)
    }

    pub fn dark() -> Self {
        Self::of(|token| token.dark)
    }

    /// For paper: black on white, and type that is still read when the picture is a column wide.
    pub fn print() -> Self {
        const WHITE: RGBColor = RGBColor(255, 255, 255);
        const BLACK: RGBColor = RGBColor(0, 0, 0);
        const GREY: RGBColor = RGBColor(64, 64, 64);
        Self {
            surface: WHITE,
            title: BLACK,
            label: BLACK,
            label_quiet: GREY,
            base_line: GREY,
            label_px: 14.0,
            title_px: 17.0,
            ..Self::light()
        }
    }

    fn of(color: fn(Token) -> RGBColor) -> Self {
        Self {
            surface: color(SURFACE),
            grid: color(GRID),
            base_line: color(BASE_LINE),
            title: color(TITLE),
            label: color(LABEL),
            label_quiet: color(LABEL_QUIET),
            label_px: 11.0,
            title_px: 13.0,
            grid_px: 1.0,
            faded: 0.2,
            raw: 0.22,
            palette: PALETTE.map(|of| {
                let pair = Token { light: rgb(of.light), dark: rgb(of.dark) };
                color(pair)
            }),
            accent: color(ACCENT),
            champion: color(CHAMPION),
            challenger: color(CHALLENGER),
        }
    }

    /// The colour of a value that stands so far along a scale, from 0 to 1: from near the surface over the accent
    /// towards the text.
    pub fn ramp(&self, share: f64) -> RGBColor {
        const FAINTEST: f64 = 0.3;
        const TOWARDS_TEXT: f64 = 0.5;
        let share = share.clamp(0.0, 1.0);
        if share < 0.5 {
            mix(self.surface, self.accent, FAINTEST + (1.0 - FAINTEST) * 2.0 * share)
        } else {
            mix(self.accent, self.title, TOWARDS_TEXT * (2.0 * share - 1.0))
        }
    }

    /// The colour of a value that stands so far along a scale, one that grows stronger or one of two hues.
    pub fn shade(&self, share: f64, is_diverging: bool) -> RGBColor {
        if is_diverging { self.diverging(share) } else { self.ramp(share) }
    }

    /// The colour of a value so far along a scale with two hues, from 0 to 1: a quiet grey in the middle. Both hues are
    /// told apart by everybody, and neither says better or worse.
    pub fn diverging(&self, share: f64) -> RGBColor {
        const LOW: usize = 0;
        const HIGH: usize = 2;
        let away = 2.0 * share.clamp(0.0, 1.0) - 1.0;
        let middle = mix(self.surface, self.label_quiet, 0.45);
        mix(middle, self.palette[if away < 0.0 { LOW } else { HIGH }], away.abs())
    }

    /// How wide a curve is: thinner where many share the plot.
    pub fn stroke_px(&self, series: usize) -> f64 {
        match series {
            0..=16 => 1.6,
            17..=48 => 1.3,
            _ => 1.0,
        }
    }

    /// How opaque a band from minimum to maximum is. Where all of a chart's bands lie over each other they are half as
    /// strong as a line, or else they would be a carpet in which no line is seen.
    pub fn band(&self, series: usize) -> f64 {
        const ALL: f64 = 0.5;
        (1.0 - (1.0 - ALL).powf(1.0 / series.max(1) as f64)).clamp(0.03, 0.24)
    }

    /// How opaque a group's band is, which says something of its own and is never as faint as noise.
    pub fn group_band(&self, series: usize) -> f64 {
        self.band(series).clamp(0.12, 0.22)
    }
}

fn rgb([r, g, b]: [u8; 3]) -> RGBColor {
    RGBColor(r, g, b)
}

/// `from` with this share of `to` in it.
pub fn mix(from: RGBColor, to: RGBColor, share: f64) -> RGBColor {
    let channel = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8;
    RGBColor(channel(from.0, to.0), channel(from.1, to.1), channel(from.2, to.2))
}

/// What tells curves of one colour apart: lengths of strokes and gaps, in widths of the stroke.
pub const DASHES: [&[f64]; 3] = [&[5.0, 3.0], &[1.5, 2.5], &[8.0, 3.0, 1.5, 3.0]];

/// `None` is a solid line.
pub fn dash_pattern(dash: u8) -> Option<&'static [f64]> {
    let index = usize::from(dash.checked_sub(1)?);
    Some(DASHES[index % DASHES.len()])
}

#[cfg(test)]
mod tests {
    use super::super::color_vision::contrast;
    use super::*;

    fn channels(color: RGBColor) -> [u8; 3] {
        [color.0, color.1, color.2]
    }

    #[test]
    fn words_of_a_chart_can_be_read_on_its_surface() {
        for theme in [Theme::light(), Theme::dark(), Theme::print()] {
            for color in [theme.title, theme.label, theme.label_quiet] {
                let ratio = contrast(channels(color), channels(theme.surface));
                assert!(ratio >= 4.5, "{color:?} on {:?}: {ratio:.2}", theme.surface);
            }
        }
    }

    #[test]
    fn every_step_of_the_ramp_is_seen_and_is_stronger_than_the_one_before() {
        for theme in [Theme::light(), Theme::dark(), Theme::print()] {
            let from_surface =
                |step: u32| contrast(channels(theme.ramp(f64::from(step) / 63.0)), channels(theme.surface));
            let ratios: Vec<f64> = (0..64).map(from_surface).collect();
            assert!(ratios[0] > 1.35, "{ratios:?}");
            assert!(ratios.windows(2).all(|pair| pair[0] < pair[1]), "{ratios:?}");
        }
    }

    #[test]
    fn every_step_of_the_diverging_scale_is_seen_and_its_ends_are_the_strongest() {
        for theme in [Theme::light(), Theme::dark(), Theme::print()] {
            let seen = |share: f64| contrast(channels(theme.diverging(share)), channels(theme.surface));
            assert!((0..=64).all(|step| seen(f64::from(step) / 64.0) > 1.35));
            assert!(seen(0.0) > 3.0 && seen(1.0) > 3.0);
        }
    }

    #[test]
    fn the_light_theme_is_the_lighter_one() {
        let from_black = |theme: Theme| contrast([0; 3], channels(theme.surface));
        assert!(from_black(Theme::light()) > from_black(Theme::dark()));
    }
}
