//! How a payment's two states follow from its events and its holds', without a database.

use chrono::DateTime;
use domain::{
    Fact, Money,
    escrow::EscrowEvent,
    id::{EscrowId, Id, OrderId, PaymentId, SellerId},
    payment::{Custody, Doubt, Gateway, PaymentEvent},
};
use store::Occurrence;
use uuid::Uuid;

use super::Model;
use crate::projection::Model as _;

fn id<I: Id>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

#[derive(Default)]
struct Story {
    model: Model,
    position: i64,
}

impl Story {
    fn tell(&mut self, fact: Fact) -> (&str, &str) {
        self.position += 1;
        let recorded = Occurrence {
            position: self.position,
            sequence: self.position,
            recorded_at: DateTime::UNIX_EPOCH,
            actor: "test".to_owned(),
            fact,
        };
        assert_eq!(self.model.apply(&recorded), Ok(()));
        let row = &self.model.payments[&Uuid::from_u128(1)];
        (&row.payment_status, &row.escrow_status)
    }

    fn payment(&mut self, event: PaymentEvent) -> (&str, &str) {
        self.tell(Fact::Payment(id(1), event))
    }

    fn hold(&mut self, seller: u128, event: EscrowEvent) -> (&str, &str) {
        self.tell(Fact::Escrow(hold_of(seller), event))
    }

    fn funded(&mut self, seller: u128, amount: i64) -> (&str, &str) {
        let event = EscrowEvent::EscrowFunded {
            escrow_id: hold_of(seller),
            order_id: id(2),
            seller_id: id(seller),
            payment_id: id(1),
            amount: Money::krw(amount),
            gateway: Gateway::Toss,
            custody: Custody::Platform,
        };
        self.hold(seller, event)
    }
}

fn hold_of(seller: u128) -> EscrowId {
    EscrowId::of(id::<OrderId>(2), id::<SellerId>(seller))
}

fn captured() -> Story {
    let mut story = Story::default();
    story.payment(PaymentEvent::PaymentCreated {
        payment_id: id::<PaymentId>(1),
        order_id: id(2),
        buyer_id: id(3),
        amount: Money::krw(100),
        gateway: Gateway::Toss,
        escrow: false,
        expires_at: DateTime::UNIX_EPOCH,
    });
    story.payment(PaymentEvent::PaymentPrepared {});
    let authorized = PaymentEvent::PaymentAuthorized {
        transaction_id: "t".to_owned(),
        amount: Money::krw(100),
        method: "CARD".to_owned(),
        custody: Custody::Platform,
        paid_at: DateTime::UNIX_EPOCH,
    };
    assert_eq!(story.payment(authorized), ("authorized", "none"));
    story
}

fn refunded(amount: i64) -> PaymentEvent {
    PaymentEvent::Refunded {
        refund_id: id(5),
        amount: Money::krw(amount),
        cancellation_id: "c".to_owned(),
        gateway: Gateway::Toss,
        custody: Custody::Platform,
        quarantined: false,
        refunded_at: DateTime::UNIX_EPOCH,
    }
}

fn released(seller: u128, amount: i64) -> EscrowEvent {
    let nothing = Money::krw(0);
    let amount = Money::krw(amount);
    EscrowEvent::EscrowReleased {
        seller_id: id(seller),
        amount,
        commission: nothing,
        commission_vat: nothing,
        net: amount,
        fee_free: false,
    }
}

#[test]
fn the_escrow_status_is_that_of_all_holds_together() {
    let mut story = captured();
    assert_eq!(story.funded(1, 60), ("authorized", "held"));
    assert_eq!(story.funded(2, 40), ("authorized", "held"));
    let locked =
        EscrowEvent::EscrowLocked { amount: Money::krw(10), reason: "claim".to_owned(), contest: None };
    assert_eq!(story.hold(1, locked), ("authorized", "locked"));
    assert_eq!(
        story.hold(1, EscrowEvent::EscrowUnlocked { amount: Money::krw(10), contest: None }),
        ("authorized", "held")
    );
    assert_eq!(story.hold(1, released(1, 60)), ("authorized", "partly_released"));
    assert_eq!(story.hold(2, released(2, 40)), ("authorized", "released"));
}

#[test]
fn a_refund_is_under_way_until_the_gateway_has_carried_it_out() {
    let mut story = captured();
    story.funded(1, 100);
    let committed =
        |amount| EscrowEvent::EscrowRefundCommitted { refund_id: id(5), amount: Money::krw(amount) };
    assert_eq!(story.hold(1, committed(30)), ("authorized", "refunding"));
    assert_eq!(story.payment(refunded(30)), ("partially_refunded", "partly_refunded"));
    assert_eq!(story.hold(1, committed(70)), ("partially_refunded", "refunding"));
    let doubt = Doubt::Refund { refund_id: id(5) };
    assert_eq!(story.payment(PaymentEvent::PaymentInDoubt { doubt }), ("in_doubt", "refunding"));
    assert_eq!(story.payment(PaymentEvent::DoubtResolved { doubt }), ("partially_refunded", "refunding"));
    assert_eq!(story.payment(refunded(70)), ("refunded", "refunded"));
}
