//! What is too much, and what the database does not take.

use domain::{Aggregate, Event, id::Id, id::OrderId};
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use store::{Decision, Fault, Unit};

use crate::{
    given::{Place, always, count, json, list, new_command, product},
    on_both,
};

const QUEUE: usize = 8_192;

async fn more_than_the_queue_takes(place: &Place) {
    let (log, writer) = place.node().await;
    // On one thread nothing is drained before all have asked.
    let answers = join_all((0..QUEUE + 500).map(|_| writer.submit(new_command(), list(product(), 1)))).await;
    let turned_away = answers.iter().filter(|answer| matches!(answer, Err(Fault::Overloaded))).count();
    assert_eq!(turned_away, 500);
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), QUEUE);
    assert_eq!(usize::try_from(log.head().await.unwrap().position).unwrap(), QUEUE);
    assert_eq!(count(&log, "select max(last_position - first_position) + 1 from batches").await, 1_000);
}

#[tokio::test]
async fn a_full_queue_turns_away_on_sqlite() {
    more_than_the_queue_takes(&Place::sqlite()).await;
}

#[tokio::test]
async fn a_full_queue_turns_away_on_postgres() {
    more_than_the_queue_takes(&Place::postgres().await).await;
}

/// An aggregate with an event whose name PostgreSQL cannot store.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
struct Unstorable;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Happened {}

impl Event for Happened {
    fn name(&self) -> &'static str {
        "nul\0"
    }
}

impl Aggregate for Unstorable {
    const TYPE: &'static str = "unstorable";
    type Id = OrderId;
    type Event = Happened;
    fn evolve(&mut self, _: &Happened) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_commands_bad_data_does_not_take_the_others_with_it() {
    let place = Place::postgres().await;
    let (log, writer) = place.node().await;
    let bad = || {
        let id = OrderId::from_uuid(ambient::fresh_id());
        always(move || {
            let mut unit = Unit::new();
            unit.record::<Unstorable>(id, 0, vec![Happened {}]);
            Decision { unit, outcome: json("ok") }
        })
    };
    let sending = (0..60).map(|n| {
        let decide = if n % 20 == 7 { bad() } else { list(product(), 1) };
        writer.submit(new_command(), decide)
    });
    let answers = join_all(sending).await;
    for (n, answer) in answers.iter().enumerate() {
        match answer {
            Ok(_) => assert_ne!(n % 20, 7),
            Err(Fault::Refused(_)) => assert_eq!(n % 20, 7),
            Err(fault) => panic!("{fault}"),
        }
    }
    assert_eq!(log.head().await.unwrap().position, 57);
}

async fn a_decision_that_never_stops_asking(place: &Place) {
    let (_, writer) = place.node().await;
    let restless = Box::new(|desk: &store::Desk<'_>| {
        let (_, version) = desk.fresh::<Unstorable>(OrderId::from_uuid(ambient::fresh_id()))?;
        assert_eq!(version, 0);
        desk.get::<Unstorable>(OrderId::from_uuid(ambient::fresh_id()))?;
        Ok(Decision { unit: Unit::new(), outcome: json("ok") })
    });
    let fault = writer.submit(new_command(), restless).await.unwrap_err();
    assert!(matches!(fault, Fault::Refused(_)), "{fault}");
    writer.submit(new_command(), list(product(), 1)).await.unwrap();
}

async fn a_decision_that_breaks_down(place: &Place) {
    let (_, writer) = place.node().await;
    let fault = writer.submit(new_command(), always(|| panic!("a bug"))).await.unwrap_err();
    assert!(matches!(fault, Fault::Refused(_)), "{fault}");
    writer.submit(new_command(), list(product(), 1)).await.unwrap();
}

on_both!(a_decision_that_never_stops_asking, a_decision_that_breaks_down);
