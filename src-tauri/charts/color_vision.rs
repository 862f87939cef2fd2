//! How different two colours look, to usual sight and to those who lack one of the three kinds of cones.
//!
//! A distance is Euclidean in OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020). What is
//! seen without one kind of cone follows Machado, Oliveira and Fernandes, "A Physiologically-based Model for
//! Simulation of Color Vision Deficiency" (IEEE TVCG 15, 2009): their matrices of severity 1.0, on linear sRGB.

type Triple = [f64; 3];
type Matrix = [Triple; 3];

const USUAL: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
const PROTANOPIA: Matrix =
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]];
const DEUTERANOPIA: Matrix =
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]];
const TRITANOPIA: Matrix =
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]];

const CONES: Matrix = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
];
const LAB: Matrix = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
];

/// The least distance of two colours over usual sight and the three deficiencies.
pub fn least_distance(a: [u8; 3], b: [u8; 3]) -> f64 {
    let sights = [USUAL, PROTANOPIA, DEUTERANOPIA, TRITANOPIA];
    sights.iter().map(|sight| seen_distance(sight, a, b)).fold(f64::INFINITY, f64::min)
}

/// The distance of two colours to usual sight.
pub fn distance(a: [u8; 3], b: [u8; 3]) -> f64 {
    seen_distance(&USUAL, a, b)
}

fn seen_distance(sight: &Matrix, a: [u8; 3], b: [u8; 3]) -> f64 {
    let [a, b] = [a, b].map(|color| oklab(times(sight, linear(color)).map(|channel| channel.clamp(0.0, 1.0))));
    (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt()
}

fn linear(color: [u8; 3]) -> Triple {
    color.map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    })
}

fn oklab(linear: Triple) -> Triple {
    times(&LAB, times(&CONES, linear).map(f64::cbrt))
}

fn times(matrix: &Matrix, [x, y, z]: Triple) -> Triple {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

/// Contrast of two colours as WCAG 2.2 defines it.
#[cfg(test)]
pub fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let [a, b] = [a, b].map(|color| {
        let [r, g, b] = linear(color);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    });
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_and_white_are_one_apart_and_red_and_green_meet_without_a_kind_of_cones() {
        assert!((least_distance([0; 3], [255; 3]) - 1.0).abs() < 0.01);
        let [red, green] = [[176, 64, 0], [64, 100, 0]];
        let usual = {
            let [a, b] = [red, green].map(|color| oklab(linear(color)));
            (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt()
        };
        assert!(usual > 0.15 && least_distance(red, green) < 0.08, "{usual} {}", least_distance(red, green));
    }
}
