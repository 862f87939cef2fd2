//! A few requests at once. The newest interest is served first, so that what was just
//! opened does not queue behind what is no longer watched.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::oneshot;

#[derive(Clone)]
pub(super) struct RequestQueue {
    state: Arc<Mutex<QueueState>>,
}

struct QueueState {
    free: usize,
    waiting: Vec<(u64, oneshot::Sender<Permit>)>,
}

/// Lets the next one in when it is dropped.
pub(super) struct Permit {
    queue: RequestQueue,
}

impl RequestQueue {
    pub fn new(at_once: usize) -> Self {
        Self { state: Arc::new(Mutex::new(QueueState { free: at_once, waiting: Vec::new() })) }
    }

    /// Waits for a place; the greatest `interest` goes first.
    pub async fn acquire(&self, interest: u64) -> Permit {
        let waiting = {
            let mut state = self.state();
            if state.free > 0 {
                state.free -= 1;
                return Permit { queue: self.clone() };
            }
            let (sender, receiver) = oneshot::channel();
            state.waiting.push((interest, sender));
            receiver
        };
        // The sender is only ever dropped with the queue, and this future holds one.
        waiting.await.unwrap_or_else(|_| Permit { queue: self.clone() })
    }

    fn state(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let next = {
            let mut state = self.queue.state();
            // Requests that have stopped waiting are skipped.
            state.waiting.retain(|(_, sender)| !sender.is_closed());
            let first = state.waiting.iter().enumerate().max_by_key(|(_, (interest, _))| *interest);
            match first.map(|(position, _)| position) {
                Some(position) => Some(state.waiting.swap_remove(position).1),
                None => {
                    state.free += 1;
                    None
                }
            }
        };
        // Outside the lock: a permit that comes back is dropped here and lets in another one.
        if let Some(next) = next {
            drop(next.send(Self { queue: self.queue.clone() }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newest_interest_goes_first_and_who_left_is_passed_over() {
        let queue = RequestQueue::new(1);
        let permit = queue.acquire(1).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for interest in [2, 4, 3] {
            let (queue, order) = (queue.clone(), order.clone());
            tasks.push(tokio::spawn(async move {
                let _permit = queue.acquire(interest).await;
                order.lock().push(interest);
            }));
            tokio::task::yield_now().await;
        }
        tasks.remove(1).abort();
        tokio::task::yield_now().await;
        drop(permit);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock(), [3, 2]);
        assert_eq!(queue.state().free, 1);
    }
}
