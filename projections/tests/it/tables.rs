//! The five seed tables and what stands beside them, against literals.

use projections::{PageRequest, balances, journal, orders, payments, products, timeline, users};
use serde_json::{Value, json};

use crate::{
    history,
    world::{SOON, World, on_every_database},
};

on_every_database!(
    the_five_tables_hold_what_happened,
    an_order_is_shown_with_everything_about_it,
    the_timeline_follows_all_streams_of_an_order,
    the_books_balance,
    a_payment_is_found_by_every_id_it_has,
    a_forgotten_customer_leaves_nothing_personal,
);

async fn played(mut world: World) -> World {
    history::play(&mut world).await;
    world.catch_up().await;
    world.views.wait_for(world.head(), SOON).await.unwrap();
    world
}

fn json_of(row: impl serde::Serialize) -> Value {
    serde_json::to_value(row).unwrap()
}

async fn the_five_tables_hold_what_happened(world: World) {
    let world = played(world).await;
    let user = users::find(&world.views, history::buyer()).await.unwrap().unwrap();
    assert_eq!(user.password.as_deref(), Some("$argon2id$test"));
    assert_eq!(
        json_of(user),
        json!({
            "user_id": "cus_00000000-0000-0000-0000-000000000001", "username": "mina",
            "email": "mina@example.com", "name": "민아", "phone": "+82-10-0000-0000", "roles": ["buyer"],
            "created_at": "2026-01-05T00:01:00Z", "updated_at": "2026-01-05T00:01:00Z",
            "version": 1, "position": 1,
        })
    );
    let seller = users::find(&world.views, history::sellers()[0].customer()).await.unwrap().unwrap();
    assert_eq!((json_of(&seller.roles), seller.version), (json!(["buyer", "seller"]), 2));
    let cup = products::find(&world.views, history::products()[0]).await.unwrap().unwrap();
    assert_eq!(
        json_of(cup),
        json!({
            "product_id": "prd_00000000-0000-0000-0000-000000000011",
            "user_id": "cus_00000000-0000-0000-0000-000000000002",
            "seller_id": "sel_00000000-0000-0000-0000-000000000002",
            "name": "Moon CUP", "description": "Stoneware", "price": 12_000, "currency": "KRW", "stock": 8,
            "created_at": "2026-01-05T00:06:00Z", "updated_at": "2026-01-05T00:20:00Z",
            "version": 4, "position": 20,
        })
    );
    let book = products::find(&world.views, history::products()[1]).await.unwrap().unwrap();
    assert_eq!((book.stock, book.version), (4, 5));
    order_and_payment(&world).await;
}

async fn order_and_payment(world: &World) {
    let order = orders::find(&world.views, history::confirmed()).await.unwrap().unwrap();
    assert_eq!(order.delivery_address, "sealed address");
    assert_eq!(
        json_of(&order),
        json!({
            "order_id": "ord_00000000-0000-0000-0000-000000000021",
            "user_id": "cus_00000000-0000-0000-0000-000000000001",
            "status": "confirmed", "total_amount": 32_000, "currency": "KRW",
            "payment_id": "pay_00000000-0000-0000-0000-000000000031",
            "pay_by": "2026-01-06T00:00:00Z", "paid_at": "2026-01-05T00:12:00Z",
            "confirm_due_at": null, "cancel_reason": null,
            "created_at": "2026-01-05T00:09:00Z", "updated_at": "2026-01-05T00:31:00Z",
            "version": 11, "position": 31,
        })
    );
    for (order, status) in [(history::refunded(), "cancelled"), (history::expired(), "expired")] {
        assert_eq!(orders::find(&world.views, order).await.unwrap().unwrap().status, status);
    }
    let payment = payments::find(&world.views, history::payments()[1]).await.unwrap().unwrap();
    assert_eq!(
        json_of(payment),
        json!({
            "payment_id": "pay_00000000-0000-0000-0000-000000000032",
            "order_id": "ord_00000000-0000-0000-0000-000000000022",
            "user_id": "cus_00000000-0000-0000-0000-000000000001",
            "amount": 12_000, "currency": "KRW", "payment_method": "portone", "gateway": "portone_v2",
            "gateway_payment_id": "00000000000000000000000000000032", "transaction_id": "tx-2",
            "paid_with": "CARD", "escrow": true, "custody": "gateway_escrow",
            "payment_status": "refunded", "escrow_status": "refunded",
            "captured_amount": 12_000, "refunded_amount": 12_000, "escrow_funded": 12_000,
            "escrow_released": 0, "escrow_refunded": 12_000, "escrow_locked": 0, "failure_reason": null,
            "expires_at": "2026-01-06T00:00:00Z", "paid_at": "2026-01-05T00:12:00Z",
            "created_at": "2026-01-05T00:36:00Z", "updated_at": "2026-01-05T00:45:00Z",
            "version": 5, "position": 45,
        })
    );
}

async fn an_order_is_shown_with_everything_about_it(world: World) {
    let world = played(world).await;
    let shown = orders::show(&world.views, history::confirmed()).await.unwrap().unwrap();
    let item = json_of(&shown.items[0]);
    assert_eq!(
        item,
        json!({
            "order_item_id": "oli_00000000-0000-0000-0000-000000000061",
            "order_id": "ord_00000000-0000-0000-0000-000000000021", "line": 1,
            "product_id": "prd_00000000-0000-0000-0000-000000000011",
            "seller_id": "sel_00000000-0000-0000-0000-000000000002",
            "name": "Moon CUP", "quantity": 2, "price": 12_000, "amount": 24_000, "currency": "KRW",
            "created_at": "2026-01-05T00:09:00Z", "updated_at": "2026-01-05T00:09:00Z",
            "version": 1, "position": 9,
        })
    );
    assert_eq!(shown.items.len(), 2);
    let parts: Vec<(&str, Option<&str>, i64)> = shown
        .sellers
        .iter()
        .map(|part| (part.status.as_str(), part.confirmed_by.as_deref(), part.amount))
        .collect();
    assert_eq!(parts, [("confirmed", Some("buyer"), 24_000), ("confirmed", Some("clock"), 8_000)]);
    let parcel = json_of(&shown.shipments[1]);
    assert_eq!(
        parcel["items"],
        json!([{"order_item_id": "oli_00000000-0000-0000-0000-000000000062", "quantity": 1}])
    );
    assert_eq!((&parcel["status"], &parcel["delivery_source"]), (&json!("delivered"), &json!("carrier")));
    assert_eq!(shown.payments[0].escrow_status, "released");
    assert_eq!(
        orders::find_shipment(&world.views, history::shipments()[0]).await.unwrap().unwrap().status,
        "delivered"
    );
    assert_eq!(orders::show(&world.views, crate::world::id(0x99)).await.unwrap(), None);
}

async fn the_timeline_follows_all_streams_of_an_order(world: World) {
    let world = played(world).await;
    let page = timeline::of_order(&world.views, history::refunded(), PageRequest::first()).await.unwrap();
    let events: Vec<&str> = page.items.iter().map(|moment| moment.event.as_str()).collect();
    assert_eq!(
        events,
        [
            "OrderCreated",
            "PaymentStarted",
            "PaymentCreated",
            "PaymentAuthorized",
            "OrderPaid",
            "EscrowFunded",
            "CancelAccepted",
            "EscrowRefundCommitted",
            "EscrowClosed",
            "RefundRequested",
            "PaymentInDoubt",
            "Refunded",
            "OrderCancelled",
        ]
    );
    assert_eq!(page.items[3].text, "12000 KRW paid by CARD and verified.");
    assert_eq!(page.items[0].actor, "system:test");
    assert!(page.items.windows(2).all(|pair| pair[0].position < pair[1].position));
}

async fn the_books_balance(world: World) {
    let world = played(world).await;
    let trial = balances::trial_balance(&world.views).await.unwrap();
    let by_code: Vec<(i64, i64)> = trial.accounts.iter().map(|row| (row.code, row.balance)).collect();
    assert_eq!(
        by_code,
        [(1210, 32_000), (2100, 0), (2120, 0), (2200, -28_480), (2300, -320), (4100, -3_200)]
    );
    assert_eq!((trial.totals.len(), trial.totals[0].balance, trial.totals[0].debit), (1, 0, 100_000));
    let gateway = balances::of_account(&world.views, "1210/portone_v2").await.unwrap();
    assert_eq!((gateway[0].debit, gateway[0].credit, gateway[0].version), (44_000, 12_000, 4));
    let filter = journal::JournalFilter { order: Some(history::refunded()), account: None };
    let postings = journal::list(&world.views, &filter, PageRequest::first()).await.unwrap().items;
    let names: Vec<&str> = postings.iter().map(|posting| posting.journal.event.as_str()).collect();
    assert_eq!(names, ["EscrowFunded", "EscrowRefundCommitted", "Refunded"]);
    let entries: Vec<(&str, &str, i64)> = postings[1]
        .entries
        .iter()
        .map(|entry| (entry.account.as_str(), entry.side.as_str(), entry.amount))
        .collect();
    let hold = format!("2100/{}", domain::id::EscrowId::of(history::refunded(), history::sellers()[0]));
    let payable = format!("2120/{}", history::refund());
    assert_eq!(entries, [(hold.as_str(), "debit", 12_000), (payable.as_str(), "credit", 12_000)]);
    let filter = journal::JournalFilter { order: None, account: Some("2120".to_owned()) };
    assert_eq!(journal::list(&world.views, &filter, PageRequest::first()).await.unwrap().items.len(), 2);
    let lines = journal::statement(&world.views, &hold, PageRequest::first()).await.unwrap().items;
    let moves: Vec<(&str, i64)> = lines.iter().map(|line| (line.side.as_str(), line.amount)).collect();
    assert_eq!(moves, [("debit", 12_000), ("credit", 12_000)]);
    assert_eq!(balances::of_code(&world.views, 2100, PageRequest::first()).await.unwrap().items.len(), 3);
}

async fn a_payment_is_found_by_every_id_it_has(world: World) {
    let world = played(world).await;
    let payment = history::payments()[0];
    for id in [payment.at_gateway().as_str(), "imp_Tx-1"] {
        let found = payments::by_gateway_id(&world.views, id).await.unwrap().unwrap();
        assert_eq!(found.payment_id, payment.to_string());
    }
    assert_eq!(payments::by_gateway_id(&world.views, "IMP_TX-1").await.unwrap(), None);
    let shown = payments::show(&world.views, payment).await.unwrap().unwrap();
    let holds: Vec<(i64, i64, &str)> =
        shown.escrows.iter().map(|hold| (hold.funded, hold.released, hold.status.as_str())).collect();
    assert_eq!(holds.len(), 2);
    assert!(holds.iter().all(|(funded, released, status)| funded == released && *status == "closed"));
}

async fn a_forgotten_customer_leaves_nothing_personal(world: World) {
    let world = played(world).await;
    world.vault.forget(domain::id::Id::uuid(&history::buyer())).await.unwrap();
    users::forget(&world.views, history::buyer()).await.unwrap();
    let gone = users::find(&world.views, history::buyer()).await.unwrap().unwrap();
    assert_eq!(
        (&gone.email, &gone.name, &gone.phone, &gone.username, &gone.password),
        (&None, &None, &None, &None, &None)
    );
    let (views, feed, vault) = (&world.views, &world.feed, &world.vault);
    projections::rebuild(views, feed, vault, projections::Projection::Users, |_| {}).await.unwrap();
    assert_eq!(users::find(&world.views, history::buyer()).await.unwrap().unwrap(), gone);
}
