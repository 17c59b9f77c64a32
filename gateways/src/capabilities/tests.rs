use chrono::{DateTime, Utc};
use domain::Money;

use super::*;
use crate::{Address, Courier, EscrowState, IdempotencyKey, Product, Secret, Snapshot, Status, pg::Pg};

const ALL: [Pg; 7] =
    [Pg::Unknown, Pg::KgInicis, Pg::NhnKcp, Pg::Kiwoompay, Pg::Smartro, Pg::Nicepay, Pg::TossPayments];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn escrow_payment(state: EscrowState) -> Snapshot {
    Snapshot {
        id: "p1".into(),
        transaction_id: "tx".into(),
        status: Status::Paid,
        total: Money::krw(13_000),
        cancelled: Money::krw(0),
        method: "virtual_account".into(),
        escrow: Some(state),
        store: None,
        channel: None,
        paid_at: Some(at("2026-03-31T14:00:00Z")),
        cancellations: Vec::new(),
        webhook_secret: None,
    }
}

fn delivery() -> Logistics {
    Logistics {
        id: "p1".into(),
        key: IdempotencyKey::new("delivery-of-payment-p1").unwrap(),
        courier: Courier::OTHER,
        invoice: "1234".into(),
        sent_at: at("2026-03-02T00:00:00Z"),
        arrives_on: None,
        destination: None,
        sender: Party::default(),
        receiver: Party::default(),
        products: Vec::new(),
        notify_buyer: true,
    }
}

#[test]
fn each_pg_has_its_own_row() {
    for pg in ALL {
        assert_eq!(Capabilities::of_portone_v1(pg).pg, pg);
        assert_eq!(Capabilities::of_portone_v2(pg).pg, pg);
    }
    assert_eq!(Pg::of_portone_v1("html5_inicis"), Pg::KgInicis);
    assert_eq!(Pg::of_portone_v2("SMARTRO_V2"), Pg::Smartro);
    assert_eq!(Pg::of_portone_v2("A_NEW_ONE"), Pg::Unknown);
}

#[test]
fn nothing_is_relied_on_at_a_pg_nobody_told_us_of() {
    for unknown in [Capabilities::of_portone_v1(Pg::Unknown), Capabilities::of_portone_v2(Pg::Unknown)] {
        assert!(unknown.escrow_methods.is_empty());
        assert!(!unknown.logistics.register && !unknown.partial_cancel_of_escrow);
    }
}

#[test]
fn what_a_pg_is_not_told_is_named() {
    let mut delivery = delivery();
    let daou = &Capabilities::of_portone_v1(Pg::Kiwoompay).logistics;
    assert_eq!(
        daou.missing(&delivery),
        [LogisticsField::SenderRelationship, LogisticsField::ArrivalDay, LogisticsField::Destination]
    );
    delivery.sender.relationship = Some("본인".into());
    delivery.arrives_on = Some("2026-03-03".parse().unwrap());
    delivery.destination = Some(Address { line_1: Secret::new("a"), line_2: Secret::new("b") });
    assert!(daou.missing(&delivery).is_empty());

    let kcp = &Capabilities::of_portone_v2(Pg::NhnKcp).logistics;
    assert_eq!(kcp.missing(&delivery), [LogisticsField::Products]);
    delivery.products.push(Product {
        id: "1".into(),
        name: "의자".into(),
        price: Money::krw(1),
        quantity: 1,
    });
    assert!(kcp.missing(&delivery).is_empty());
    assert_eq!(Capabilities::of_portone_v1(Pg::KgInicis).logistics.missing(&delivery).len(), 8);
}

#[test]
fn an_escrow_payment_goes_back_whole_and_before_the_purchase_is_confirmed() {
    let now = at("2026-04-01T00:00:00Z");
    let route = |state, amount| {
        let payment = escrow_payment(state);
        Capabilities::of_nicepay().refund_route(&payment, Money::krw(amount), now)
    };
    for state in [
        EscrowState::BeforeRegistered,
        EscrowState::Registered,
        EscrowState::Delivered,
        EscrowState::Rejected,
        EscrowState::RejectConfirmed,
        EscrowState::Hidden,
    ] {
        assert_eq!(route(state.clone(), 13_000), RefundRoute::Gateway, "{state:?}");
        assert_eq!(route(state, 12_999), RefundRoute::Bank(BankRefund::PartOfEscrow));
    }
    let confirmed = EscrowState::Confirmed { automatically: true };
    assert_eq!(route(confirmed, 13_000), RefundRoute::Bank(BankRefund::PurchaseConfirmed));
}

#[test]
fn a_payment_without_escrow_goes_back_in_parts_while_its_method_lets_it() {
    let payment = |method: &str| Snapshot {
        method: method.into(),
        escrow: None,
        ..escrow_payment(EscrowState::Hidden)
    };
    let route = |method: &str, now: &str| {
        Capabilities::of_toss().refund_route(&payment(method), Money::krw(1), at(now))
    };
    // Paid at 23:00 of the last of March in Seoul.
    assert_eq!(route("mobile", "2026-03-31T14:59:59Z"), RefundRoute::Gateway);
    assert_eq!(route("mobile", "2026-03-31T15:00:00Z"), RefundRoute::Bank(BankRefund::MonthIsOver));
    assert_eq!(route("card", "2027-03-31T14:00:00Z"), RefundRoute::Gateway);
    assert_eq!(route("card", "2027-03-31T14:00:01Z"), RefundRoute::Bank(BankRefund::TooLate));
    assert_eq!(route("virtual_account", "2026-09-28T00:00:00Z"), RefundRoute::Bank(BankRefund::TooLate));
    assert_eq!(route("transfer", "2027-09-28T00:00:00Z"), RefundRoute::Gateway);
}
