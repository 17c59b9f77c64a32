//! Units over a real log: what changes together changes together, and a command asked twice happens once.

#[cfg(test)]
mod claims;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod money_back;
#[cfg(test)]
mod races;
#[cfg(test)]
mod shop;

use commands::{
    AutoConfirm, Caller, CancelOrder, CancelState, ConfirmOrder, Context, ExpireOrder, Failure,
    ForeignCancellation, PaymentState, Reading, RecordReading, RecordRefund, RefundPayment, RefundResult,
    Refusal, Standing,
};
use domain::{
    Money,
    escrow::{Escrow, EscrowRefusal},
    id::{EscrowId, Id, RefundId},
    order::{Order, OrderRefusal},
    payment::{Mismatch, Payment, RefundState},
    product::{Product, ProductRefusal},
    seller::Seller,
};
use shop::Shop;

#[tokio::test]
async fn an_order_reserves_all_its_products_or_none() {
    let shop = Shop::open().await;
    let refused = shop.place(&[(shop.chair, 2), (shop.lamp, 99)]).await;
    let Err(Failure::Refused(refusal)) = refused else { panic!("{refused:?}") };
    assert_eq!(refusal, Refusal::Product(ProductRefusal::OutOfStock { wanted: 99, left: 5 }));
    assert_eq!(shop.stock(shop.chair).await, 5, "nothing was taken of the chair either");

    let placed = shop.place(&[(shop.chair, 2), (shop.lamp, 1)]).await.unwrap();
    assert_eq!(placed.answer.total, Money::krw(2 * 12_000 + 8_000));
    assert_eq!((shop.stock(shop.chair).await, shop.stock(shop.lamp).await), (3, 4));
}

#[tokio::test]
async fn a_payment_funds_every_sellers_hold_and_a_confirmation_credits_them() {
    let shop = Shop::open().await;
    let (order, _) = shop.paid(&[(shop.chair, 1), (shop.lamp, 1)]).await;
    for (seller, amount) in [(shop.carpenter, 12_000), (shop.smith, 8_000)] {
        let (hold, _) = shop.commands.load::<Escrow>(EscrowId::of(order, seller)).await.unwrap();
        assert_eq!(hold.open().unwrap().held(), Ok(Money::krw(amount)));
    }

    let confirm = ConfirmOrder { order_id: order, buyer_id: shop.buyer, lines: vec![] };
    let too_early = shop.ask(confirm.clone()).await;
    assert!(matches!(too_early, Err(Failure::Refused(Refusal::Order(OrderRefusal::NotShipped)))));

    shop.ship(order, shop.carpenter).await;
    let first = shop.ask(confirm.clone()).await.unwrap().answer;
    assert_eq!(first.released.len(), 1, "only the carpenter's part is shipped");
    assert_eq!(first.released[0].net, Money::krw(12_000 - 1_200 - 120));

    shop.ship(order, shop.smith).await;
    let second = shop.ask(confirm.clone()).await.unwrap().answer;
    assert_eq!(second.released[0].seller_id, shop.smith);
    assert!(
        shop.ask(confirm.clone()).await.unwrap().answer.released.is_empty(),
        "confirmed already changes nothing"
    );
    let (smith, _) = shop.commands.load::<Seller>(shop.smith).await.unwrap();
    assert_eq!(smith.payable(domain::Currency::KRW), 8_000 - 800 - 80);
}

#[tokio::test]
async fn the_clock_confirms_when_the_period_ends_and_not_before() {
    let shop = Shop::open().await;
    let (order, _) = shop.paid(&[(shop.chair, 1)]).await;
    let parcel = shop.ship(order, shop.carpenter).await;
    shop.deliver(order, parcel).await;
    let by_clock = AutoConfirm { order_id: order, seller_id: shop.carpenter };
    shop.clock.advance(chrono::Duration::days(7) - chrono::Duration::hours(1));
    assert!(matches!(
        shop.ask(by_clock).await,
        Err(Failure::Refused(Refusal::Order(OrderRefusal::NotDueYet)))
    ));
    shop.clock.advance(chrono::Duration::days(1));
    assert_eq!(shop.ask(by_clock).await.unwrap().answer.released.len(), 1);
}

#[tokio::test]
async fn a_cancelled_order_gives_back_money_first_and_stock_last() {
    let shop = Shop::open().await;
    let (order, payment) = shop.paid(&[(shop.chair, 2)]).await;
    let refund_id = Shop::refund_id();
    let cancel = CancelOrder {
        order_id: order,
        caller: Caller::Buyer(shop.buyer),
        reason: "changed my mind".into(),
        refund_id,
        refund_account: None,
    };
    assert_eq!(shop.ask(cancel).await.unwrap().answer.state, CancelState::Cancelling);
    assert_eq!(shop.stock(shop.chair).await, 3, "the goods wait for the money");

    let late = shop.ask(ConfirmOrder { order_id: order, buyer_id: shop.buyer, lines: vec![] }).await;
    assert!(matches!(late, Err(Failure::Refused(Refusal::Order(OrderRefusal::OrderIsCancelled)))));

    shop.refunded(payment, refund_id).await;
    assert_eq!(shop.stock(shop.chair).await, 5);
    let (state, _) = shop.commands.load::<Order>(order).await.unwrap();
    assert!(matches!(state, Order::Cancelled(_)));
    shop.refunded(payment, refund_id).await;
    assert_eq!(shop.stock(shop.chair).await, 5, "the same news twice changes nothing");
}

#[tokio::test]
async fn a_refused_refund_is_owed_until_it_is_asked_anew_and_done() {
    let shop = Shop::open().await;
    let (order, payment) = shop.paid(&[(shop.chair, 1)]).await;
    let refund_id = Shop::refund_id();
    let caller = Caller::Operator(shop.buyer);
    let refund = |refund_id| RefundPayment {
        payment_id: payment,
        caller,
        amount: None,
        reason: "test".into(),
        refund_id,
        refund_account: None,
    };
    shop.ask(refund(refund_id)).await.unwrap();
    let failed = RefundResult::Failed { reason: "PG_PROVIDER".into() };
    shop.ask(RecordRefund { payment_id: payment, refund_id, result: failed }).await.unwrap();

    let again = shop.ask(refund(Shop::refund_id())).await.unwrap().answer;
    assert_eq!(again.refund_id, Some(refund_id), "the same refund, not a second one");
    let (state, _) = shop.commands.load::<Payment>(payment).await.unwrap();
    let asked = state.refund(refund_id).unwrap();
    assert_eq!((asked.state, asked.round), (RefundState::Requested, 2));
    shop.refunded(payment, refund_id).await;
    let (state, _) = shop.commands.load::<Order>(order).await.unwrap();
    assert!(matches!(state, Order::Cancelled(_)));
}

#[tokio::test]
async fn a_partial_refund_is_spread_over_the_holds_and_the_rest_is_released() {
    let shop = Shop::open().await;
    let (order, payment) = shop.paid(&[(shop.chair, 1), (shop.lamp, 1)]).await;
    let refund_id = Shop::refund_id();
    let refund = |caller, amount| RefundPayment {
        payment_id: payment,
        caller,
        amount: Some(Money::krw(amount)),
        reason: "scratched".into(),
        refund_id,
        refund_account: None,
    };
    assert!(shop.ask(refund(Caller::Buyer(shop.buyer), 5_000)).await.is_err(), "not for the buyer to decide");
    let operator = Caller::Operator(shop.buyer);
    let too_much = shop.ask(refund(operator, 20_001)).await;
    assert!(matches!(too_much, Err(Failure::Refused(Refusal::Payment(_)))));
    shop.ask(refund(operator, 5_000)).await.unwrap();
    shop.refunded(payment, refund_id).await;

    let held = async |seller| {
        let (hold, _) = shop.commands.load::<Escrow>(EscrowId::of(order, seller)).await.unwrap();
        hold.open().unwrap().held().unwrap().amount
    };
    assert_eq!((held(shop.carpenter).await, held(shop.smith).await), (9_000, 6_000));
    shop.ship(order, shop.carpenter).await;
    let released = shop
        .ask(ConfirmOrder { order_id: order, buyer_id: shop.buyer, lines: vec![] })
        .await
        .unwrap()
        .answer
        .released;
    assert_eq!(released[0].amount, Money::krw(9_000));
}

#[tokio::test]
async fn money_for_an_order_that_is_over_is_quarantined_and_goes_back() {
    let shop = Shop::open().await;
    let placed = shop.place(&[(shop.chair, 1)]).await.unwrap().answer;
    let payment = shop.start_payment(placed.order_id).await;
    shop.clock.advance(chrono::Duration::minutes(16));
    shop.ask(ExpireOrder { order_id: placed.order_id }).await.unwrap();
    assert_eq!(shop.stock(shop.chair).await, 5);

    let state = shop.capture(payment, 12_000).await;
    assert_eq!(state, PaymentState::Quarantined);
    let (state, _) = shop.commands.load::<Payment>(payment).await.unwrap();
    let captured = state.captured().unwrap();
    assert_eq!(captured.refunds.len(), 1);
    assert_eq!(captured.refundable(), Ok(Money::krw(0)));
    let (order, _) = shop.commands.load::<Order>(placed.order_id).await.unwrap();
    assert!(matches!(order, Order::Expired(_)));
}

#[tokio::test]
async fn two_captures_of_one_order_fund_it_once() {
    let shop = Shop::open().await;
    let placed = shop.place(&[(shop.chair, 1)]).await.unwrap().answer;
    let (first, second) =
        (shop.start_payment(placed.order_id).await, shop.start_payment(placed.order_id).await);
    assert_eq!(shop.capture(second, 12_000).await, PaymentState::Authorized);
    assert_eq!(shop.capture(second, 12_000).await, PaymentState::Authorized, "the same news twice");
    assert_eq!(shop.capture(first, 12_000).await, PaymentState::Quarantined);
    let events = shop.events().await;
    let mismatches = events.iter().find_map(|event| event.pointer("/PaymentQuarantined/mismatches")).unwrap();
    let expected = serde_json::to_value([Mismatch::DuplicateCapture { paid_by: second }]).unwrap();
    assert_eq!(*mismatches, expected);
}

#[tokio::test]
async fn a_cancellation_at_the_gateways_console_is_a_refund_that_is_done() {
    let shop = Shop::open().await;
    let (order, payment) = shop.paid(&[(shop.chair, 1)]).await;
    let foreign = ForeignCancellation {
        cancellation_id: "console-1".into(),
        amount: Money::krw(12_000),
        cancelled_at: shop.clock.now(),
    };
    let reading = Reading { standing: Standing::Paid(shop.capture_of(12_000)), foreign: vec![foreign] };
    let record = RecordReading { payment_id: payment, reading, refund_id: Shop::refund_id() };
    shop.ask(record.clone()).await.unwrap();
    shop.ask(record).await.unwrap();
    let (state, _) = shop.commands.load::<Order>(order).await.unwrap();
    assert!(matches!(state, Order::Cancelled(_)));
    assert_eq!(shop.stock(shop.chair).await, 5);
    let (hold, _) = shop.commands.load::<Escrow>(EscrowId::of(order, shop.carpenter)).await.unwrap();
    assert_eq!(hold.open(), Err(EscrowRefusal::HoldClosed));
}

#[tokio::test]
async fn a_refused_refund_that_somebody_carries_out_at_the_console_is_owed_no_more() {
    let shop = Shop::open().await;
    let (order, payment) = shop.paid(&[(shop.chair, 1)]).await;
    let refund_id = Shop::refund_id();
    let cancel = CancelOrder {
        order_id: order,
        caller: Caller::Buyer(shop.buyer),
        reason: "late".into(),
        refund_id,
        refund_account: None,
    };
    shop.ask(cancel).await.unwrap();
    let result = RefundResult::Failed { reason: "NO_REFUND_ACCOUNT".into() };
    shop.ask(RecordRefund { payment_id: payment, refund_id, result }).await.unwrap();
    let seen = |id: &str, amount| ForeignCancellation {
        cancellation_id: id.into(),
        amount: Money::krw(amount),
        cancelled_at: shop.clock.now(),
    };
    let reading = Reading {
        standing: Standing::Paid(shop.capture_of(12_000)),
        foreign: vec![seen("console-1", 12_000)],
    };
    let record = RecordReading { payment_id: payment, reading, refund_id: Shop::refund_id() };
    shop.ask(record.clone()).await.unwrap();
    shop.ask(record).await.unwrap();

    let (state, _) = shop.commands.load::<Payment>(payment).await.unwrap();
    let captured = state.captured().unwrap();
    let states: Vec<_> = captured.refunds.iter().map(|(id, refund)| (*id, refund.state)).collect();
    assert_eq!(states, [(refund_id, RefundState::Done)]);
    let (state, _) = shop.commands.load::<Order>(order).await.unwrap();
    assert!(matches!(state, Order::Cancelled(_)), "the order waited for it");
    assert_eq!(shop.stock(shop.chair).await, 5);
    let events = shop.events().await;
    assert!(!events.iter().any(|event| event.get("ChargedBack").is_some()), "nobody lost anything");
}

#[tokio::test]
async fn the_same_key_happens_once_and_for_another_body_not_at_all() {
    let shop = Shop::open().await;
    let order = RefundId::from_uuid(ambient::fresh_id());
    let keyed = |body: &[u8]| Context::keyed(shop.buyer.to_string(), "key-1", "POST /orders", body);
    let place = |id: u128| shop.order_command(id, &[(shop.chair, 1)]);
    let first = shop.commands.dispatch(&keyed(b"a"), place(order.uuid().as_u128())).await.unwrap();
    let second = shop.commands.dispatch(&keyed(b"a"), place(7)).await.unwrap();
    assert!(!first.replayed && second.replayed);
    assert_eq!(first.answer, second.answer);
    assert_eq!(shop.stock(shop.chair).await, 4);
    let other = shop.commands.dispatch(&keyed(b"b"), place(8)).await;
    assert!(matches!(other, Err(Failure::Fault(store::Fault::KeyReused))));
    assert!(matches!(shop.commands.load::<Product>(shop.chair).await, Ok((Product::Listed(_), _))));
}
