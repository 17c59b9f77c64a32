//! Runs tasks when they fall due, many at once.

use std::sync::Arc;

use ambient::Clock;
use chrono::{DateTime, Duration, Utc};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::sync::watch;

use crate::{
    Queue, QueueError,
    queue::Claimed,
    run::{Next, Runner},
};

/// Tasks under way at once.
const AT_ONCE: usize = 64;
/// The longest nap: other nodes may have added tasks nobody here has heard of.
const NAP: Duration = Duration::seconds(1);
/// The longest text kept of an error.
const ERROR_LENGTH: usize = 500;

/// Waits before the next attempt, by how many there were; the last one repeats.
const LADDER: [Duration; 6] = [
    Duration::seconds(2),
    Duration::seconds(10),
    Duration::seconds(30),
    Duration::minutes(2),
    Duration::minutes(10),
    Duration::hours(1),
];

/// What workers tell those who wait for them: tasks run, and up to which position none is left that is due.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Progress {
    /// Everything that had fallen due when the log was read this far is done or put off.
    pub(crate) settled: i64,
    /// When that was.
    pub(crate) at: DateTime<Utc>,
}

type Ended = (Claimed, Next);
type UnderWay<'a> = FuturesUnordered<BoxFuture<'a, Ended>>;

/// Works for ever. A slow gateway holds up its own tasks only: while they wait, others are begun.
pub(crate) async fn work(
    runner: Arc<Runner>,
    queue: Queue,
    mut reached: watch::Receiver<i64>,
    progress: watch::Sender<Progress>,
) {
    let mut under_way = UnderWay::new();
    let clock = runner.clock();
    loop {
        let seen = *reached.borrow_and_update();
        let at = clock.now();
        let wake_at = match begin(&runner, &queue, &mut under_way).await {
            Ok(Begun::Some) => continue,
            Ok(Begun::NoneDue(next)) => {
                if under_way.is_empty() {
                    progress.send_replace(Progress { settled: seen, at });
                }
                Some(next)
            }
            Ok(Begun::NoRoom) => None,
            Err(error) => {
                tracing::error!(%error, "tasks could not be begun");
                Some(at + NAP)
            }
        };
        tokio::select! {
            Some(first) = under_way.next(), if !under_way.is_empty() => {
                let ended = ended_with(first, &mut under_way);
                if let Err(error) = end(&queue, clock, ended).await {
                    // Their leases end, and they are run again: that finds nothing left to do.
                    tracing::error!(%error, "tasks could not be ended");
                }
            }
            _ = reached.changed(), if wake_at.is_some() => {}
            () = clock.sleep_until(wake_at.unwrap_or(at)), if wake_at.is_some() => {}
        }
    }
}

enum Begun {
    Some,
    /// When to look again.
    NoneDue(DateTime<Utc>),
    NoRoom,
}

/// Claims as many tasks as there is room for.
async fn begin<'a>(
    runner: &'a Runner,
    queue: &Queue,
    under_way: &mut UnderWay<'a>,
) -> Result<Begun, QueueError> {
    let room = AT_ONCE.saturating_sub(under_way.len());
    if room == 0 {
        return Ok(Begun::NoRoom);
    }
    let claimed = queue.claim(runner.clock().now(), i64::try_from(room).unwrap_or(i64::MAX)).await?;
    if claimed.is_empty() {
        let nap_ends = runner.clock().now() + NAP;
        return Ok(Begun::NoneDue(queue.next_due().await?.map_or(nap_ends, |due| due.min(nap_ends))));
    }
    let run = |task: Claimed| async move {
        let next = runner.run(task.task).await;
        (task, next)
    };
    under_way.extend(claimed.into_iter().map(|task| run(task).boxed()));
    Ok(Begun::Some)
}

/// What has ended by now, so that one statement forgets it all.
fn ended_with(first: Ended, under_way: &mut UnderWay<'_>) -> Vec<Ended> {
    let mut ended = vec![first];
    while let Some(Some(next)) = under_way.next().now_or_never() {
        ended.push(next);
    }
    ended
}

async fn end(queue: &Queue, clock: &Clock, ended: Vec<Ended>) -> Result<(), QueueError> {
    let mut done = vec![];
    for (task, next) in ended {
        match next {
            Next::Done => done.push(task.id),
            Next::At(due_at, why) => queue.put_off(&task.id, due_at, &why).await?,
            Next::Again(why) => {
                let due_at = clock.now() + wait_after(task.attempts);
                tracing::warn!(task = ?task.task, attempts = task.attempts, why, "a task is put off");
                let why: String = why.chars().take(ERROR_LENGTH).collect();
                queue.put_off(&task.id, due_at, &why).await?;
            }
        }
    }
    if done.is_empty() { Ok(()) } else { queue.finish(&done).await }
}

fn wait_after(attempts: i32) -> Duration {
    let step = usize::try_from(attempts).unwrap_or(0).saturating_sub(1).min(LADDER.len() - 1);
    LADDER.get(step).copied().unwrap_or(NAP)
}
