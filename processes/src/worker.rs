//! Runs tasks when they fall due, many at once.

use std::{collections::HashMap, sync::Arc};

use ambient::Clock;
use chrono::{DateTime, Duration, Utc};
use tokio::{
    sync::{oneshot, watch},
    task::{self, JoinError, JoinSet},
};

use crate::{
    Queue, QueueError,
    queue::{Claimed, RENEWAL},
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
    /// And how often the queue's bell had rung.
    pub(crate) rung: u64,
}

type Ended = (Claimed, Next);

/// The tasks this worker has begun. Each goes on by itself: one that holds a connection of the queue's pool must not
/// wait for the worker, who may be waiting for that connection. Their leases are renewed while their gateways take their
/// time, and one whose lease ended all the same is claimed again and left alone: the same step must not be asked for
/// twice at once.
#[derive(Default)]
struct UnderWay {
    runs: JoinSet<Ended>,
    ids: HashMap<task::Id, String>,
}

impl UnderWay {
    fn begin(&mut self, runner: &Arc<Runner>, task: Claimed) {
        if self.ids.values().any(|id| *id == task.id) {
            return;
        }
        let (runner, id) = (Arc::clone(runner), task.id.clone());
        let run = self.runs.spawn(async move {
            let next = runner.run(&task).await;
            (task, next)
        });
        self.ids.insert(run.id(), id);
    }

    /// Says that all of them are still being worked on.
    async fn renew(&self, queue: &Queue, now: DateTime<Utc>) -> Result<(), QueueError> {
        if self.ids.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = self.ids.values().cloned().collect();
        queue.renew(now, &ids).await
    }

    /// Waits until something has ended, and takes all that has: one statement forgets it together. One that panicked
    /// is begun again when its lease ends.
    async fn ended(&mut self) -> Vec<Ended> {
        let mut ended = vec![];
        let mut next = self.runs.join_next_with_id().await;
        while let Some(run) = next {
            let id = run.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
            self.ids.remove(&id);
            ended.extend(run.map(|(_, ended)| ended));
            next = self.runs.try_join_next_with_id();
        }
        ended
    }
}

/// Works for ever, once it may begin. A slow gateway holds up its own tasks only: while they wait, others are begun.
pub(crate) async fn work(
    (runner, begun): (Arc<Runner>, oneshot::Receiver<()>),
    queue: Queue,
    mut reached: watch::Receiver<i64>,
    progress: watch::Sender<Progress>,
) {
    if begun.await.is_err() {
        return;
    }
    let mut under_way = UnderWay::default();
    let clock = runner.clock();
    let mut renew_at = clock.now() + RENEWAL;
    let mut bell = queue.bell();
    let (mut looked, mut has_news) = (Looked::full(), false);
    loop {
        if has_news || looked.is_stale(clock.now()) {
            has_news = false;
            let (settled, at, rung) = (*reached.borrow_and_update(), clock.now(), *bell.borrow_and_update());
            looked = match begin((&runner, at), &queue, &mut under_way).await {
                Ok(next) => Looked { next, so_far: next.map(|_| Progress { settled, at, rung }) },
                Err(error) => {
                    tracing::error!(%error, "tasks could not be begun");
                    Looked { next: Some(at + NAP), so_far: None }
                }
            };
        }
        if let (true, Some(so_far)) = (under_way.runs.is_empty(), looked.so_far) {
            progress.send_replace(so_far);
        }
        tokio::select! {
            ended = under_way.ended(), if !under_way.runs.is_empty() => {
                match end(&queue, clock, ended).await {
                    Ok(put_off) => looked.next = looked.next.map(|next| put_off.map_or(next, |due| due.min(next))),
                    // Their leases end, and they are run again: that finds nothing left to do.
                    Err(error) => tracing::error!(%error, "tasks could not be ended"),
                }
            }
            _ = reached.changed(), if looked.next.is_some() => has_news = true,
            _ = bell.changed(), if looked.next.is_some() => has_news = true,
            () = clock.sleep_until(looked.next.unwrap_or_default()), if looked.next.is_some() => {}
            () = clock.sleep_until(renew_at) => {
                let now = clock.now();
                if let Err(error) = under_way.renew(&queue, now).await {
                    tracing::error!(%error, "tasks under way could not be kept");
                }
                renew_at = now + RENEWAL;
            }
        }
    }
}

/// What the last look at the queue brought.
struct Looked {
    /// When to look again; none: as soon as there is room, for more may be due.
    next: Option<DateTime<Utc>>,
    /// What is settled once nothing is under way, if nothing else was due.
    so_far: Option<Progress>,
}

impl Looked {
    const fn full() -> Self {
        Self { next: None, so_far: None }
    }

    fn is_stale(&self, now: DateTime<Utc>) -> bool {
        self.next.is_none_or(|next| next <= now)
    }
}

/// Claims as many tasks as there is room for, and says when to look again, if those were all that are due.
async fn begin(
    (runner, now): (&Arc<Runner>, DateTime<Utc>),
    queue: &Queue,
    under_way: &mut UnderWay,
) -> Result<Option<DateTime<Utc>>, QueueError> {
    let room = AT_ONCE.saturating_sub(under_way.runs.len());
    if room == 0 {
        return Ok(None);
    }
    let claimed = queue.claim(now, i64::try_from(room).unwrap_or(i64::MAX)).await?;
    let were_all = claimed.len() < room;
    for task in claimed {
        under_way.begin(runner, task);
    }
    if !were_all {
        return Ok(None);
    }
    // From one reading of the clock: what falls due while the queue is asked must not be slept over.
    let nap_ends = now + NAP;
    Ok(Some(queue.next_due().await?.map_or(nap_ends, |due| due.min(nap_ends))))
}

/// Forgets what is done and puts off what is not; says when the first of those falls due.
async fn end(queue: &Queue, clock: &Clock, ended: Vec<Ended>) -> Result<Option<DateTime<Utc>>, QueueError> {
    let (mut done, mut put_off) = (vec![], None::<DateTime<Utc>>);
    let mut note = |due_at: DateTime<Utc>| put_off = Some(put_off.map_or(due_at, |first| first.min(due_at)));
    for (task, next) in ended {
        match next {
            Next::Done => done.push(task.id),
            Next::At(due_at, why) => {
                note(due_at);
                queue.put_off(&task.id, due_at, &why).await?;
            }
            Next::Again(why) => {
                let due_at = clock.now() + wait_after(task.attempts);
                tracing::warn!(task = ?task.task, attempts = task.attempts, why, "a task is put off");
                let why: String = why.chars().take(ERROR_LENGTH).collect();
                note(due_at);
                queue.put_off(&task.id, due_at, &why).await?;
            }
        }
    }
    if !done.is_empty() {
        queue.finish(&done).await?;
    }
    Ok(put_off)
}

fn wait_after(attempts: i32) -> Duration {
    let step = usize::try_from(attempts).unwrap_or(0).saturating_sub(1).min(LADDER.len() - 1);
    LADDER.get(step).copied().unwrap_or(NAP)
}
