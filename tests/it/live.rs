//! What open pages are told: who hears of what, and that nobody who comes back misses anything or hears it twice.

use tests::{
    World,
    actors::Product,
    http::{Caller, Listening, Message},
};

const STREAM: &str = "/events/stream";

async fn from(caller: &Caller, position: i64) -> Listening {
    let listening = caller.get(STREAM).header("last-event-id", position.to_string()).listen().await;
    assert_eq!(listening.status(), 200);
    listening
}

/// Everything somebody is told up to the first that is about a product.
async fn heard_until(listening: &mut Listening, last: &Product) -> Vec<Message> {
    let mut heard = vec![];
    loop {
        let message = listening.next().await.unwrap();
        let is_last = message.data["stream_id"] == last.id.as_str();
        heard.push(message);
        if is_last {
            return heard;
        }
    }
}

fn named<'a>(heard: &'a [Message], event: &str) -> Vec<&'a Message> {
    heard.iter().filter(|message| message.data["event"] == event).collect()
}

#[tokio::test]
async fn parties_hear_of_their_own_orders_and_nobody_of_persons() {
    let world = World::open().await;
    let (carpenter, potter) = (world.seller("carpenter").await, world.seller("potter").await);
    let (hong, lee) = (world.buyer("hong").await, world.buyer("lee").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    world.pays(&hong, &order).await;
    let bowl = potter.sells("bowl", 5_000, 5).await;

    let callers = [&hong.0.http, &lee.0.http, &carpenter.0.http, &potter.0.http, &world.auditor.0.http];
    let mut heard = vec![];
    for caller in callers {
        heard.push(heard_until(&mut from(caller, 0).await, &bowl).await);
    }
    let [hong, lee, carpenter, potter, auditor] = heard.try_into().unwrap();

    for party in [&hong, &carpenter] {
        assert_eq!(named(party, "OrderPaid")[0].data["order_id"], order.id.as_str());
        assert_eq!(named(party, "EscrowFunded").len(), 1);
        assert!(named(party, "CustomerRegistered").is_empty());
    }
    assert_eq!(named(&hong, "PaymentAuthorized").len(), 1);
    assert!(named(&carpenter, "PaymentAuthorized").is_empty(), "a seller has no part in payments");
    for stranger in [&lee, &potter] {
        assert!(!stranger.is_empty());
        for message in stranger {
            assert!(message.data["stream_id"].as_str().unwrap().starts_with("prd_"), "{message:?}");
        }
    }
    let positions: Vec<i64> = auditor.iter().map(|message| message.id).collect();
    assert_eq!(positions, (1..=world.head().await).collect::<Vec<_>>());
    let first = &auditor[0];
    assert_eq!((first.name.as_str(), &first.data["position"]), ("change", &1.into()));
    let members: Vec<&String> = first.data.as_object().unwrap().keys().collect();
    assert_eq!(members, ["event", "position", "recorded_at", "stream_id"]);
}

#[tokio::test]
async fn who_comes_back_goes_on_where_they_were() {
    let world = World::open().await;
    let carpenter = world.seller("carpenter").await;
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let auditor = &world.auditor.0.http;
    let before = heard_until(&mut from(auditor, 0).await, &chair).await;
    let mut position = before.last().unwrap().id;
    // Whatever was done while nobody listened, and what is done while somebody does.
    let table = carpenter.sells("table", 10_000, 5).await;
    let mut listening = from(auditor, position).await;
    let missed = heard_until(&mut listening, &table).await;
    assert_eq!(missed[0].id, position + 1);
    position = missed.last().unwrap().id;
    let shelf = carpenter.sells("shelf", 10_000, 5).await;
    let shelf = heard_until(&mut listening, &shelf).await;
    assert_eq!(shelf[0].id, position + 1);
}

#[tokio::test]
async fn who_names_no_position_hears_what_happens_from_now_on() {
    let world = World::open().await;
    let carpenter = world.seller("carpenter").await;
    carpenter.sells("chair", 10_000, 5).await;
    let head = world.head().await;
    let mut listening = carpenter.0.http.get(STREAM).listen().await;
    let table = carpenter.sells("table", 10_000, 5).await;
    let heard = heard_until(&mut listening, &table).await;
    assert!(heard.iter().all(|message| message.id > head), "{heard:?}");
}

#[tokio::test]
async fn a_position_that_is_no_use_is_answered_with_a_reset() {
    let world = World::open().await;
    let auditor = &world.auditor.0.http;
    let head = world.head().await;
    let mut listening = from(auditor, head + 1_000).await;
    let reset = listening.next().await.unwrap();
    assert_eq!((reset.name.as_str(), reset.id), ("reset", head));
    for bad in ["-1", "x", "1.5", ""] {
        auditor.get(STREAM).header("last-event-id", bad).send().await.refused(400, "invalid_header");
    }
    world.nobody().get(STREAM).send().await.refused(401, "token_missing");
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams() {
    let mut world = World::open().await;
    let mut listening = world.auditor.0.http.get(STREAM).listen().await;
    world.stop().await;
    // A connection that was cut off instead would be an error.
    assert_eq!(listening.next().await, None);
}
