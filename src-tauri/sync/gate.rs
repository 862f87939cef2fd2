//! A few requests at once; who waits is let in by the newest interest, so that what was just
//! opened does not queue behind what is no longer watched.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::oneshot;

#[derive(Clone)]
pub(super) struct Gate {
    inside: Arc<Mutex<Inside>>,
}

struct Inside {
    free: usize,
    waiting: Vec<(u64, oneshot::Sender<Pass>)>,
}

/// Lets the next one in when it is dropped.
pub(super) struct Pass {
    gate: Gate,
}

impl Gate {
    pub fn new(at_once: usize) -> Self {
        Self { inside: Arc::new(Mutex::new(Inside { free: at_once, waiting: Vec::new() })) }
    }

    /// Waits for a place; the greatest `interest` goes first.
    pub async fn enter(&self, interest: u64) -> Pass {
        let waiting = {
            let mut inside = self.inside();
            if inside.free > 0 {
                inside.free -= 1;
                return Pass { gate: self.clone() };
            }
            let (sender, receiver) = oneshot::channel();
            inside.waiting.push((interest, sender));
            receiver
        };
        // The sender is only ever dropped with the gate, and this future holds one.
        waiting.await.unwrap_or_else(|_| Pass { gate: self.clone() })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock()
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let next = {
            let mut inside = self.gate.inside();
            // Who has stopped waiting is not let in.
            inside.waiting.retain(|(_, sender)| !sender.is_closed());
            let first = inside.waiting.iter().enumerate().max_by_key(|(_, (interest, _))| *interest);
            match first.map(|(position, _)| position) {
                Some(position) => Some(inside.waiting.swap_remove(position).1),
                None => {
                    inside.free += 1;
                    None
                }
            }
        };
        // Outside the lock: a pass that comes back is dropped here and lets in another one.
        if let Some(next) = next {
            drop(next.send(Self { gate: self.gate.clone() }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newest_interest_goes_first_and_who_left_is_passed_over() {
        let gate = Gate::new(1);
        let pass = gate.enter(1).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for interest in [2, 4, 3] {
            let (gate, order) = (gate.clone(), order.clone());
            tasks.push(tokio::spawn(async move {
                let _pass = gate.enter(interest).await;
                order.lock().push(interest);
            }));
            tokio::task::yield_now().await;
        }
        tasks.remove(1).abort();
        tokio::task::yield_now().await;
        drop(pass);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock(), [3, 2]);
        assert_eq!(gate.inside().free, 1);
    }
}
