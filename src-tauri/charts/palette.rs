//! The colours of runs: a run has one for ever, everywhere, on every machine.
//!
//! The colour follows from the run id alone, so it needs no storage and no agreement. Two runs
//! can meet in one colour; where they are drawn together, a dash pattern tells them apart.

use serde::Serialize;
use specta::Type;

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

/// Ten hues of one lightness, and ten between them of another, even in OKLCH (0.60 and 0.46 on
/// light, 0.76 and 0.63 on dark), so that none shouts and all hold against the surface.
pub const PALETTE: [PaletteColor; 20] = [
    PaletteColor::new([68, 123, 228], [134, 177, 255]),
    PaletteColor::new([207, 86, 4], [249, 146, 98]),
    PaletteColor::new([6, 151, 109], [64, 205, 155]),
    PaletteColor::new([187, 82, 168], [231, 141, 212]),
    PaletteColor::new([151, 126, 5], [205, 175, 51]),
    PaletteColor::new([5, 142, 175], [4, 196, 240]),
    PaletteColor::new([210, 75, 88], [253, 138, 143]),
    PaletteColor::new([133, 104, 219], [179, 160, 255]),
    PaletteColor::new([101, 144, 6], [151, 194, 91]),
    PaletteColor::new([9, 147, 147], [16, 202, 202]),
    PaletteColor::new([67, 70, 180], [115, 127, 221]),
    PaletteColor::new([131, 70, 4], [198, 113, 27]),
    PaletteColor::new([4, 103, 89], [14, 159, 138]),
    PaletteColor::new([150, 29, 103], [197, 98, 150]),
    PaletteColor::new([93, 92, 4], [144, 143, 0]),
    PaletteColor::new([3, 95, 135], [8, 148, 207]),
    PaletteColor::new([161, 29, 5], [208, 101, 81]),
    PaletteColor::new([112, 52, 161], [158, 112, 204]),
    PaletteColor::new([8, 108, 0], [82, 158, 75]),
    PaletteColor::new([9, 100, 111], [11, 154, 172]),
];

/// The index into [`PALETTE`] of a run: the FNV-1a hash of its id, folded.
pub fn run_color(run_id: &str) -> u8 {
    let hash = run_id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let folded = (hash ^ (hash >> 32)) % PALETTE.len() as u64;
    u8::try_from(folded).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_the_colour_it_always_had() {
        // These are on users' screens: a change here recolours every run there is.
        assert_eq!(run_color("0a1b2c3d4e5f60718293a4b5c6d7e8f9"), 18);
        assert_eq!(run_color("ffffffffffffffffffffffffffffffff"), 5);
    }

    #[test]
    fn runs_are_spread_over_the_whole_palette() {
        let mut counts = [0_u32; PALETTE.len()];
        for number in 0..2_000_u32 {
            counts[usize::from(run_color(&format!("{number:032x}")))] += 1;
        }
        assert!(counts.iter().all(|count| (50..=150).contains(count)), "{counts:?}");
    }
}
