//! The colours of runs that are shown together for the first time.

use std::sync::LazyLock;

use podium::charts::{PALETTE, PaletteColor, assign};
use podium::entities::RunRef;

use crate::sample::{SWEEP, Sample};

/// What `docs/charts.md` promises of any first ten, in OKLab.
const STATED_DISTANCE: f64 = 0.08;

/// Björn Ottosson, "A perceptual color space for image processing", written out from its sample code.
fn oklab([r, g, b]: [u8; 3]) -> [f64; 3] {
    let linear = |channel: u8| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    };
    let (r, g, b) = (linear(r), linear(g), linear(b));
    let l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b).cbrt();
    let m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b).cbrt();
    let s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b).cbrt();
    [
        0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
    ]
}

/// Of every two colours of the palette, in light and in dark.
static DISTANCES: LazyLock<Vec<Vec<f64>>> = LazyLock::new(|| {
    let distance = |a: [u8; 3], b: [u8; 3]| {
        let (a, b) = (oklab(a), oklab(b));
        (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt()
    };
    let both = |a: &PaletteColor, b: &PaletteColor| distance(a.light, b.light).min(distance(a.dark, b.dark));
    PALETTE.iter().map(|a| PALETTE.iter().map(|b| both(a, b)).collect()).collect()
});

fn least_distance(colors: &[u8]) -> f64 {
    let pairs = colors.iter().enumerate().flat_map(|(at, a)| colors[..at].iter().map(|b| (usize::from(*a), *b)));
    pairs.map(|(a, b)| DISTANCES[a][usize::from(b)]).fold(f64::INFINITY, f64::min)
}

#[test]
fn any_first_ten_of_10_000_random_sets_of_runs_keep_their_distance() {
    let mut state = 1_u64;
    let mut below = |end: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    for _ in 0..10_000 {
        // After any number of runs that got their colours elsewhere.
        let before = below(100_000) as usize;
        let colors = assign(&[], 10, before);
        let least = least_distance(&colors);
        assert!(least >= STATED_DISTANCE, "{least} in {colors:?}, {before} before");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_keep_the_colours_they_were_first_shown_with() {
    let sample = Sample::open().await;
    let sweep = sample.experiment(SWEEP).await;
    let runs = sample.runs(&sweep, "").await;
    let ten: Vec<RunRef> = runs.iter().step_by(17).take(10).cloned().collect();
    let first = sample.app.color_runs(&ten).await;
    assert!(least_distance(&first) >= STATED_DISTANCE, "{first:?}");
    sample.app.color_runs(&runs[..60]).await;
    assert_eq!(sample.app.color_runs(&ten).await, first);
    let one = sample.app.color_runs(&ten[3..4]).await;
    assert_eq!(one, first[3..4]);
}
