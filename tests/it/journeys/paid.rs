//! Orders whose money reaches the seller.

use chrono::{Duration, FixedOffset};
use serde_json::Value;
use tests::{World, actors::Counted};

#[tokio::test]
async fn an_order_is_paid_held_shipped_delivered_confirmed_and_the_seller_is_credited() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("나무 의자", 11_000, 5).await;

    let order = hong.orders(&[(&chair, 2)]).await;
    assert_eq!(order.total, 22_000);
    assert_eq!(world.stock_of(&chair).await, 3);
    assert_eq!(world.status(&order).await, "awaiting_payment");

    let payment = world.pays(&hong, &order).await;
    assert_eq!(world.status(&order).await, "paid");
    let held = world.payment(&payment).await;
    assert_eq!((&held["payment_status"], &held["escrow_status"]), (&"authorized".into(), &"held".into()));
    assert_eq!((held.won("escrow_funded"), held.won("escrow_released")), (22_000, 0));
    assert_eq!(held["custody"], "gateway_escrow");
    world.audit().await;

    let parcel = carpenter.ships(&order).await;
    assert_eq!(world.status(&order).await, "in_delivery");
    carpenter.delivers(&parcel).await;
    assert_eq!(world.status(&order).await, "delivered");
    let confirmed = hong.confirms(&order).await;
    // 22 000 less 10 % commission (2 200) and the commission's VAT (220).
    assert_eq!(confirmed["released"][0]["net"]["amount"], 19_580);
    assert_eq!(world.status(&order).await, "confirmed");
    assert_eq!(world.credited(&carpenter).await, 19_580);
    let paid = world.payment(&payment).await;
    assert_eq!(paid["escrow_status"], "released");
    assert_eq!((paid.won("escrow_funded"), paid.won("escrow_released")), (22_000, 22_000));
    world.audit().await;

    let told = |moment: &Value| moment["event"].as_str().unwrap_or_default().to_owned();
    let timeline: Vec<String> = world.timeline(&order).await.iter().map(told).collect();
    for event in ["OrderCreated", "PaymentAuthorized", "EscrowFunded", "OrderPaid", "EscrowConfirmed"] {
        assert!(timeline.iter().any(|told| told == event), "{event} is missing in {timeline:?}");
    }
}

#[tokio::test]
async fn the_clock_confirms_for_a_buyer_who_does_not_at_the_end_of_the_seventh_seoul_day() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    world.pays(&hong, &order).await;
    let parcel = carpenter.ships(&order).await;
    let delivered_at = world.clock.now();
    carpenter.delivers(&parcel).await;

    let seoul = FixedOffset::east_opt(9 * 3_600).unwrap();
    let delivered = delivered_at.with_timezone(&seoul).date_naive();
    let due =
        (delivered + Duration::days(8)).and_hms_opt(0, 0, 0).unwrap().and_local_timezone(seoul).unwrap();
    let left = due.to_utc() - delivered_at;

    // It falls due with the day's last second.
    world.passes(left - Duration::seconds(2)).await;
    assert_eq!(world.status(&order).await, "delivered");
    assert_eq!(world.credited(&carpenter).await, 0);
    world.passes(Duration::seconds(2)).await;
    assert_eq!(world.status(&order).await, "confirmed");
    assert_eq!(world.credited(&carpenter).await, 8_900);
    // Whoever confirms afterwards finds it done.
    assert_eq!(hong.confirms(&order).await["released"].as_array().unwrap().len(), 0);
    assert_eq!(world.credited(&carpenter).await, 8_900);
    world.audit().await;
}

#[tokio::test]
async fn an_order_over_two_sellers_has_a_hold_for_each_and_releases_each_part() {
    let world = World::open().await;
    let (carpenter, smith, hong) =
        (world.seller("carpenter").await, world.seller("smith").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 12_000, 5).await;
    let lamp = smith.sells("lamp", 8_000, 5).await;
    let order = hong.orders(&[(&chair, 1), (&lamp, 2)]).await;
    let payment = world.pays(&hong, &order).await;
    let escrows = world.payment(&payment).await["escrows"].as_array().unwrap().clone();
    let mut funded: Vec<i64> = escrows.iter().map(|hold| hold.won("funded")).collect();
    funded.sort_unstable();
    assert_eq!(funded, [12_000, 16_000]);

    let first = carpenter.ships(&order).await;
    carpenter.delivers(&first).await;
    assert_eq!(world.status(&order).await, "in_delivery");
    hong.confirms(&order).await;
    assert_eq!((world.credited(&carpenter).await, world.credited(&smith).await), (10_680, 0));
    assert_eq!(world.payment(&payment).await["escrow_status"], "partly_released");
    world.audit().await;

    let second = smith.ships(&order).await;
    smith.delivers(&second).await;
    world.passes(Duration::days(9)).await;
    assert_eq!(world.status(&order).await, "confirmed");
    assert_eq!((world.credited(&carpenter).await, world.credited(&smith).await), (10_680, 14_240));
    world.audit().await;
}

#[tokio::test]
async fn a_virtual_account_waits_for_its_deposit_beyond_the_window() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let payment = hong.begins_to_pay(&order).await;
    world.settle().await;
    let due = world.clock.now() + Duration::days(3);
    world.counter.issues_account(&payment, due).await;
    world.counter.webhooks_are_out(&payment).await;
    world.settle().await;
    assert_eq!(world.payment(&payment).await["payment_status"], "awaiting_deposit");

    world.passes(Duration::days(2)).await;
    assert_eq!(world.status(&order).await, "awaiting_payment");
    world.counter.act(&payment, "deposit", serde_json::json!({})).await.ok();
    world.counter.webhooks_are_out(&payment).await;
    world.settle().await;
    assert_eq!(world.status(&order).await, "paid");
    world.audit().await;
}

#[tokio::test]
async fn a_declined_payment_can_be_tried_again() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let declined = hong.begins_to_pay(&order).await;
    world.settle().await;
    world.counter.declines(&declined).await;
    world.counter.webhooks_are_out(&declined).await;
    world.settle().await;
    assert_eq!(world.payment(&declined).await["payment_status"], "failed");
    assert_eq!(world.status(&order).await, "awaiting_payment");
    assert_eq!(world.stock_of(&chair).await, 4);

    let paid = world.pays(&hong, &order).await;
    assert_ne!(paid.id, declined.id);
    assert_eq!(world.status(&order).await, "paid");
    hong.tries_to_pay(&order).await.refused(409, "already_paid");
    world.audit().await;
}

#[tokio::test]
async fn a_person_can_click_the_pay_page_and_comes_back_to_the_shop() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let begun = hong.tries_to_pay(&order).await;
    let pay_url = begun.ok()["pay_url"].as_str().unwrap().to_owned();
    world.settle().await;
    let back = world.clicks(&pay_url, "approve").await;
    assert!(back.starts_with(&format!("{}/payments/return/portone-v2?", world.url())), "{back}");
    let page = world.visits(&back).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("결제가 완료되었습니다"), "{}", page.text());
    world.settle().await;
    assert_eq!(world.status(&order).await, "paid");
    world.audit().await;
}
