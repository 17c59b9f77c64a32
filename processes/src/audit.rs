//! Whether the tasks are those that follow from the log: each timer that is still to come has its row, and no row says
//! anything else than its event does.
//!
//! What fell due may have been done, and done tasks are gone: of those only what is there can be compared. Webhooks are
//! tasks as well and follow from no event; they are left out.

use std::collections::HashMap;

use ambient::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use store::{Feed, FeedError};

use crate::{Queue, QueueError, Scheduled, Task, react};

/// Events, or rows, of one stretch.
const STRETCH: usize = 2_000;
/// How far another node's clock may be ahead: it may have done what is not due here.
const SKEW: TimeDelta = TimeDelta::minutes(1);
/// Findings that are told.
const TOLD: usize = 20;

/// A task that is not what the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadTask {
    /// Its row, `<position>.<number>`.
    pub task_id: String,
    /// What is wrong with it.
    pub why: &'static str,
}

impl std::fmt::Display for BadTask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "tasks, row {}: {}", self.task_id, self.why)
    }
}

/// Why tasks could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum TasksError {
    /// The log.
    #[error(transparent)]
    Log(#[from] FeedError),
    /// The tasks.
    #[error(transparent)]
    Tasks(#[from] QueueError),
}

/// The first tasks that are not what the log says, up to where it has been read for them.
pub async fn audit_tasks(
    feed: &Feed,
    queue: &Queue,
    clock: &Clock,
    mut progress: impl FnMut(i64),
) -> Result<Vec<BadTask>, TasksError> {
    let checkpoint = queue.checkpoint().await?;
    let (mut position, mut found) = (0, vec![]);
    while position < checkpoint && found.len() < TOLD {
        let raw = feed.raw_after(position, STRETCH).await?;
        let Some(last) = raw.last().map(|event| event.position) else { break };
        let mut expected = vec![];
        for event in raw.iter().filter(|event| event.position <= checkpoint) {
            let unreadable = |why| FeedError::Unreadable { position: event.position, why };
            expected.extend(react(&feed.decode(event).map_err(unreadable)?));
        }
        let ids: Vec<String> = expected.iter().map(|scheduled| scheduled.id.clone()).collect();
        let rows: HashMap<String, (String, i64)> =
            queue.rows_of(&ids).await?.into_iter().map(|(id, task, due)| (id, (task, due))).collect();
        // After the rows were read: what falls due meanwhile may be done and gone.
        let now = clock.now() + SKEW;
        found.extend(expected.iter().filter_map(|scheduled| wrong(scheduled, rows.get(&scheduled.id), now)));
        position = last;
        progress(position.min(checkpoint));
    }
    found.extend(strays(feed, queue, checkpoint).await?);
    found.truncate(TOLD);
    Ok(found)
}

fn wrong(scheduled: &Scheduled, row: Option<&(String, i64)>, now: DateTime<Utc>) -> Option<BadTask> {
    let Some((task, due)) = row else {
        let is_to_come = scheduled.due_at > now;
        return is_to_come.then(|| bad(scheduled, "it is still to come, and its row is gone"));
    };
    if serde_json::from_str::<Task>(task).ok() != Some(scheduled.task) {
        return Some(bad(scheduled, "it is not what its event leads to"));
    }
    let is_early = *due < scheduled.due_at.timestamp_micros();
    is_early.then(|| bad(scheduled, "it falls due before its time"))
}

fn bad(scheduled: &Scheduled, why: &'static str) -> BadTask {
    BadTask { task_id: scheduled.id.clone(), why }
}

/// Rows of tasks that no event leads to.
async fn strays(feed: &Feed, queue: &Queue, checkpoint: i64) -> Result<Vec<BadTask>, TasksError> {
    let (mut after, mut found) = (String::new(), vec![]);
    while found.len() < TOLD {
        let rows = queue.rows_after(&after, STRETCH).await?;
        let Some((last, ..)) = rows.last() else { break };
        after.clone_from(last);
        for (id, task, _) in rows {
            let is_webhook = matches!(serde_json::from_str(&task), Ok(Task::Inbox { .. }));
            if !is_webhook && !follows(feed, &id, checkpoint).await? {
                found.push(BadTask { task_id: id, why: "no event leads to it" });
            }
        }
    }
    Ok(found)
}

async fn follows(feed: &Feed, id: &str, checkpoint: i64) -> Result<bool, TasksError> {
    let position: Option<i64> = id.split_once('.').and_then(|(position, _)| position.parse().ok());
    // What was written after we began lies beyond the checkpoint that we know.
    let Some(position) = position else { return Ok(false) };
    if position > checkpoint {
        return Ok(true);
    }
    let Some(raw) = feed.raw_after(position - 1, 1).await?.into_iter().next() else { return Ok(false) };
    let event = feed.decode(&raw).map_err(|why| FeedError::Unreadable { position, why })?;
    Ok(react(&event).iter().any(|scheduled| scheduled.id == id))
}
