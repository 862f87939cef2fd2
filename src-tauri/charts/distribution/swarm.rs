//! Points of one group beside each other where they would lie over each other.

/// How far to the side of the middle each point stands, so that those that are nearer than `apart_px` along the axis
/// do not touch while there is room. `along_px` ascends; `room_px` is how far to either side each may go.
pub fn swarm(along_px: &[f64], apart_px: f64, room_px: impl Fn(usize) -> f64) -> Vec<f64> {
    /// Only so many points before one are looked at: behind them is a crowd, in which nobody sees single points.
    const LOOKED_AT: usize = 40;
    let mut aside: Vec<f64> = Vec::with_capacity(along_px.len());
    for (at, along) in along_px.iter().enumerate() {
        let near: Vec<(f64, f64)> = (at.saturating_sub(LOOKED_AT)..at)
            .map(|other| (along - along_px[other], aside[other]))
            .filter(|(away, _)| *away < apart_px)
            .collect();
        let is_free = |place: f64| near.iter().all(|(away, of)| away.hypot(of - place) > apart_px * 0.999);
        // Just beside one of the others, on either side of it.
        let beside = near.iter().flat_map(|(away, of)| {
            let step = (apart_px * apart_px - away * away).max(0.0).sqrt();
            [of - step, of + step]
        });
        let room = room_px(at);
        let places = [0.0].into_iter().chain(beside).filter(|place| place.abs() <= room && is_free(*place));
        let nearest = places.min_by(|a, b| a.abs().total_cmp(&b.abs()));
        // Where all room is taken, points lie over each other, spread as evenly as can be.
        let spread = || room * ((at as f64 * 0.618_034).fract() * 2.0 - 1.0);
        aside.push(nearest.unwrap_or_else(spread));
    }
    aside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_do_not_touch_while_there_is_room_and_never_leave_it() {
        let along = [1.0, 1.0, 1.5, 2.0, 2.0, 2.0, 9.0, 40.0];
        let aside = swarm(&along, 4.0, |_| 20.0);
        for (i, a) in along.iter().zip(&aside).enumerate() {
            for b in along.iter().zip(&aside).skip(i + 1) {
                assert!((a.0 - b.0).hypot(a.1 - b.1) > 3.9, "{a:?} {b:?}");
            }
        }
        assert_eq!((aside[0], aside[7]), (0.0, 0.0), "what is alone stands in the middle");
        let crowded = swarm(&[5.0; 300], 4.0, |_| 9.0);
        assert!(crowded.iter().all(|aside| aside.abs() <= 9.0));
        assert!(crowded.iter().any(|aside| *aside < -5.0) && crowded.iter().any(|aside| *aside > 5.0));
    }
}
