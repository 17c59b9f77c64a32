//! One behaviour in both engines: every test runs over SQLite and PostgreSQL.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use domain::id::{Id, OrderId};
use testbed::Postgres;
use uuid::Uuid;

use super::Queue;
use crate::{Scheduled, Task};

struct Place {
    url: String,
    _folder: tempfile::TempDir,
}

async fn places() -> Vec<Place> {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite:{}", folder.path().join("tasks.db").display());
    let postgres = Postgres::shared().await.unwrap().fresh_database().await.unwrap();
    vec![
        Place { url: sqlite, _folder: folder },
        Place { url: postgres, _folder: tempfile::tempdir().unwrap() },
    ]
}

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_000_000, 0).unwrap()
}

fn expiry(position: i64, due_at: DateTime<Utc>) -> Scheduled {
    let order_id = OrderId::from_uuid(Uuid::from_u128(position.unsigned_abs().into()));
    Scheduled { id: format!("{position}.0"), task: Task::Expire { order_id }, due_at }
}

#[test]
fn a_task_is_kept_in_this_form() {
    let kept = serde_json::to_string(&expiry(7, noon()).task).unwrap();
    assert_eq!(kept, r#"{"expire":{"order_id":"ord_00000000-0000-0000-0000-000000000007"}}"#);
}

#[tokio::test]
async fn tasks_and_checkpoint_move_together_and_once() {
    for place in places().await {
        let queue = Queue::open(&place.url).await.unwrap();
        assert!(queue.schedule(0, 5, &[expiry(5, noon())]).await.unwrap());
        assert!(!queue.schedule(0, 5, &[expiry(6, noon())]).await.unwrap(), "another node was faster");
        let again = Queue::open(&place.url).await.unwrap();
        assert_eq!(again.checkpoint().await.unwrap(), 5, "an opened queue goes on where it was");
        let tasks: Vec<_> = again.claim(noon(), 10).await.unwrap().into_iter().map(|task| task.id).collect();
        assert_eq!(tasks, ["5.0"]);
    }
}

#[tokio::test]
async fn a_task_is_given_when_it_is_due_and_again_when_its_worker_died() {
    for place in places().await {
        let queue = Queue::open(&place.url).await.unwrap();
        queue.schedule(0, 1, &[expiry(1, noon())]).await.unwrap();
        assert!(queue.claim(noon() - Duration::seconds(1), 10).await.unwrap().is_empty());
        assert_eq!(queue.next_due().await.unwrap(), Some(noon()));
        assert_eq!(queue.claim(noon(), 10).await.unwrap().len(), 1);
        assert!(
            queue.claim(noon() + Duration::seconds(89), 10).await.unwrap().is_empty(),
            "it is being worked on"
        );
        let taken_over = queue.claim(noon() + Duration::seconds(90), 10).await.unwrap();
        assert_eq!(taken_over.first().map(|task| task.attempts), Some(2));
    }
}

#[tokio::test]
async fn a_task_is_put_off_with_its_reason_and_forgotten_when_done() {
    for place in places().await {
        let queue = Queue::open(&place.url).await.unwrap();
        queue.schedule(0, 1, &[expiry(1, noon())]).await.unwrap();
        queue.claim(noon(), 10).await.unwrap();
        let later = noon() + Duration::hours(1);
        queue.put_off("1.0", later, "the gateway did not answer").await.unwrap();
        let waiting = queue.waiting(10).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!((waiting[0].due_at, waiting[0].attempts), (later, 1));
        assert_eq!(waiting[0].last_error.as_deref(), Some("the gateway did not answer"));
        assert_eq!(queue.claim(later, 10).await.unwrap().len(), 1);
        queue.finish(&["1.0".to_owned()]).await.unwrap();
        assert_eq!(queue.next_due().await.unwrap(), None);
    }
}

#[tokio::test]
async fn two_workers_never_hold_the_same_task() {
    for place in places().await {
        let (one, other) = (Queue::open(&place.url).await.unwrap(), Queue::open(&place.url).await.unwrap());
        let tasks: Vec<Scheduled> = (1..=200).map(|position| expiry(position, noon())).collect();
        one.schedule(0, 200, &tasks).await.unwrap();
        let take = async |queue: &Queue| {
            let mut taken = vec![];
            loop {
                let claimed = queue.claim(noon(), 7).await.unwrap();
                if claimed.is_empty() {
                    return taken;
                }
                taken.extend(claimed.into_iter().map(|task| task.id));
            }
        };
        let (left, right) = tokio::join!(take(&one), take(&other));
        let distinct: BTreeSet<&String> = left.iter().chain(&right).collect();
        assert_eq!((distinct.len(), left.len() + right.len()), (200, 200));
    }
}

#[tokio::test]
async fn who_was_too_slow_ends_nothing_that_somebody_else_has_taken() {
    for place in places().await {
        let (slow, quick) = (Queue::open(&place.url).await.unwrap(), Queue::open(&place.url).await.unwrap());
        slow.schedule(0, 1, &[expiry(1, noon())]).await.unwrap();
        assert_eq!(slow.claim(noon(), 10).await.unwrap().len(), 1);
        let over = noon() + Duration::seconds(90);
        assert_eq!(quick.claim(over, 10).await.unwrap().len(), 1);
        slow.finish(&["1.0".to_owned()]).await.unwrap();
        slow.put_off("1.0", noon() + Duration::days(1), "too slow").await.unwrap();
        assert_eq!(quick.next_due().await.unwrap(), Some(over + Duration::seconds(90)));
        quick.finish(&["1.0".to_owned()]).await.unwrap();
        assert_eq!(quick.next_due().await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_is_still_worked_on_is_kept_beyond_the_lease() {
    for place in places().await {
        let queue = Queue::open(&place.url).await.unwrap();
        queue.schedule(0, 2, &[expiry(1, noon()), expiry(2, noon())]).await.unwrap();
        assert_eq!(queue.claim(noon(), 10).await.unwrap().len(), 2);
        queue.renew(noon() + Duration::seconds(60), &["1.0".to_owned()]).await.unwrap();
        let other = Queue::open(&place.url).await.unwrap();
        let over = other.claim(noon() + Duration::seconds(149), 10).await.unwrap();
        assert_eq!(over.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), ["2.0"]);
    }
}

/// A process that works on the queue: alive until it is aborted.
async fn begins(queue: &Queue) -> tokio::task::JoinHandle<()> {
    let (begin, begun) = tokio::sync::oneshot::channel();
    let process = tokio::spawn(super::keep(queue.clone(), ambient::Clock::virtual_at(noon()), begin));
    begun.await.unwrap();
    process
}

#[tokio::test]
async fn what_a_dead_process_had_taken_is_due_at_once_and_what_a_living_one_has_is_not() {
    for place in places().await {
        let killed = Queue::open(&place.url).await.unwrap();
        let process = begins(&killed).await;
        killed.schedule(0, 2, &[expiry(1, noon()), expiry(2, noon() + Duration::days(1))]).await.unwrap();
        assert_eq!(killed.claim(noon(), 10).await.unwrap().len(), 1);

        let neighbour = Queue::open(&place.url).await.unwrap();
        let beside = begins(&neighbour).await;
        assert!(neighbour.claim(noon(), 10).await.unwrap().is_empty(), "its process lives");

        let mut rung = neighbour.bell();
        process.abort();
        assert!(process.await.unwrap_err().is_cancelled());
        rung.changed().await.unwrap();
        let taken: Vec<_> =
            neighbour.claim(noon(), 10).await.unwrap().into_iter().map(|task| task.id).collect();
        assert_eq!(taken, ["1.0"], "nothing that is not due");

        beside.abort();
        assert!(beside.await.unwrap_err().is_cancelled());
        let restarted = Queue::open(&place.url).await.unwrap();
        let mut rung = restarted.bell();
        let _alive = begins(&restarted).await;
        rung.wait_for(|rung| *rung > 0).await.unwrap();
        assert_eq!(restarted.claim(noon(), 10).await.unwrap().len(), 1);
    }
}
