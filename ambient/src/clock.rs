//! One clock for the whole process: the machine's, or one that a test moves.

use std::sync::Arc;

use chrono::{DateTime, Duration, SubsecRound, Utc};
use tokio::sync::watch;

/// Tells the time and waits. Cheap to clone; all clones of a virtual clock move together.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Virtual(Arc<watch::Sender<DateTime<Utc>>>),
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start` until it is advanced.
    pub fn virtual_at(start: DateTime<Utc>) -> Self {
        Self(Source::Virtual(Arc::new(watch::Sender::new(start))))
    }

    /// The time, in whole microseconds: what every database of ours can keep.
    #[expect(clippy::disallowed_methods, reason = "this is the one home of the time")]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System => Utc::now().trunc_subsecs(6),
            Source::Virtual(time) => *time.borrow(),
        }
    }

    /// Moves a virtual clock forward and wakes who waits for it; the machine's clock cannot be moved.
    pub fn advance(&self, by: Duration) {
        match &self.0 {
            Source::System => {}
            Source::Virtual(time) => time.send_modify(|now| *now += by),
        }
    }

    /// Waits until `time`.
    #[expect(clippy::disallowed_methods, reason = "this is the one home of waiting")]
    pub async fn sleep_until(&self, time: DateTime<Utc>) {
        match &self.0 {
            Source::System => {
                let left = (time - self.now()).to_std().unwrap_or_default();
                tokio::time::sleep(left).await;
            }
            Source::Virtual(clock) => {
                // The sender is in `self`, so waiting cannot end by its going away.
                let _ = clock.subscribe().wait_for(|now| *now >= time).await;
            }
        }
    }

    /// Waits for a while.
    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.now() + duration).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_virtual_clock_wakes_who_waits_when_it_is_moved() {
        let clock = Clock::virtual_at(DateTime::UNIX_EPOCH);
        let due = clock.now() + Duration::days(7);
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(due).await }
        });
        clock.advance(Duration::days(8));
        waiting.await.unwrap();
        assert_eq!(clock.now(), DateTime::UNIX_EPOCH + Duration::days(8));
    }
}
