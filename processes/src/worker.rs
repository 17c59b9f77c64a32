//! Runs tasks when they fall due, many at once.

use std::sync::Arc;

use ambient::Clock;
use chrono::{DateTime, Duration, Utc};
use futures::{StreamExt, stream};
use tokio::sync::watch;

use crate::{
    Queue, QueueError,
    queue::Claimed,
    run::{Next, Runner},
};

/// Tasks begun together.
const CLAIM: i64 = 256;
/// Gateway calls under way at once.
const AT_ONCE: usize = 32;
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

/// Works for ever.
pub(crate) async fn work(
    runner: Arc<Runner>,
    queue: Queue,
    mut reached: watch::Receiver<i64>,
    progress: watch::Sender<Progress>,
) {
    loop {
        let seen = *reached.borrow_and_update();
        let at = runner.clock().now();
        match round(&runner, &queue).await {
            Ok(0) => {
                progress.send_replace(Progress { settled: seen, at });
                idle(&queue, runner.clock(), &mut reached).await;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "tasks could not be run");
                runner.clock().sleep(NAP).await;
            }
        }
    }
}

async fn round(runner: &Arc<Runner>, queue: &Queue) -> Result<usize, QueueError> {
    let claimed = queue.claim(runner.clock().now(), CLAIM).await?;
    let count = claimed.len();
    let run = |task: Claimed| {
        let runner = Arc::clone(runner);
        async move {
            let next = runner.run(task.task).await;
            (task, next)
        }
    };
    let results: Vec<(Claimed, Next)> =
        stream::iter(claimed).map(run).buffer_unordered(AT_ONCE).collect().await;
    let mut done = vec![];
    for (task, next) in results {
        match next {
            Next::Done => done.push(task.id),
            Next::At(due_at, why) => queue.put_off(&task.id, due_at, &why).await?,
            Next::Again(why) => {
                let due_at = runner.clock().now() + wait_after(task.attempts);
                tracing::warn!(task = ?task.task, attempts = task.attempts, why, "a task is put off");
                let why: String = why.chars().take(ERROR_LENGTH).collect();
                queue.put_off(&task.id, due_at, &why).await?;
            }
        }
    }
    if !done.is_empty() {
        queue.finish(&done).await?;
    }
    Ok(count)
}

fn wait_after(attempts: i32) -> Duration {
    let step = usize::try_from(attempts).unwrap_or(0).saturating_sub(1).min(LADDER.len() - 1);
    LADDER.get(step).copied().unwrap_or(NAP)
}

async fn idle(queue: &Queue, clock: &Clock, reached: &mut watch::Receiver<i64>) {
    let nap_ends = clock.now() + NAP;
    let next = queue.next_due().await.ok().flatten().map_or(nap_ends, |due| due.min(nap_ends));
    tokio::select! {
        _ = reached.changed() => {}
        () = clock.sleep_until(next) => {}
    }
}
