//! Reads the log and writes down what is to be done about it.

use ambient::Clock;
use chrono::Duration;
use store::{Feed, Recorded};
use tokio::sync::watch;

use crate::{Queue, QueueError, Scheduled, react};

/// Events turned into tasks in one transaction.
const BATCH: usize = 2_000;
/// How long more events may gather before the next transaction.
const GATHER: Duration = Duration::milliseconds(5);
/// How long to wait after a fault.
const PAUSE: Duration = Duration::seconds(1);

/// Follows the log for ever; tells `reached` how far. A fault delays it and loses nothing.
pub(crate) async fn follow(feed: Feed, queue: Queue, reached: watch::Sender<i64>, clock: Clock) {
    loop {
        match advance(&feed, &queue, &reached).await {
            Ok(()) => {}
            Err(error) => {
                tracing::error!(%error, "the log could not be followed");
                clock.sleep(PAUSE).await;
            }
        }
    }
}

/// Goes on from the checkpoint until another node moves it, too.
async fn advance(feed: &Feed, queue: &Queue, reached: &watch::Sender<i64>) -> Result<(), FollowError> {
    let mut from = queue.checkpoint().await?;
    reached.send_replace(from);
    loop {
        feed.wait_beyond(from).await;
        let events = feed.after(from, BATCH).await?;
        let Some(last) = events.last().map(|event| event.position) else { return Ok(()) };
        let tasks: Vec<Scheduled> = events.iter().flat_map(|event: &Recorded| react(event)).collect();
        if !queue.schedule(from, last, &tasks).await? {
            return Ok(());
        }
        from = last;
        reached.send_replace(from);
        if events.len() < BATCH {
            Clock::system().sleep(GATHER).await;
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum FollowError {
    #[error(transparent)]
    Feed(#[from] store::FeedError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}
