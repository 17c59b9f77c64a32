//! Many at once: nothing is sold twice, and of two that exclude each other exactly one happens.

use futures::future::join_all;
use tests::{
    World,
    actors::{Counted, Order, Payment},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_buyers_for_fifty_units_buy_exactly_fifty() {
    let world = World::open().await;
    let carpenter = world.seller("carpenter").await;
    let chair = carpenter.sells("chair", 10_000, 50).await;
    let buyers = world.crowd(200);
    let lines = [(&chair, 1)];
    let replies = join_all(buyers.iter().map(|buyer| buyer.tries_to_order(&lines))).await;

    let (sold, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 201);
    assert_eq!((sold.len(), refused.len()), (50, 150));
    for reply in refused {
        assert_eq!(reply.refused(409, "out_of_stock")["left"], 0);
    }
    assert_eq!(world.stock_of(&chair).await, 0);
    assert_eq!(world.count_of("OrderCreated").await, 50);
    assert_eq!(world.count_of("StockReserved").await, 50);
    let orders: std::collections::BTreeSet<String> =
        sold.iter().map(|reply| Order::placed(reply).id).collect();
    assert_eq!(orders.len(), 50);
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_buyers_confirmation_and_an_operators_refund_exactly_one_happens() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 50).await;
    let mut confirmations = 0;
    for round in 0..8 {
        let order = hong.orders(&[(&chair, 1)]).await;
        let payment = world.pays(&hong, &order).await;
        carpenter.ships(&order).await;
        let (confirmed, refunded) = if round % 2 == 0 {
            futures::join!(hong.tries_to_confirm(&order), world.operator.refunds(&payment))
        } else {
            let (refunded, confirmed) =
                futures::join!(world.operator.refunds(&payment), hong.tries_to_confirm(&order));
            (confirmed, refunded)
        };
        assert_ne!(
            confirmed.is_success(),
            refunded.is_success(),
            "{} / {}",
            confirmed.text(),
            refunded.text()
        );
        world.settle().await;
        let status = world.status(&order).await;
        if confirmed.is_success() {
            confirmations += 1;
            refunded.refused(409, "already_confirmed");
            assert_eq!((status.as_str(), world.counter.given_back(&payment).await), ("confirmed", 0));
        } else {
            confirmed.refused(409, "order_is_cancelled");
            assert_eq!((status.as_str(), world.counter.given_back(&payment).await), ("cancelled", 10_000));
        }
    }
    assert_eq!(world.credited(&carpenter).await, confirmations * 8_900);
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_buyers_cancellation_and_a_sellers_parcel_exactly_one_happens() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 50).await;
    for _ in 0..8 {
        let order = hong.orders(&[(&chair, 1)]).await;
        let payment = world.pays(&hong, &order).await;
        let (cancelled, shipped) =
            futures::join!(hong.tries_to_cancel(&order), carpenter.tries_to_ship(&order));
        assert_ne!(cancelled.is_success(), shipped.is_success(), "{} / {}", cancelled.text(), shipped.text());
        world.settle().await;
        let back = if cancelled.is_success() { 10_000 } else { 0 };
        assert_eq!(world.counter.given_back(&payment).await, back);
    }
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_browser_tabs_pay_at_once_and_one_payment_stays() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 50).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let tabs: Vec<Payment> = join_all((0..4).map(|_| hong.begins_to_pay(&order))).await;
    world.settle().await;
    join_all(tabs.iter().map(|tab| world.counter.approves(tab))).await;
    join_all(tabs.iter().map(|tab| hong.returns_from(tab))).await;
    join_all(tabs.iter().map(|tab| world.counter.webhooks_are_out(tab))).await;
    world.settle().await;

    assert_eq!(world.status(&order).await, "paid");
    let back = join_all(tabs.iter().map(|tab| world.counter.given_back(tab))).await;
    assert_eq!(back.iter().sum::<i64>(), 30_000, "{back:?}");
    assert_eq!(back.iter().filter(|amount| **amount == 0).count(), 1, "{back:?}");
    let funded = join_all(tabs.iter().map(|tab| world.payment(tab))).await;
    assert_eq!(funded.iter().map(|payment| payment.won("escrow_funded")).sum::<i64>(), 10_000);
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_sent_many_times_at_once_happens_once() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 50).await;
    let body = tests::actors::order_body(&[(&chair, 1)]);
    let asks = (0..32).map(|_| hong.0.http.post("/orders", &body).key("one-and-the-same").send());
    let replies = join_all(asks).await;
    for reply in &replies {
        assert_eq!(reply.status, 201, "{}", reply.text());
        assert_eq!(reply.bytes, replies[0].bytes);
    }
    assert_eq!(world.count_of("OrderCreated").await, 1);
    assert_eq!(world.stock_of(&chair).await, 49);
    world.audit().await;
}
