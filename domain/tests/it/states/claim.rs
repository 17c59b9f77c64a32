//! The claim's states: a lamp of Anna's goes back, or is exchanged, for 10 000 won.

use domain::{
    Money,
    claim::{
        Claim, ClaimActor, ClaimEvent, ClaimKind, ClaimReason, ClaimRefusal, CloseReason, Decision, Fault,
        OpenClaim, Parcel, Replacement,
    },
    id::{EscrowId, RefundId},
    order::Item,
};

use super::table::{Table, after};
use crate::samples::{anna, at, buyer, id, lamps, order_id, other_refund, payment_id, refund_id};

type Answer = Result<Vec<ClaimEvent>, ClaimRefusal>;

fn opening(kind: ClaimKind, reason: ClaimReason, instead: i64) -> OpenClaim {
    let wanted = Replacement { product_id: lamps().product_id, quantity: 1, amount: Money::krw(instead) };
    OpenClaim {
        claim_id: id(12),
        kind,
        order_id: order_id(),
        escrow_id: EscrowId::of(order_id(), anna()),
        payment_id: payment_id(),
        seller_id: anna(),
        buyer_id: buyer(),
        items: vec![Item { line_id: lamps().line_id, quantity: 1 }],
        amount: Money::krw(10_000),
        released: false,
        reason,
        replacement: (kind == ClaimKind::Exchange).then_some(wanted),
        close_by: at("2026-03-19T14:59:59Z"),
    }
}

fn open(claim: &Claim) -> Answer {
    claim.open(opening(ClaimKind::Return, ClaimReason::ChangeOfMind, 0))
}

fn parcel() -> Parcel {
    Parcel { carrier: "kr.cjlogistics".to_owned(), invoice_number: "601234567890".to_owned() }
}

fn in_time() -> chrono::DateTime<chrono::Utc> {
    at("2026-03-09T14:59:59Z")
}

fn too_late() -> chrono::DateTime<chrono::Utc> {
    at("2026-03-09T15:00:00Z")
}

fn receive(claim: &Claim) -> Answer {
    claim.receive(at("2026-03-04T03:00:00Z"), in_time())
}

fn decision(by: ClaimActor, deduction: i64) -> Decision {
    Decision { by, fault: None, deduction: Some(Money::krw(deduction)), refund_id: refund_id() }
}

fn approve(claim: &Claim, deduction: i64) -> Answer {
    claim.approve_return(decision(ClaimActor::Seller, deduction), in_time())
}

fn exchange(claim: &Claim) -> Answer {
    claim.approve_exchange(ClaimActor::Seller, refund_id(), in_time())
}

fn withhold(claim: &Claim, charge: i64) -> Answer {
    claim.withhold((Money::krw(charge), "the box is gone".to_owned()), in_time(), at("2026-03-12T14:59:59Z"))
}

fn reject(claim: &Claim, parcel: Option<Parcel>) -> Answer {
    claim.reject((ClaimActor::Seller, "it was used".to_owned()), parcel, in_time())
}

fn refunded(claim: &Claim, refund: RefundId) -> Answer {
    claim.refunded(refund)
}

fn states() -> Table<Claim> {
    let requested = after(&Claim::Absent, open);
    let collecting = after(&requested, |claim| claim.arrange_collection(parcel()));
    let inspecting = after(&collecting, receive);
    let withheld = after(&inspecting, |claim| withhold(claim, 3_000));
    let refunding = after(&inspecting, |claim| approve(claim, 3_000));
    let done = after(&refunding, |claim| refunded(claim, refund_id()));
    let wanted = opening(ClaimKind::Exchange, ClaimReason::Defective, 9_000);
    let broken = after(&Claim::Absent, |claim| claim.open(wanted));
    let broken = after(&broken, receive);
    let exchanging = after(&broken, exchange);
    let redelivering = after(&exchanging, |claim| claim.redispatch(parcel()));
    let exchanged = after(&redelivering, Claim::redelivered);
    let rejected = after(&inspecting, |claim| reject(claim, Some(parcel())));
    let withdrawn = after(&requested, Claim::withdraw);
    let closed = after(&requested, |claim| claim.close(CloseReason::NoParcel, None));
    Table::of(&[include_str!("../../../src/claim/verbs.rs")])
        .state("Requested", requested)
        .state("Collecting", collecting)
        .state("Inspecting", inspecting)
        .state("Inspecting an exchange", broken)
        .state("Withheld", withheld)
        .state("Refunding", refunding)
        .state("Exchanging", exchanging)
        .state("Redelivering", redelivering)
        .state("Over: refunded", done)
        .state("Over: exchanged", exchanged)
        .state("Over: rejected", rejected)
        .state("Over: withdrawn", withdrawn)
        .state("Over: closed", closed)
}

pub fn table() -> Table<Claim> {
    let dearer = || opening(ClaimKind::Exchange, ClaimReason::ChangeOfMind, 12_000);
    let by_fault = Decision { fault: Some(Fault::Seller), ..decision(ClaimActor::Seller, 1) };
    states()
        .row("open", "", open)
        .row("open", "for dearer goods", move |claim| claim.open(dearer()))
        .row("arrange_collection", "", |claim| claim.arrange_collection(parcel()))
        .row("arrange_collection", "without a number", |claim| {
            claim.arrange_collection(Parcel { invoice_number: " ".to_owned(), ..parcel() })
        })
        .row("receive", "", receive)
        .row("withhold", "for 3 000", |claim| withhold(claim, 3_000))
        .row("withhold", "for 10 001", |claim| withhold(claim, 10_001))
        .row("approve_return", "less 3 000", |claim| approve(claim, 3_000))
        .row("approve_return", "less everything", |claim| approve(claim, 10_000))
        .row("approve_return", "less 10 001", |claim| approve(claim, 10_001))
        .row("approve_return", "less 1, the seller at fault", move |claim| {
            claim.approve_return(by_fault, in_time())
        })
        .row("approve_return", "too late", |claim| {
            claim.approve_return(decision(ClaimActor::Seller, 0), too_late())
        })
        .row("approve_exchange", "", exchange)
        .row("convert", "", Claim::convert)
        .row("redispatch", "", |claim| claim.redispatch(parcel()))
        .row("redelivered", "", Claim::redelivered)
        .row("reject", "", |claim| reject(claim, Some(parcel())))
        .row("reject", "and keep the goods", |claim| reject(claim, None))
        .row("withdraw", "", Claim::withdraw)
        .row("close", "", |claim| claim.close(CloseReason::NoParcel, None))
        .row("refunded", "", |claim| refunded(claim, refund_id()))
        .row("refunded", "by another refund", |claim| refunded(claim, other_refund()))
}
