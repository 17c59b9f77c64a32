//! Goods given back, before their money was released and after.

use chrono::Duration;
use commands::{
    AdvanceClaim, AutoConfirm, Caller, ClaimFallsDue, ClaimStep, ClaimTold, ConfirmOrder, Failure, OpenClaim,
    Policy, Refusal,
};
use domain::{
    Currency, Money,
    claim::{Claim, ClaimKind, ClaimReason, ClaimRefusal, Parcel},
    escrow::Escrow,
    id::{ClaimId, EscrowId, Id, LineId, OrderId, PaymentId},
    order::{Item, Order, OrderRefusal},
    payment::Payment,
    seller::Seller,
};

use crate::shop::Shop;

/// A delivered order of two chairs, with its payment and line.
pub struct Delivered {
    pub order: OrderId,
    pub payment: PaymentId,
    pub line: LineId,
}

pub async fn delivered(shop: &Shop) -> Delivered {
    let (order, payment) = shop.paid(&[(shop.chair, 2)]).await;
    let parcel = shop.ship(order, shop.carpenter).await;
    shop.deliver(order, parcel).await;
    let (state, _) = shop.commands.load::<Order>(order).await.unwrap();
    Delivered { order, payment, line: state.terms().unwrap().lines[0].line_id }
}

pub fn opening(shop: &Shop, it: &Delivered, kind: ClaimKind, quantity: u32) -> OpenClaim {
    OpenClaim {
        claim_id: ClaimId::from_uuid(ambient::fresh_id()),
        order_id: it.order,
        buyer_id: shop.buyer,
        kind,
        items: vec![Item { line_id: it.line, quantity }],
        reason: ClaimReason::ChangeOfMind,
        replacement: None,
        policy: Policy::default(),
    }
}

async fn opened(shop: &Shop, it: &Delivered, kind: ClaimKind, quantity: u32) -> ClaimId {
    shop.ask(opening(shop, it, kind, quantity)).await.unwrap().answer.claim_id
}

pub fn step(claim_id: ClaimId, caller: Caller, step: ClaimStep) -> AdvanceClaim {
    AdvanceClaim { claim_id, caller, step, refund_id: Shop::refund_id(), policy: Policy::default() }
}

async fn takes(shop: &Shop, claim_id: ClaimId, caller: Caller, what: ClaimStep) -> ClaimTold {
    shop.ask(step(claim_id, caller, what)).await.unwrap().answer
}

pub fn approve(deduction: Option<i64>) -> ClaimStep {
    ClaimStep::Approve { fault: None, deduction: deduction.map(Money::krw), restock: true }
}

fn parcel() -> Parcel {
    Parcel { carrier: "CJ".into(), invoice_number: "6013".into() }
}

async fn hold(shop: &Shop, order: OrderId) -> (i64, i64) {
    let (escrow, _) = shop.commands.load::<Escrow>(EscrowId::of(order, shop.carpenter)).await.unwrap();
    let hold = escrow.hold().unwrap();
    (hold.held().unwrap().amount, hold.locked.amount)
}

async fn payable(shop: &Shop) -> i64 {
    shop.commands.load::<Seller>(shop.carpenter).await.unwrap().0.payable(Currency::KRW)
}

#[tokio::test]
async fn a_return_locks_first_moves_the_money_once_and_unlocks_last() {
    let shop = Shop::open().await;
    let it = delivered(&shop).await;
    let (buyer, seller) = (Caller::Buyer(shop.buyer), Caller::Seller(shop.carpenter));
    let claim = opened(&shop, &it, ClaimKind::Return, 1).await;
    assert_eq!(hold(&shop, it.order).await, (24_000, 12_000));

    let confirm = ConfirmOrder { order_id: it.order, buyer_id: shop.buyer, lines: vec![] };
    let while_open = shop.ask(confirm.clone()).await;
    assert!(matches!(while_open, Err(Failure::Refused(Refusal::Order(OrderRefusal::ContestIsOpen { .. })))));
    shop.clock.advance(Duration::days(1));
    let early = shop.ask(step(claim, seller, approve(None))).await;
    assert!(matches!(early, Err(Failure::Refused(Refusal::Claim(ClaimRefusal::GoodsNotReceived)))));
    let stranger = Caller::Seller(shop.smith);
    assert!(shop.ask(step(claim, stranger, ClaimStep::Receive)).await.is_err(), "another's claim");
    assert!(shop.ask(step(claim, buyer, ClaimStep::Receive)).await.is_err(), "not for the buyer to say");

    takes(&shop, claim, buyer, ClaimStep::Collect(parcel())).await;
    takes(&shop, claim, seller, ClaimStep::Receive).await;
    let told = takes(&shop, claim, seller, approve(Some(3_000))).await;
    assert_eq!(told.status, "refunding");
    // 9 000 go back, 3 000 are the seller's without commission, the other chair stays held.
    assert_eq!(hold(&shop, it.order).await, (12_000, 0));
    assert_eq!(payable(&shop).await, 3_000);
    assert_eq!(shop.stock(shop.chair).await, 3);
    shop.refunded(it.payment, told.refund_id.unwrap()).await;
    assert_eq!(shop.stock(shop.chair).await, 4, "the goods return when the money is back");
    let (state, _) = shop.commands.load::<Claim>(claim).await.unwrap();
    assert_eq!(commands::claim_status(&state), "refunded");

    assert_eq!(shop.ask(confirm).await.unwrap().answer.released[0].amount, Money::krw(12_000));
    assert_eq!(payable(&shop).await, 3_000 + 12_000 - 1_200 - 120);
}

#[tokio::test]
async fn the_clock_ends_a_claim_without_a_parcel_and_approves_one_without_a_decision() {
    let shop = Shop::open().await;
    let it = delivered(&shop).await;
    let claim = opened(&shop, &it, ClaimKind::Return, 2).await;
    let due = |claim_id| ClaimFallsDue { claim_id, refund_id: Shop::refund_id() };
    let early = shop.ask(due(claim)).await;
    assert!(matches!(early, Err(Failure::Refused(Refusal::Claim(ClaimRefusal::NotDueYet)))));
    shop.clock.advance(Duration::days(15));
    assert_eq!(shop.ask(due(claim)).await.unwrap().answer.status, "closed");
    assert_eq!(hold(&shop, it.order).await, (24_000, 0));
    let again = shop.ask(due(claim)).await;
    assert!(matches!(again, Err(Failure::Refused(Refusal::Claim(ClaimRefusal::ClaimIsDecided)))));

    let it = delivered(&shop).await;
    let claim = opened(&shop, &it, ClaimKind::Return, 2).await;
    takes(&shop, claim, Caller::Seller(shop.carpenter), ClaimStep::Receive).await;
    shop.clock.advance(Duration::days(9));
    let late = shop.ask(step(claim, Caller::Seller(shop.carpenter), approve(Some(1)))).await;
    assert!(matches!(late, Err(Failure::Refused(Refusal::Claim(ClaimRefusal::TooLate { .. })))));
    assert_eq!(shop.ask(due(claim)).await.unwrap().answer.status, "refunding");
    assert_eq!(hold(&shop, it.order).await, (0, 0));
}

#[tokio::test]
async fn a_withheld_return_goes_on_when_the_charge_is_accepted_or_nobody_answers() {
    let shop = Shop::open().await;
    let seller = Caller::Seller(shop.carpenter);
    for answers in [true, false] {
        let it = delivered(&shop).await;
        let claim = opened(&shop, &it, ClaimKind::Return, 2).await;
        takes(&shop, claim, seller, ClaimStep::Receive).await;
        let extra_charge = Money::krw(4_000);
        let withhold = ClaimStep::Withhold { extra_charge, reason: "the box is gone".into() };
        takes(&shop, claim, seller, withhold).await;
        let before = payable(&shop).await;
        if answers {
            takes(&shop, claim, Caller::Buyer(shop.buyer), ClaimStep::AcceptCharge).await;
        } else {
            shop.clock.advance(Duration::days(9));
            let due = ClaimFallsDue { claim_id: claim, refund_id: Shop::refund_id() };
            shop.ask(due).await.unwrap();
        }
        assert_eq!(payable(&shop).await - before, 4_000);
        assert_eq!(hold(&shop, it.order).await, (0, 0));
        let (payment, _) = shop.commands.load::<Payment>(it.payment).await.unwrap();
        assert_eq!(payment.captured().unwrap().refundable(), Ok(Money::krw(4_000)));
    }
}

#[tokio::test]
async fn an_exchange_reserves_ships_and_starts_the_period_anew() {
    let shop = Shop::open().await;
    let it = delivered(&shop).await;
    let (buyer, seller) = (Caller::Buyer(shop.buyer), Caller::Seller(shop.carpenter));
    let claim = opened(&shop, &it, ClaimKind::Exchange, 1).await;
    takes(&shop, claim, seller, ClaimStep::Receive).await;
    assert_eq!(takes(&shop, claim, seller, approve(None)).await.status, "exchanging");
    assert_eq!(shop.stock(shop.chair).await, 2, "reserved at the approval");
    assert_eq!(hold(&shop, it.order).await, (24_000, 12_000));
    takes(&shop, claim, seller, ClaimStep::Redispatch(parcel())).await;
    shop.clock.advance(Duration::days(5));
    assert_eq!(takes(&shop, claim, buyer, ClaimStep::Redelivered).await.status, "exchanged");
    assert_eq!(hold(&shop, it.order).await, (24_000, 0));
    let by_clock = AutoConfirm { order_id: it.order, seller_id: shop.carpenter };
    shop.clock.advance(Duration::days(4));
    let early = shop.ask(by_clock).await;
    assert!(matches!(early, Err(Failure::Refused(Refusal::Order(OrderRefusal::NotDueYet)))));
    shop.clock.advance(Duration::days(4));
    assert_eq!(shop.ask(by_clock).await.unwrap().answer.released[0].amount, Money::krw(24_000));
}

#[tokio::test]
async fn an_exchange_for_less_gives_the_difference_back_and_one_out_of_stock_becomes_a_return() {
    let shop = Shop::open().await;
    let seller = Caller::Seller(shop.carpenter);
    let stool = shop.lists(shop.carpenter, 9_000).await;
    let it = delivered(&shop).await;
    let cheaper = OpenClaim { replacement: Some(stool), ..opening(&shop, &it, ClaimKind::Exchange, 1) };
    let claim = shop.ask(cheaper).await.unwrap().answer.claim_id;
    takes(&shop, claim, seller, ClaimStep::Receive).await;
    takes(&shop, claim, seller, approve(None)).await;
    assert_eq!(hold(&shop, it.order).await, (21_000, 9_000));

    let table = shop.lists(shop.carpenter, 99_000).await;
    let other = delivered(&shop).await;
    let dearer = OpenClaim { replacement: Some(table), ..opening(&shop, &other, ClaimKind::Exchange, 1) };
    let refused = shop.ask(dearer).await;
    let wanted = ClaimRefusal::ExtraPaymentNeeded { extra: Money::krw(87_000) };
    assert!(matches!(refused, Err(Failure::Refused(Refusal::Claim(refusal))) if refusal == wanted));

    let claim = opened(&shop, &other, ClaimKind::Exchange, 2).await;
    takes(&shop, claim, seller, ClaimStep::Receive).await;
    assert_eq!(shop.stock(shop.chair).await, 1, "two are wanted");
    assert_eq!(takes(&shop, claim, seller, approve(None)).await.status, "refunding");
    assert_eq!(hold(&shop, other.order).await, (0, 0));
}

#[tokio::test]
async fn goods_return_after_their_money_was_released_and_the_seller_bears_it() {
    let shop = Shop::open().await;
    let it = delivered(&shop).await;
    let seller = Caller::Seller(shop.carpenter);
    let confirm = ConfirmOrder { order_id: it.order, buyer_id: shop.buyer, lines: vec![] };
    shop.ask(confirm).await.unwrap();
    assert_eq!(payable(&shop).await, 24_000 - 2_400 - 240);
    let claim = opened(&shop, &it, ClaimKind::Return, 1).await;
    takes(&shop, claim, seller, ClaimStep::Receive).await;
    let told = takes(&shop, claim, seller, approve(None)).await;
    // The platform gives its commission on the returned chair back as well.
    assert_eq!(payable(&shop).await, 12_000 - 1_200 - 120);
    let events = shop.events().await;
    let reversed = events.iter().find_map(|event| event.get("ReleaseReversed")).unwrap();
    assert_eq!(reversed["commission"]["amount"], 1_200);
    assert_eq!(reversed["receivable"]["amount"], 0);
    shop.refunded(it.payment, told.refund_id.unwrap()).await;

    shop.clock.advance(Duration::days(9));
    let late = shop.ask(opening(&shop, &it, ClaimKind::Return, 1)).await;
    assert!(matches!(late, Err(Failure::Refused(Refusal::Order(OrderRefusal::ReturnPeriodEnded { .. })))));
}

#[tokio::test]
async fn a_rejected_or_withdrawn_claim_leaves_everything_as_it_was() {
    let shop = Shop::open().await;
    let it = delivered(&shop).await;
    let (buyer, seller) = (Caller::Buyer(shop.buyer), Caller::Seller(shop.carpenter));
    let claim = opened(&shop, &it, ClaimKind::Return, 2).await;
    takes(&shop, claim, buyer, ClaimStep::Withdraw).await;
    assert_eq!(hold(&shop, it.order).await, (24_000, 0));
    let claim = opened(&shop, &it, ClaimKind::Return, 2).await;
    takes(&shop, claim, seller, ClaimStep::Receive).await;
    let keeps = ClaimStep::Reject { reason: "it was used".into(), parcel: None };
    let refused = shop.ask(step(claim, seller, keeps)).await;
    assert!(matches!(refused, Err(Failure::Refused(Refusal::Claim(ClaimRefusal::InvoiceMissing)))));
    let back = ClaimStep::Reject { reason: "it was used".into(), parcel: Some(parcel()) };
    assert_eq!(takes(&shop, claim, seller, back).await.status, "rejected");
    assert_eq!(hold(&shop, it.order).await, (24_000, 0));
    let confirm = ConfirmOrder { order_id: it.order, buyer_id: shop.buyer, lines: vec![] };
    assert_eq!(shop.ask(confirm).await.unwrap().answer.released[0].amount, Money::krw(24_000));
}
