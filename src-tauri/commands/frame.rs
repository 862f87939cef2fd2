//! A drawn chart on its way into the window. There every byte costs time, because the web view reads an answer in small
//! pieces, and a chart is mostly paper: pixels of one colour in a row are sent once.

use rayon::prelude::*;
use serde::Serialize;

use super::Bytes;
use crate::app::Drawn;
use crate::error::{AppError, Result};

/// Fewer pixels of one colour take less room as they are.
const LEAST_RUN: usize = 3;

/// `[u32 length of the layout][layout as JSON][pixels]`; the pixels as they are (red, green, blue, alpha) or, where that
/// is shorter, as [`pack`] says. Their length tells which. All numbers are little endian.
pub(super) fn as_bytes(drawn: Drawn<impl Serialize>) -> Result<Bytes> {
    let layout = serde_json::to_vec(&drawn.layout).map_err(AppError::internal)?;
    let length = u32::try_from(layout.len()).map_err(AppError::internal)?;
    let packed = pack(&drawn.rgba);
    let pixels = if packed.len() < drawn.rgba.len() { &packed } else { &drawn.rgba };
    let mut bytes = Vec::with_capacity(4 + layout.len() + pixels.len());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&layout);
    bytes.extend_from_slice(pixels);
    Ok(Bytes(bytes))
}

/// A sequence of pieces. Each begins with a `u32`, which is twice the number of its pixels, and one more if all of them
/// are the one pixel that follows; otherwise they all follow.
fn pack(rgba: &[u8]) -> Vec<u8> {
    /// Whatever is beside each other is a sequence as well, so that several threads can pack parts.
    const PART: usize = 1 << 18;
    let parts: Vec<Vec<u8>> = rgba.as_chunks::<4>().0.par_chunks(PART).map(pack_part).collect();
    parts.concat()
}

fn pack_part(pixels: &[[u8; 4]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pixels.len());
    let mut push = |count: usize, pixels: &[[u8; 4]]| {
        // A picture has fewer pixels than 2³¹.
        let head = 2 * count as u32 + u32::from(pixels.len() < count);
        bytes.extend_from_slice(&head.to_le_bytes());
        bytes.extend_from_slice(pixels.as_flattened());
    };
    let (mut at, mut plain_from) = (0, 0);
    while at < pixels.len() {
        let same = pixels[at..].iter().take_while(|pixel| **pixel == pixels[at]).count();
        if same >= LEAST_RUN {
            if plain_from < at {
                push(at - plain_from, &pixels[plain_from..at]);
            }
            push(same, &pixels[at..=at]);
            plain_from = at + same;
        }
        at += same;
    }
    if plain_from < at {
        push(at - plain_from, &pixels[plain_from..]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(of: &[u8]) -> Vec<u8> {
        of.iter().flat_map(|shade| [*shade, *shade, *shade, 255]).collect()
    }

    /// What the window does, in `ui/src/charts/frame.ts`.
    fn unpack(mut packed: &[u8]) -> Vec<u8> {
        let mut rgba = Vec::new();
        while let Some((head, rest)) = packed.split_first_chunk::<4>() {
            let head = u32::from_le_bytes(*head) as usize;
            let (own, times) = if head % 2 == 1 { (1, head / 2) } else { (head / 2, 1) };
            let (pixels, rest) = rest.split_at(4 * own);
            rgba.extend(pixels.repeat(times));
            packed = rest;
        }
        rgba
    }

    #[test]
    fn what_is_packed_comes_out_as_it_was() {
        for of in [
            &[][..],
            &[1],
            &[1, 1],
            &[1, 1, 1],
            &[1, 2, 3],
            &[1, 1, 2, 2, 2, 2, 3],
            &[7, 7, 7, 8, 8, 8, 9, 1, 1, 1, 1],
            &[0; 1_000],
        ] {
            assert_eq!(unpack(&pack(&picture(of))), picture(of), "{of:?}");
        }
        let large: Vec<u8> = (0..300_000).map(|at| if at % 1_000 < 500 { 7 } else { at as u8 }).collect();
        assert_eq!(unpack(&pack(&picture(&large))), picture(&large));
        assert_eq!(pack(&picture(&[0; 1_000])).len(), 8);
        assert_eq!(pack(&picture(&[1, 2, 2, 2])), [2, 0, 0, 0, 1, 1, 1, 255, 7, 0, 0, 0, 2, 2, 2, 255]);
    }

    #[test]
    fn a_picture_that_packing_makes_longer_is_sent_as_it_is() {
        let sent = |rgba: Vec<u8>| as_bytes(Drawn { layout: (), rgba }).unwrap().0;
        let noise = picture(&[1, 2, 3, 4]);
        assert_eq!(sent(noise.clone()), [&[4, 0, 0, 0][..], b"null", &noise].concat());
        assert_eq!(sent(picture(&[5; 4])), [&[4, 0, 0, 0][..], b"null", &[9, 0, 0, 0, 5, 5, 5, 255]].concat());
    }
}
