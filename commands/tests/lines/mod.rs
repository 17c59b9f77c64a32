//! Lines of an order, one by one: confirmed, given up, held back, and their money released or given back.

use commands::{
    AutoConfirm, BookBankRefund, Caller, ConfirmOrder, Failure, GiveUpLines, HoldBack, Policy, RecordRefund,
    RefundPayment, RefundResult, Refusal,
};
use domain::{
    Currency, Money,
    escrow::Escrow,
    id::{EscrowId, LineId, OrderId, RefundId},
    order::{Item, Order, OrderRefusal},
    payment::{Payment, PaymentRefusal, RefundState},
    seller::Seller,
};

use crate::shop::Shop;

async fn line_of(shop: &Shop, order: OrderId, nth: usize) -> LineId {
    let (state, _) = shop.commands.load::<Order>(order).await.unwrap();
    state.terms().unwrap().lines[nth].line_id
}

async fn held(shop: &Shop, order: OrderId) -> i64 {
    let (hold, _) = shop.commands.load::<Escrow>(EscrowId::of(order, shop.carpenter)).await.unwrap();
    hold.hold().unwrap().held().unwrap().amount
}

fn give_up(order_id: OrderId, caller: Caller, line_id: LineId, quantity: u32) -> GiveUpLines {
    GiveUpLines {
        order_id,
        caller,
        items: vec![Item { line_id, quantity }],
        reason: "fewer will do".into(),
        refund_id: Shop::refund_id(),
        refund_account: None,
        policy: Policy::default(),
    }
}

#[tokio::test]
async fn lines_are_confirmed_one_by_one_and_the_commission_is_that_of_the_whole() {
    let shop = Shop::open().await;
    let table = shop.lists(shop.carpenter, 3_333).await;
    let (order, _) = shop.paid(&[(shop.chair, 1), (table, 1)]).await;
    shop.ship(order, shop.carpenter).await;
    let confirm = |lines| ConfirmOrder { order_id: order, buyer_id: shop.buyer, lines };
    let second = line_of(&shop, order, 1).await;
    let first = shop.ask(confirm(vec![second])).await.unwrap().answer;
    assert_eq!(first.released[0].amount, Money::krw(3_333));
    assert_eq!(held(&shop, order).await, 12_000, "the other line's money stays");
    assert!(shop.ask(confirm(vec![second])).await.unwrap().answer.released.is_empty(), "once");
    let rest = shop.ask(confirm(vec![])).await.unwrap().answer;
    assert_eq!(rest.released[0].amount, Money::krw(12_000));
    assert_eq!(held(&shop, order).await, 0);
    // 15 333 less 10 % (1 533) and the commission's VAT (153), as if it had been released at once.
    let (carpenter, _) = shop.commands.load::<Seller>(shop.carpenter).await.unwrap();
    assert_eq!(carpenter.payable(Currency::KRW), 15_333 - 1_533 - 153);
}

#[tokio::test]
async fn a_buyer_gives_a_unit_up_and_its_money_and_stock_return() {
    let shop = Shop::open().await;
    let (order, payment) = shop.paid(&[(shop.chair, 3)]).await;
    let line = line_of(&shop, order, 0).await;
    let stranger = Caller::Buyer(shop.carpenter.customer());
    assert!(shop.ask(give_up(order, stranger, line, 1)).await.is_err(), "not theirs");
    let buyer = Caller::Buyer(shop.buyer);
    let too_many = shop.ask(give_up(order, buyer, line, 4)).await;
    let wanted = OrderRefusal::QuantityExceedsLine { line_id: line, wanted: 4, available: 3 };
    assert!(matches!(too_many, Err(Failure::Refused(Refusal::Order(refusal))) if refusal == wanted));

    let command = give_up(order, buyer, line, 1);
    let refund_id = command.refund_id;
    let given_up = shop.ask(command).await.unwrap().answer;
    assert_eq!((given_up.amount, given_up.whole_order), (Money::krw(12_000), false));
    assert_eq!(shop.stock(shop.chair).await, 2, "the unit waits for the money");
    shop.refunded(payment, refund_id).await;
    assert_eq!(shop.stock(shop.chair).await, 3);
    assert_eq!(held(&shop, order).await, 24_000);

    shop.ship(order, shop.carpenter).await;
    let shipped = shop.ask(give_up(order, buyer, line, 1)).await;
    assert!(matches!(shipped, Err(Failure::Refused(Refusal::Order(OrderRefusal::AlreadyShipped)))));
    let confirm = ConfirmOrder { order_id: order, buyer_id: shop.buyer, lines: vec![] };
    assert_eq!(shop.ask(confirm).await.unwrap().answer.released[0].amount, Money::krw(24_000));
}

#[tokio::test]
async fn giving_up_everything_cancels_the_order() {
    let shop = Shop::open().await;
    let (order, payment) = shop.paid(&[(shop.chair, 2)]).await;
    let line = line_of(&shop, order, 0).await;
    let command = give_up(order, Caller::Buyer(shop.buyer), line, 2);
    let refund_id = command.refund_id;
    assert!(shop.ask(command).await.unwrap().answer.whole_order);
    shop.refunded(payment, refund_id).await;
    let (state, _) = shop.commands.load::<Order>(order).await.unwrap();
    assert!(matches!(state, Order::Cancelled(_)));
    assert_eq!(shop.stock(shop.chair).await, 5);
}

#[tokio::test]
async fn a_seller_who_has_none_gives_their_own_line_up_and_nothing_is_restocked() {
    let shop = Shop::open().await;
    let (order, payment) = shop.paid(&[(shop.chair, 1), (shop.lamp, 1)]).await;
    let (chair, lamp) = (line_of(&shop, order, 0).await, line_of(&shop, order, 1).await);
    let carpenter = Caller::Seller(shop.carpenter);
    assert!(shop.ask(give_up(order, carpenter, lamp, 1)).await.is_err(), "another's line");
    let command = give_up(order, carpenter, chair, 1);
    let refund_id = command.refund_id;
    shop.ask(command).await.unwrap();
    shop.refunded(payment, refund_id).await;
    assert_eq!(shop.stock(shop.chair).await, 4);
    shop.ship(order, shop.smith).await;
    let confirm = ConfirmOrder { order_id: order, buyer_id: shop.buyer, lines: vec![] };
    assert_eq!(shop.ask(confirm).await.unwrap().answer.released[0].seller_id, shop.smith);
}

#[tokio::test]
async fn a_confirmation_is_held_back_once_and_the_clock_waits() {
    let shop = Shop::open().await;
    let (order, _) = shop.paid(&[(shop.chair, 1)]).await;
    let parcel = shop.ship(order, shop.carpenter).await;
    shop.deliver(order, parcel).await;
    let hold = |days| HoldBack {
        order_id: order,
        buyer_id: shop.buyer,
        lines: vec![],
        days,
        reason: "on a journey".into(),
    };
    let long = shop.ask(hold(15)).await;
    assert!(matches!(long, Err(Failure::Refused(Refusal::Order(OrderRefusal::HoldTooLong { most: 14 })))));
    shop.ask(hold(14)).await.unwrap();
    let twice = shop.ask(hold(1)).await;
    assert!(matches!(twice, Err(Failure::Refused(Refusal::Order(OrderRefusal::HeldBackAlready { .. })))));
    let by_clock = AutoConfirm { order_id: order, seller_id: shop.carpenter };
    shop.clock.advance(chrono::Duration::days(9));
    let early = shop.ask(by_clock).await;
    assert!(matches!(early, Err(Failure::Refused(Refusal::Order(OrderRefusal::NotDueYet)))));
    shop.clock.advance(chrono::Duration::days(14));
    assert_eq!(shop.ask(by_clock).await.unwrap().answer.released.len(), 1);
}

#[tokio::test]
async fn a_refund_the_gateway_will_not_carry_out_is_paid_by_bank_once() {
    let shop = Shop::open().await;
    let (order, payment) = shop.paid(&[(shop.chair, 1)]).await;
    let refund_id = Shop::refund_id();
    let refund = RefundPayment {
        payment_id: payment,
        caller: Caller::Operator(shop.buyer),
        amount: Some(Money::krw(2_000)),
        reason: "scratched".into(),
        refund_id,
        refund_account: None,
    };
    shop.ask(refund).await.unwrap();
    let book = |refund_id: RefundId| BookBankRefund {
        payment_id: payment,
        refund_id,
        bank_reference: "KB-1".into(),
        refunded_at: None,
    };
    let early = shop.ask(book(refund_id)).await;
    assert!(matches!(early, Err(Failure::Refused(Refusal::Payment(PaymentRefusal::RefundUnderWay)))));
    let result = RefundResult::Failed { reason: "PARTIAL_CANCEL_NOT_ALLOWED".into() };
    shop.ask(RecordRefund { payment_id: payment, refund_id, result }).await.unwrap();
    shop.ask(book(refund_id)).await.unwrap();
    shop.ask(book(refund_id)).await.unwrap();
    let (state, _) = shop.commands.load::<Payment>(payment).await.unwrap();
    assert_eq!(state.refund(refund_id).unwrap().state, RefundState::Done);
    assert_eq!(state.captured().unwrap().left_at_gateway(), Ok(Money::krw(12_000)), "it gave nothing back");
    let paid = shop.events().await.iter().filter(|event| event.get("RefundedByBank").is_some()).count();
    assert_eq!(paid, 1);
    assert_eq!(held(&shop, order).await, 10_000);
}
