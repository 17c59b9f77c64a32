//! The payment's states: 28 000 won through a gateway's escrow.

use domain::{
    Money,
    id::RefundId,
    payment::{Capture, Mismatch, Payment, PaymentEvent, PaymentRefusal},
};

use super::table::{Table, after};
use crate::samples::{capture, create_payment, other_refund, paid_at, pay_by, refund_id};

type Answer = Result<Vec<PaymentEvent>, PaymentRefusal>;

fn quarantine(payment: &Payment, transaction: &str) -> Answer {
    let (expected, actual) = (Money::krw(28_000), Money::krw(27_000));
    let capture = Capture { transaction_id: transaction.to_owned(), ..capture(27_000) };
    payment.quarantine(capture, vec![Mismatch::Amount { expected, actual }])
}

fn refund(payment: &Payment, refund: RefundId, amount: i64) -> Answer {
    payment.request_refund(refund, Money::krw(amount), "cancelled".to_owned())
}

fn refund_done(payment: &Payment, refund: RefundId) -> Answer {
    payment.refund_done(refund, "cxl-1".to_owned(), paid_at())
}

fn agree(payment: &Payment, transaction: &str) -> Answer {
    payment.authenticate(transaction.to_owned(), None)
}

fn charged_back(payment: &Payment) -> Answer {
    payment.charged_back("cxl-2".to_owned(), Money::krw(28_000), paid_at())
}

fn why() -> String {
    "DECLINED".to_owned()
}

fn states() -> Table<Payment> {
    let created = after(&Payment::Absent, |payment| payment.create(create_payment(28_000)));
    let in_doubt = after(&created, Payment::preparation_in_doubt);
    let prepared = after(&created, Payment::prepared);
    let deposit = after(&prepared, |payment| payment.virtual_account_issued(pay_by()));
    let agreed = after(&prepared, |payment| agree(payment, "tx-1"));
    let approving = after(&agreed, Payment::approval_in_doubt);
    let authorized = after(&prepared, |payment| payment.authorize(capture(28_000)));
    let reversed = after(&authorized, Payment::deposit_reversed);
    let requested = after(&authorized, |payment| refund(payment, refund_id(), 20_000));
    let doubted = after(&requested, |payment| payment.refund_in_doubt(refund_id()));
    let pending = after(&requested, |payment| payment.refund_pending(refund_id(), "cxl-1".to_owned()));
    let refused = after(&requested, |payment| payment.refund_failed(refund_id(), why()));
    let refunded = after(&requested, |payment| refund_done(payment, refund_id()));
    let silent = after(&prepared, |payment| payment.gateway_silent(why()));
    let quarantined = after(&prepared, |payment| quarantine(payment, "tx-1"));
    let returning = after(&quarantined, |payment| refund(payment, refund_id(), 27_000));
    let not_prepared = after(&created, |payment| payment.preparation_failed(why()));
    let failed = after(&prepared, |payment| payment.fail(why()));
    let expired = after(&prepared, Payment::expire);
    let cancelled = after(&prepared, Payment::cancel);
    Table::of(&[
        include_str!("../../../src/payment/verbs.rs"),
        include_str!("../../../src/payment/approval.rs"),
        include_str!("../../../src/payment/loss.rs"),
        include_str!("../../../src/payment/refund.rs"),
        include_str!("../../../src/payment/silence.rs"),
    ])
    .state("Open: created", created)
    .state("Open: preparation in doubt", in_doubt)
    .state("Open: prepared", prepared)
    .state("Open: awaiting deposit", deposit)
    .state("Open: authenticated", agreed)
    .state("Open: approval in doubt", approving)
    .state("Open: the gateway does not answer", silent)
    .state("Authorized", authorized)
    .state("Authorized, deposit reversed", reversed)
    .state("Authorized, refund requested", requested)
    .state("Authorized, refund in doubt", doubted)
    .state("Authorized, refund pending", pending)
    .state("Authorized, refund refused", refused)
    .state("Authorized, refunded in part", refunded)
    .state("Quarantined", quarantined)
    .state("Quarantined, refund requested", returning)
    .state("Ended: not prepared", not_prepared)
    .state("Ended: failed", failed)
    .state("Ended: expired", expired)
    .state("Ended: cancelled", cancelled)
}

pub fn table() -> Table<Payment> {
    refunds(capturing(states()))
}

fn capturing(table: Table<Payment>) -> Table<Payment> {
    table
        .row("create", "", |payment| payment.create(create_payment(28_000)))
        .row("create", "of nothing", |payment| payment.create(create_payment(0)))
        .row("prepared", "", Payment::prepared)
        .row("preparation_failed", "", |payment| payment.preparation_failed(why()))
        .row("preparation_in_doubt", "", Payment::preparation_in_doubt)
        .row("virtual_account_issued", "", |payment| payment.virtual_account_issued(pay_by()))
        .row("authenticate", "", |payment| agree(payment, "tx-1"))
        .row("authenticate", "in another window", |payment| agree(payment, "tx-2"))
        .row("approval_in_doubt", "", Payment::approval_in_doubt)
        .row("approval_not_found", "", Payment::approval_not_found)
        .row("authorize", "", |payment| payment.authorize(capture(28_000)))
        .row("authorize", "another amount", |payment| payment.authorize(capture(27_000)))
        .row("authorize", "another transaction", |payment| {
            payment.authorize(Capture { transaction_id: "tx-2".to_owned(), ..capture(28_000) })
        })
        .row("authorize", "without the escrow asked for", |payment| {
            payment.authorize(Capture { custody: domain::payment::Custody::Platform, ..capture(28_000) })
        })
        .row("quarantine", "", |payment| quarantine(payment, "tx-1"))
        .row("quarantine", "another transaction", |payment| quarantine(payment, "tx-2"))
        .row("fail", "", |payment| payment.fail(why()))
        .row("expire", "", Payment::expire)
        .row("cancel", "", Payment::cancel)
}

fn refunds(table: Table<Payment>) -> Table<Payment> {
    table
        .row("request_refund", "of 20 000", |payment| refund(payment, refund_id(), 20_000))
        .row("request_refund", "of 8 000", |payment| refund(payment, refund_id(), 8_000))
        .row("request_refund", "another, of 8 000", |payment| refund(payment, other_refund(), 8_000))
        .row("request_refund", "another, of 28 001", |payment| refund(payment, other_refund(), 28_001))
        .row("request_refund", "of nothing", |payment| refund(payment, other_refund(), 0))
        .row("request_refund_to", "another account, of 20 000", |payment| {
            let account = Some(domain::Sealed("c2VhbGVk".to_owned()));
            payment.request_refund_to(refund_id(), Money::krw(20_000), why(), account)
        })
        .row("request_refund", "in dollars", |payment| {
            let dollars = Money::new(1, domain::Currency::USD);
            payment.request_refund(other_refund(), dollars, "cancelled".to_owned())
        })
        .row("refund_pending", "", |payment| payment.refund_pending(refund_id(), "cxl-1".to_owned()))
        .row("refund_in_doubt", "", |payment| payment.refund_in_doubt(refund_id()))
        .row("refund_not_found", "", |payment| payment.refund_not_found(refund_id()))
        .row("refund_done", "", |payment| refund_done(payment, refund_id()))
        .row("refund_done", "of an unknown refund", |payment| refund_done(payment, other_refund()))
        .row("refunded_by_bank", "", |payment| {
            payment.refunded_by_bank(refund_id(), "KB-1".to_owned(), paid_at())
        })
        .row("deposit_reversed", "", Payment::deposit_reversed)
        .row("deposit_restored", "", Payment::deposit_restored)
        .row("deposit_lost", "", |payment| payment.deposit_lost(refund_id()))
        .row("charged_back", "", charged_back)
        .row("gateway_silent", "", |payment| payment.gateway_silent(why()))
        .row("gateway_answered", "", Payment::gateway_answered)
        .row("refund_failed", "", |payment| payment.refund_failed(refund_id(), why()))
}
