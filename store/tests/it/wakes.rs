//! The writer never falls asleep over a command.

use std::time::Duration;

use tokio::time::timeout;

use crate::given::{Place, buy, list, new_command, order, product, word};

/// Only a writer that sleeps for ever takes so long.
const FOR_EVER: Duration = Duration::from_secs(20);

/// Whoever is answered asks at once for a stream that is not in memory, and nobody else is there to wake the writer.
async fn a_stream_is_loaded_for_whoever_comes_right_after_an_answer(place: &Place) {
    let (_, writer) = place.node().await;
    for _ in 0..20 {
        writer.submit(new_command(), list(product(), 1)).await.unwrap();
        let asked = writer.submit(new_command(), buy(product(), order()));
        let receipt = timeout(FOR_EVER, asked).await.expect("the writer fell asleep").unwrap();
        assert_ne!(word(&receipt), "ok", "an unlisted product was sold");
    }
}

// On one thread the client runs exactly when the writer yields to it.
#[tokio::test]
async fn the_writer_wakes_on_sqlite() {
    a_stream_is_loaded_for_whoever_comes_right_after_an_answer(&Place::sqlite()).await;
}

#[tokio::test]
async fn the_writer_wakes_on_postgres() {
    a_stream_is_loaded_for_whoever_comes_right_after_an_answer(&Place::postgres().await).await;
}
