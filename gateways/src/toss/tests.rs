use domain::Money;
use serde_json::{Value, json};

use super::*;
use crate::{CancellationStatus, Method, Proof, RefusalKind, Status, TimeLimits, snapshot::EscrowState};

fn config() -> TossConfig {
    TossConfig {
        base_url: "http://127.0.0.1:1".into(),
        client_key: "test_ck_1".into(),
        secret_key: Secret::new("test_sk_7f3a"),
        merchant_ids: vec!["tvivarepublica".into()],
        live: false,
        sdk_url: "https://js.tosspayments.com/v2/standard".into(),
        pay_page: None,
        limits: TimeLimits::default(),
    }
}

/// A paid card payment, with fields nobody knows.
const DONE: &str = r#"{
    "mId": "tvivarepublica", "version": "2022-11-16", "paymentKey": "5zJ4xY7m0kODnyRpQWGrN2xqGlNvLrKwv1M9ENjbeoPaZdL6",
    "lastTransactionKey": "B7103F204998813B889C77C043D09502", "orderId": "018f3c1e7a2b7c3d8e4f0123456789ab",
    "orderName": "나무 의자", "currency": "KRW", "method": "카드", "status": "DONE",
    "requestedAt": "2026-03-02T10:23:00+09:00", "approvedAt": "2026-03-02T10:23:45+09:00", "useEscrow": true,
    "totalAmount": 13000, "balanceAmount": 13000, "suppliedAmount": 11818, "vat": 1182,
    "virtualAccount": null, "cancels": null, "secret": "ps_Z1aOwX7K8m", "failure": null,
    "hologram": {"depth": 3}
}"#;

fn read(changes: Value) -> Result<Snapshot, String> {
    let mut document: Value = serde_json::from_str(DONE).unwrap();
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (name, value) in changes {
        document[name.as_str()] = value;
    }
    wire::payment(document.to_string().as_bytes())?.snapshot(Account { live: false })
}

#[test]
fn a_paid_payment_is_read() {
    let paid = read(json!({})).unwrap();
    assert_eq!(paid.id, "018f3c1e7a2b7c3d8e4f0123456789ab");
    assert_eq!((paid.status.clone(), paid.total), (Status::Paid, Money::krw(13_000)));
    assert_eq!((paid.method.as_str(), paid.escrow.clone()), ("card", Some(EscrowState::Hidden)));
    assert_eq!(paid.paid_at.unwrap().to_rfc3339(), "2026-03-02T01:23:45+00:00");
    assert_eq!(paid.channel.clone().unwrap().key, "tvivarepublica");
    assert!(Proof::PaymentSecret(Secret::new("ps_Z1aOwX7K8m")).holds(&paid));
    assert!(!Proof::PaymentSecret(Secret::new("ps_forged")).holds(&paid));
    assert!(!Proof::Unsigned.holds(&paid) && Proof::Signed.holds(&paid));
}

#[test]
fn every_status_is_told_apart() {
    let status = |changes| read(changes).unwrap().status;
    assert_eq!(status(json!({ "status": "READY", "approvedAt": null })), Status::Ready);
    assert_eq!(status(json!({ "status": "IN_PROGRESS", "approvedAt": null })), Status::Ready);
    let account = json!({ "dueDate": "2026-03-09T23:59:59" });
    let Status::AwaitingDeposit { due_at: Some(due_at) } =
        status(json!({ "status": "WAITING_FOR_DEPOSIT", "approvedAt": null, "virtualAccount": account }))
    else {
        panic!()
    };
    assert_eq!(due_at.to_rfc3339(), "2026-03-09T14:59:59+00:00", "without a zone it is Seoul's");
    assert_eq!(status(json!({ "status": "CANCELED" })), Status::Cancelled);
    assert_eq!(status(json!({ "status": "PARTIAL_CANCELED" })), Status::PartialCancelled);
    let failure = json!({ "code": "REJECT_CARD_COMPANY", "message": "x" });
    assert_eq!(
        status(json!({ "status": "ABORTED", "approvedAt": null, "failure": failure })),
        Status::Failed { code: "REJECT_CARD_COMPANY".into() }
    );
    assert_eq!(
        status(json!({ "status": "EXPIRED", "approvedAt": null })),
        Status::Failed { code: "EXPIRED".into() }
    );
    assert_eq!(status(json!({ "status": "SETTLING" })), Status::Unknown("SETTLING".into()));
}

#[test]
fn a_deposit_that_was_reversed_is_no_capture_any_more() {
    let reversed = read(json!({ "status": "WAITING_FOR_DEPOSIT", "approvedAt": null })).unwrap();
    assert!(!reversed.is_captured());
}

#[test]
fn cancellations_are_ours_by_what_stands_behind_the_reason() {
    let key = "ref_018f3c1e-7a2b-7c3d-8e4f-0123456789ab";
    let cancel = |key: &str, amount: i64, status: Value, reason: &str| {
        json!({ "transactionKey": key, "cancelAmount": amount, "cancelReason": reason,
            "canceledAt": "2026-03-03T10:00:00+09:00", "cancelStatus": status })
    };
    let cancels = json!([
        cancel("t1", 1_000, json!("DONE"), &format!("단순 변심 [{key}]")),
        cancel("t2", 2_000, json!("IN_PROGRESS"), "콘솔"),
        cancel("t3", 4_000, json!("ABORTED"), "콘솔"),
        cancel("t4", 8_000, json!("HALTED"), "콘솔"),
    ]);
    let seen =
        read(json!({ "status": "PARTIAL_CANCELED", "balanceAmount": 10_000, "cancels": cancels })).unwrap();
    assert_eq!(seen.cancelled, Money::krw(1_000));
    assert_eq!(seen.cancellation_of(key).unwrap().id, "t1");
    let statuses: Vec<_> = seen.cancellations.iter().map(|it| it.status.clone()).collect();
    assert_eq!(
        statuses,
        [
            CancellationStatus::Succeeded,
            CancellationStatus::Requested,
            CancellationStatus::Failed,
            CancellationStatus::Unknown("HALTED".into())
        ]
    );
}

#[test]
fn a_document_that_cannot_be_meant_is_refused() {
    for spoilt in [
        json!({ "approvedAt": null }),
        json!({ "totalAmount": 13_000.5 }),
        json!({ "totalAmount": "13000" }),
        json!({ "currency": "XXZ" }),
        json!({ "orderId": null }),
    ] {
        assert!(read(spoilt.clone()).is_err(), "{spoilt}");
    }
    let dollars = read(json!({ "currency": "USD", "totalAmount": 10.5, "balanceAmount": 10.5 })).unwrap();
    assert_eq!(dollars.total, Money::new(1_050, domain::Currency::USD));
    for nonsense in ["<html>502</html>", "", "[]", "{}", &DONE[..DONE.len() / 2]] {
        assert!(wire::payment(nonsense.as_bytes()).is_err(), "{nonsense}");
    }
}

#[test]
fn a_no_is_a_code() {
    let no = |code: &str| {
        wire::problem(json!({ "code": code, "message": "아니오" }).to_string().as_bytes()).unwrap()
    };
    assert!(no("NOT_FOUND_PAYMENT").is_unknown_payment() && !no("NOT_FOUND").is_unknown_payment());
    assert!(no("IDEMPOTENT_REQUEST_PROCESSING").is_undecided() && no("FAILED_REFUND_PROCESS").is_undecided());
    assert_eq!(no("ALREADY_PROCESSED_PAYMENT").refusal().kind, RefusalKind::AlreadyPaid);
    assert_eq!(no("ALREADY_CANCELED_PAYMENT").refusal().kind, RefusalKind::AlreadyCancelled);
    assert_eq!(no("NOT_CANCELABLE_AMOUNT").refusal().kind, RefusalKind::BalanceDiffers);
    assert_eq!(no("REJECT_CARD_COMPANY").refusal().kind, RefusalKind::Other);
    assert!(wire::problem(b"<html>").is_none());
}

#[test]
fn webhooks_carry_at_most_the_payments_secret() {
    let mut headers = HeaderMap::new();
    let changed = json!({ "eventType": "PAYMENT_STATUS_CHANGED", "createdAt": "2026-03-02T10:23:45.000000",
        "data": { "orderId": "p1", "paymentKey": "k1", "status": "DONE" } });
    let Ok(Hint::Payment { kind, payment_id, proof, webhook_id, .. }) =
        events::hint(&headers, changed.to_string().as_bytes())
    else {
        panic!()
    };
    assert_eq!((kind.as_str(), payment_id.as_str()), ("PAYMENT_STATUS_CHANGED.DONE", "p1"));
    assert_eq!((proof, webhook_id.len()), (Proof::Unsigned, 64));
    let deposit = json!({ "createdAt": "2026-03-02T10:23:45.000000", "secret": "ps_1", "status": "DONE",
        "transactionKey": "t1", "orderId": "p1" });
    headers.insert("tosspayments-webhook-transmission-id", "whtrans_1".parse().unwrap());
    let Ok(Hint::Payment { kind, proof, webhook_id, cancellation_id, .. }) =
        events::hint(&headers, deposit.to_string().as_bytes())
    else {
        panic!()
    };
    assert_eq!(
        (kind.as_str(), webhook_id.as_str(), cancellation_id),
        ("DEPOSIT_CALLBACK.DONE", "whtrans_1", None)
    );
    assert_eq!(proof, Proof::PaymentSecret(Secret::new("ps_1")));
    let payout =
        json!({ "eventType": "PAYOUT_STATUS_CHANGED", "data": { "id": "x", "status": "COMPLETED" } });
    assert!(matches!(events::hint(&headers, payout.to_string().as_bytes()), Ok(Hint::Ignored { .. })));
    for wrong in [&b"{}"[..], b"", b"<html>", b"{\"eventType\":"] {
        assert!(matches!(events::hint(&headers, wrong), Err(WebhookError::Body(_))));
    }
}

fn back(given: &[(&str, &str)]) -> Result<Return, ReturnError> {
    let pairs: Vec<_> = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    checkout::returned(&pairs)
}

#[test]
fn the_browsers_way_back_is_read() {
    let agreed = Return::ToApprove {
        id: "p1".into(),
        transaction_id: "k1".into(),
        token: None,
        amount: Some(Money::krw(13_000)),
    };
    let given = [("payment", "p1"), ("paymentType", "NORMAL"), ("orderId", "p1"), ("paymentKey", "k1")];
    assert_eq!(back(&[&given[..], &[("amount", "13000")]].concat()), Ok(agreed));
    assert_eq!(back(&given), Err(ReturnError::Missing("amount")));
    let failed =
        |id: &str| Return::Failed { id: id.into(), code: "PAY_PROCESS_CANCELED".into(), message: "x".into() };
    let closed = [("payment", "p1"), ("code", "PAY_PROCESS_CANCELED"), ("message", "x")];
    assert_eq!(back(&closed), Ok(failed("p1")), "Toss leaves the order out when the buyer closes the window");
    assert_eq!(back(&closed[1..]), Err(ReturnError::Missing("payment")));
}

#[test]
fn the_browser_gets_exactly_the_arguments_of_the_window() {
    let checkout = Checkout {
        id: "p1".into(),
        amount: Money::krw(13_000),
        order_name: "나무 의자".into(),
        method: Method::VirtualAccount,
        escrow: true,
        customer: None,
        redirect_url: Some("http://localhost:8080/paid?step=1".into()),
        notice_urls: Vec::new(),
        confirm_url: None,
        deposit_due: Some(DateTime::UNIX_EPOCH),
        products: Vec::new(),
    };
    let json = serde_json::to_value(Toss::new(&config()).unwrap().checkout(&checkout)).unwrap();
    assert_eq!(
        json["request"],
        json!({
            "clientKey": "test_ck_1", "customerKey": "ANONYMOUS", "method": "VIRTUAL_ACCOUNT",
            "amount": { "currency": "KRW", "value": 13_000 }, "orderId": "p1", "orderName": "나무 의자",
            "successUrl": "http://localhost:8080/paid?step=1&payment=p1",
            "failUrl": "http://localhost:8080/paid?step=1&payment=p1",
            "virtualAccount": { "useEscrow": true, "dueDate": "1970-01-01T09:00:00" },
        })
    );
}

#[test]
fn settings_are_named_when_they_are_wrong_and_secrets_are_not_shown() {
    let refused = |change: fn(&mut TossConfig)| {
        let mut config = config();
        change(&mut config);
        Toss::new(&config).unwrap_err().to_string()
    };
    assert!(refused(|it| it.base_url = "x".into()).starts_with("ESCROW_TOSS_BASE_URL"));
    assert!(refused(|it| it.client_key.clear()).starts_with("ESCROW_TOSS_CLIENT_KEY"));
    assert!(refused(|it| it.secret_key = Secret::new("live_sk_1")).starts_with("ESCROW_TOSS_SECRET_KEY"));
    assert!(refused(|it| it.live = true).starts_with("ESCROW_TOSS_SECRET_KEY"));
    assert!(refused(|it| it.merchant_ids.clear()).starts_with("ESCROW_TOSS_MERCHANT_IDS"));
    assert!(TossConfig::from_settings(|_| None).unwrap().is_none());
    let text = format!("{:?} {:?}", config(), Toss::new(&config()).unwrap());
    assert!(!text.contains("7f3a"), "{text}");
}
