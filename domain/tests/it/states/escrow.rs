//! The hold's states: 20 000 won for Anna.

use domain::{
    Currency, Money,
    contest::Contest,
    escrow::{Escrow, EscrowEvent, EscrowRefusal, Fund, GatewayEscrow, Reversal},
    id::PaymentId,
    payment::{Custody, Gateway},
    seller::{Commission, Split},
};

use super::table::{Table, after};
use crate::samples::{anna, order_id, other_payment, other_refund, parcel, payment_id, refund_id};

type Answer = Result<Vec<EscrowEvent>, EscrowRefusal>;

fn fund(payment_id: PaymentId, amount: i64) -> Fund {
    Fund {
        order_id: order_id(),
        seller_id: anna(),
        payment_id,
        amount: Money::krw(amount),
        gateway: Gateway::PortoneV2,
        custody: Custody::GatewayEscrow,
    }
}

fn split(amount: i64) -> Split {
    Commission { rate: 10_000 }.split(Money::krw(amount)).unwrap()
}

fn lock(escrow: &Escrow, amount: i64) -> Answer {
    escrow.lock(Money::krw(amount), "dispute".to_owned())
}

fn claim() -> Contest {
    Contest::Claim { claim_id: crate::samples::id(12) }
}

fn reverse(escrow: &Escrow, amount: i64) -> Answer {
    escrow.reverse_release(Reversal {
        refund_id: refund_id(),
        amount: Money::krw(amount),
        split: split(amount),
        receivable: Money::krw(0),
    })
}

fn release(escrow: &Escrow, amount: i64) -> Answer {
    escrow.release(Money::krw(amount), split(amount))
}

fn refund(escrow: &Escrow, amount: i64) -> Answer {
    escrow.refund(refund_id(), Money::krw(amount))
}

fn states() -> Table<Escrow> {
    let funded = after(&Escrow::Absent, |escrow| escrow.fund(fund(payment_id(), 20_000)));
    let locked = after(&funded, |escrow| lock(escrow, 5_000));
    let all_locked = after(&funded, |escrow| lock(escrow, 20_000));
    let claimed = after(&funded, |escrow| escrow.lock_for(claim(), Money::krw(5_000)));
    let released = after(&funded, |escrow| release(escrow, 5_000));
    let refunded = after(&funded, |escrow| refund(escrow, 5_000));
    let all_released = after(&funded, |escrow| release(escrow, 20_000));
    let all_refunded = after(&funded, |escrow| refund(escrow, 20_000));
    let refused = after(&funded, |escrow| escrow.gateway_went_on(GatewayEscrow::Rejected));
    let untold = after(&funded, |escrow| escrow.logistics_failed(parcel(), "PG_PROVIDER".to_owned()));
    let anew = after(&untold, |escrow| escrow.register_logistics_anew(parcel()));
    let sources = &[
        include_str!("../../../src/escrow/verbs.rs"),
        include_str!("../../../src/escrow/locks.rs"),
        include_str!("../../../src/escrow/reversal.rs"),
        include_str!("../../../src/escrow/mirror.rs"),
    ];
    Table::of(sources)
        .state("Open", funded)
        .state("5 000 locked", locked)
        .state("all locked", all_locked)
        .state("5 000 locked for a claim", claimed)
        .state("5 000 released", released)
        .state("5 000 refunded", refunded)
        .state("refused at the gateway", refused)
        .state("a parcel not registered", untold)
        .state("a parcel being registered anew", anew)
        .state("Closed, released", all_released)
        .state("Closed, refunded", all_refunded)
}

pub fn table() -> Table<Escrow> {
    states()
        .row("fund", "", |escrow| escrow.fund(fund(payment_id(), 20_000)))
        .row("fund", "by another payment", |escrow| escrow.fund(fund(other_payment(), 20_000)))
        .row("fund", "with nothing", |escrow| escrow.fund(fund(payment_id(), 0)))
        .repeating("lock", "5 000", |escrow| lock(escrow, 5_000))
        .row("lock", "20 000", |escrow| lock(escrow, 20_000))
        .row("lock", "nothing", |escrow| lock(escrow, 0))
        .repeating("unlock", "5 000", |escrow| escrow.unlock(Money::krw(5_000)))
        .row("unlock", "nothing", |escrow| escrow.unlock(Money::krw(0)))
        .row("lock_for", "a claim on 5 000", |escrow| escrow.lock_for(claim(), Money::krw(5_000)))
        .row("unlock_for", "the claim", |escrow| escrow.unlock_for(claim()))
        .repeating("compensate", "5 000", |escrow| escrow.compensate(Money::krw(5_000)))
        .row("reverse_release", "5 000", |escrow| reverse(escrow, 5_000))
        .row("reverse_release", "20 001", |escrow| reverse(escrow, 20_001))
        .row("reverse_release", "nothing", |escrow| reverse(escrow, 0))
        .repeating("release", "5 000", |escrow| release(escrow, 5_000))
        .row("release", "15 000", |escrow| release(escrow, 15_000))
        .row("release", "20 000", |escrow| release(escrow, 20_000))
        .row("release", "20 001", |escrow| release(escrow, 20_001))
        .row("release", "nothing", |escrow| release(escrow, 0))
        .row("release", "5 000 in other parts", |escrow| escrow.release(Money::krw(5_000), split(4_999)))
        .row("logistics_registered", "", |escrow| escrow.logistics_registered(parcel()))
        .row("logistics_failed", "", |escrow| escrow.logistics_failed(parcel(), "PG_PROVIDER".to_owned()))
        .row("register_logistics_anew", "", |escrow| escrow.register_logistics_anew(parcel()))
        .row("gateway_went_on", "delivered", |escrow| escrow.gateway_went_on(GatewayEscrow::Delivered))
        .row("gateway_went_on", "refused", |escrow| escrow.gateway_went_on(GatewayEscrow::Rejected))
        .row("refund", "5 000", |escrow| refund(escrow, 5_000))
        .row("refund", "20 000", |escrow| refund(escrow, 20_000))
        .row("refund", "another, 15 000", |escrow| escrow.refund(other_refund(), Money::krw(15_000)))
        .row("refund", "another, nothing", |escrow| escrow.refund(other_refund(), Money::krw(0)))
        .row("refund", "another, in dollars", |escrow| {
            escrow.refund(other_refund(), Money::new(1, Currency::USD))
        })
}
