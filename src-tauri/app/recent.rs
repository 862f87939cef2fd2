//! The latest results of work that follows the mouse, so that it does not read the database or count again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

/// A few results by what they were asked for, the latest first. Emptied whenever what they are made of changes.
pub(super) struct Recent<Question, Answer> {
    generation: AtomicU64,
    kept: Mutex<VecDeque<(Question, Arc<Answer>)>>,
}

impl<Question, Answer> Default for Recent<Question, Answer> {
    fn default() -> Self {
        Self { generation: AtomicU64::default(), kept: Mutex::default() }
    }
}

impl<Question: PartialEq, Answer> Recent<Question, Answer> {
    /// About a screenful of charts.
    const KEPT: usize = 12;

    pub fn clear(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.kept.lock().clear();
    }

    /// Drops what is made of something that has changed, and says what that was.
    pub fn forget(&self, is_made_of_it: impl Fn(&Question) -> bool) -> Vec<Arc<Answer>> {
        self.generation.fetch_add(1, Ordering::SeqCst);
        let mut kept = self.kept.lock();
        let (dropped, others) = kept.drain(..).partition(|(of, _)| is_made_of_it(of));
        *kept = others;
        let dropped: VecDeque<(Question, Arc<Answer>)> = dropped;
        dropped.into_iter().map(|(_, answer)| answer).collect()
    }

    /// Take it before the work begins.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    pub fn get(&self, question: &Question) -> Option<Arc<Answer>> {
        self.find(|of| (of == question).then_some(())).map(|((), answer)| answer)
    }

    /// The latest result that serves, and what `serves` says of it.
    pub fn find<How>(&self, serves: impl Fn(&Question) -> Option<How>) -> Option<(How, Arc<Answer>)> {
        let kept = self.kept.lock();
        kept.iter().find_map(|(of, answer)| Some((serves(of)?, answer.clone())))
    }

    /// Keeps an answer, unless something changed since the work began.
    pub fn put(&self, generation: u64, question: Question, answer: Arc<Answer>) {
        let mut kept = self.kept.lock();
        if generation == self.generation() {
            // Another drawing may have asked the same meanwhile.
            kept.retain(|(of, _)| *of != question);
            kept.truncate(Self::KEPT - 1);
            kept.push_front((question, answer));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_kept_until_something_changes() {
        let recent: Recent<usize, usize> = Recent::default();
        for number in 0..20 {
            recent.put(recent.generation(), number, Arc::new(number * 2));
        }
        assert_eq!(recent.get(&19).as_deref(), Some(&38));
        assert_eq!(recent.get(&8).as_deref(), Some(&16));
        assert_eq!(recent.get(&7), None);
        recent.put(recent.generation(), 19, Arc::new(0));
        assert_eq!((recent.get(&19).as_deref(), recent.get(&8).as_deref()), (Some(&0), Some(&16)), "each once");
        let before = recent.generation();
        recent.clear();
        assert_eq!(recent.get(&19), None);
        recent.put(before, 1, Arc::new(2));
        assert_eq!(recent.get(&1), None, "it is of what was there before");
    }

    #[test]
    fn what_is_made_of_something_else_stays_when_something_changes() {
        let recent: Recent<usize, usize> = Recent::default();
        for number in 0..6 {
            recent.put(recent.generation(), number, Arc::new(number * 2));
        }
        let before = recent.generation();
        let dropped = recent.forget(|number| number % 2 == 0);
        assert_eq!(dropped.iter().map(|answer| **answer).collect::<Vec<_>>(), [8, 4, 0], "the latest first");
        assert_eq!((recent.get(&4), recent.get(&5).as_deref()), (None, Some(&10)));
        recent.put(before, 4, Arc::new(8));
        assert_eq!(recent.get(&4), None, "it may be of what was there before");
        let serves = |number: &usize| (*number < 4).then_some(number + 100);
        assert_eq!(recent.find(serves).map(|(how, answer)| (how, *answer)), Some((103, 6)), "the latest that serves");
    }
}
