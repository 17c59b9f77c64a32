use domain::Currency;

use super::*;
use crate::{
    pg::Pg,
    snapshot::{Channel, EscrowState},
};

type Change = fn(&mut Snapshot);

fn merchant() -> Merchant {
    Merchant {
        store: Some("store-1".into()),
        channels: vec!["card-1".into(), "escrow-1".into()],
        live: false,
    }
}

fn paid() -> Snapshot {
    Snapshot {
        id: "p1".into(),
        transaction_id: "tx".into(),
        status: Status::Paid,
        total: Money::krw(13_000),
        cancelled: Money::krw(0),
        method: "card".into(),
        escrow: None,
        store: Some("store-1".into()),
        channel: Some(Channel { key: "card-1".into(), live: false, pg: Pg::Unknown }),
        paid_at: Some(DateTime::UNIX_EPOCH),
        cancellations: Vec::new(),
        webhook_secret: None,
    }
}

fn check(snapshot: &Snapshot) -> Result<Verified, Rejection> {
    let merchant = merchant();
    verify(&Expected { id: "p1", amount: Money::krw(13_000), escrow: false, merchant: &merchant }, snapshot)
}

fn mismatch(change: impl FnOnce(&mut Snapshot)) -> Vec<Mismatch> {
    let mut snapshot = paid();
    change(&mut snapshot);
    match check(&snapshot) {
        Err(Rejection::Mismatched(found)) => found,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_asked_for_is_verified() {
    let verified = check(&paid()).unwrap();
    assert_eq!(verified.amount, Money::krw(13_000));
    assert_eq!(verified.custody, Custody::Platform);
    let cancelled_since = Snapshot { status: Status::Cancelled, cancelled: Money::krw(13_000), ..paid() };
    assert!(check(&cancelled_since).is_ok(), "a capture stays a capture when it went back");
}

#[test]
fn every_difference_is_found_alone() {
    let expected = Money::krw(13_000);
    let dollars = Money::new(13_000, Currency::USD);
    let cases: [(Change, Mismatch); 10] = [
        (|s| s.id = "p2".into(), Mismatch::Identity { actual: "p2".into() }),
        (|s| s.transaction_id.clear(), Mismatch::Identity { actual: "p1".into() }),
        (|s| s.total = Money::krw(12_999), Mismatch::Amount { expected, actual: Money::krw(12_999) }),
        (|s| s.total = Money::new(13_000, Currency::USD), Mismatch::Amount { expected, actual: dollars }),
        (|s| s.escrow = Some(EscrowState::BeforeRegistered), Mismatch::EscrowFlag { expected: false }),
        (|s| s.store = Some("store-2".into()), Mismatch::Channel { actual: "store store-2".into() }),
        (|s| s.store = None, Mismatch::Channel { actual: "store unnamed".into() }),
        (
            |s| s.channel = Some(Channel { key: "card-2".into(), live: false, pg: Pg::Unknown }),
            Mismatch::Channel { actual: "channel card-2".into() },
        ),
        (
            |s| s.channel = Some(Channel { key: "card-1".into(), live: true, pg: Pg::Unknown }),
            Mismatch::LiveFlag { expected_live: false },
        ),
        (
            |s| s.channel = Some(Channel { key: "escrow-1".into(), live: true, pg: Pg::Unknown }),
            Mismatch::LiveFlag { expected_live: false },
        ),
    ];
    for (change, wanted) in cases {
        assert_eq!(mismatch(change), [wanted]);
    }
}

#[test]
fn escrow_that_was_asked_for_and_lost_is_found() {
    let merchant = merchant();
    let expected = Expected { id: "p1", amount: Money::krw(13_000), escrow: true, merchant: &merchant };
    let lost = verify(&expected, &paid());
    assert_eq!(lost, Err(Rejection::Mismatched(vec![Mismatch::EscrowFlag { expected: true }])));
    let held = Snapshot { escrow: Some(EscrowState::BeforeRegistered), ..paid() };
    assert_eq!(verify(&expected, &held).unwrap().custody, Custody::GatewayEscrow);
}

#[test]
fn nothing_is_verified_before_money_was_captured() {
    for status in [
        Status::Ready,
        Status::Pending,
        Status::AwaitingDeposit { due_at: None },
        Status::Failed { code: "3011".into() },
        Status::Unknown("SETTLING".into()),
    ] {
        let snapshot = Snapshot { status: status.clone(), ..paid() };
        assert_eq!(check(&snapshot), Err(Rejection::NotCaptured(status)));
    }
    let called_off = Snapshot { status: Status::Cancelled, paid_at: None, ..paid() };
    assert_eq!(check(&called_off), Err(Rejection::NotCaptured(Status::Cancelled)));
}

#[test]
fn everything_wrong_is_listed_at_once() {
    let found = mismatch(|s| {
        s.total = Money::krw(1);
        s.escrow = Some(EscrowState::Registered);
        s.channel = None;
    });
    assert_eq!(found.len(), 4, "{found:?}");
}
