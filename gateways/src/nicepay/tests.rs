use domain::Money;
use serde_json::json;

use super::*;
use crate::{CancellationStatus, Method, RefusalKind, snapshot::EscrowState};

fn config() -> NicepayConfig {
    NicepayConfig {
        base_url: "http://127.0.0.1:1".into(),
        client_key: "S2_client".into(),
        secret_key: Secret::new("secret-7f3a"),
        live: false,
        sdk_url: "https://pay.nicepay.co.kr/v1/js/".into(),
        pay_page: None,
        limits: NicepayConfig::LIMITS,
    }
}

fn gateway() -> Nicepay {
    Nicepay::new(&config()).unwrap()
}

/// A paid card payment, with fields nobody knows. Its signature is
/// `sha256("UT0000113m01012603021023450001" + "13000" + "2026-03-02T10:23:45.000+0900" + "secret-7f3a")`.
const PAID: &str = r#"{
    "resultCode": "0000", "resultMsg": "정상 처리되었습니다.", "tid": "UT0000113m01012603021023450001",
    "cancelledTid": null, "orderId": "018f3c1e7a2b7c3d8e4f0123456789ab",
    "ediDate": "2026-03-02T10:23:45.000+0900",
    "signature": "751ce2bc76f9fce20fc9908c7102e163f67e62ec81ad1faed2e34fd451673a88",
    "status": "paid", "paidAt": "2026-03-02T10:23:45.000+0900", "failedAt": "0", "cancelledAt": "0",
    "payMethod": "card", "amount": 13000, "balanceAmt": 13000, "goodsName": "나무 의자", "useEscrow": true,
    "currency": "KRW", "card": {"cardCode": "04", "canPartCancel": "true"}, "vbank": null, "cancels": null,
    "hologram": {"depth": 3}
}"#;
/// Somebody else's.
const FORGED: &str = "a5d51ce6b42c254a9f7dbc1bf9d38d5d3c2a4f0b000000000000000000000000";

fn document(changes: Value) -> Value {
    let mut document: Value = serde_json::from_str(PAID).unwrap();
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (name, value) in changes {
        document[name.as_str()] = value;
    }
    document
}

fn read(changes: Value) -> Result<Snapshot, String> {
    wire::read(document(changes).to_string().as_bytes())?.snapshot(&gateway().keys)
}

#[test]
fn a_paid_payment_is_read() {
    let paid = read(json!({})).unwrap();
    assert_eq!(paid.id, "018f3c1e7a2b7c3d8e4f0123456789ab");
    assert_eq!(paid.transaction_id, "UT0000113m01012603021023450001");
    assert_eq!((paid.status.clone(), paid.total), (Status::Paid, Money::krw(13_000)));
    assert_eq!(paid.escrow, Some(EscrowState::Hidden));
    assert_eq!(paid.paid_at.unwrap().to_rfc3339(), "2026-03-02T01:23:45+00:00");
    let channel = paid.channel.unwrap();
    assert_eq!((channel.key.as_str(), channel.live, channel.pg), ("S2_client", false, Pg::Nicepay));
}

#[test]
fn every_status_is_told_apart() {
    let status = |changes| read(changes).unwrap().status;
    let account = json!({ "vbankNumber": "1", "vbankExpDate": "2026-03-09T23:59:59.000+0900" });
    assert_eq!(status(json!({ "status": "ready", "paidAt": "0" })), Status::Ready);
    assert!(matches!(
        status(json!({ "status": "ready", "paidAt": "0", "vbank": account })),
        Status::AwaitingDeposit { due_at: Some(_) }
    ));
    let failed = json!({ "status": "failed", "paidAt": 0, "resultCode": "3095" });
    assert_eq!(status(failed), Status::Failed { code: "3095".into() });
    assert_eq!(
        status(json!({ "status": "expired", "paidAt": "0" })),
        Status::Failed { code: "expired".into() }
    );
    assert_eq!(status(json!({ "status": "cancelled" })), Status::Cancelled);
    assert_eq!(status(json!({ "status": "partialCancelled" })), Status::PartialCancelled);
    assert_eq!(status(json!({ "status": "settling" })), Status::Unknown("settling".into()));
}

#[test]
fn flags_and_times_may_be_texts() {
    assert_eq!(read(json!({ "useEscrow": "true" })).unwrap().escrow, Some(EscrowState::Hidden));
    for no in [json!("false"), json!(false), Value::Null] {
        assert_eq!(read(json!({ "useEscrow": no })).unwrap().escrow, None, "{no}");
    }
    for never in [json!("0"), json!(0), Value::Null] {
        assert!(read(json!({ "paidAt": never })).is_err(), "paid, and never: {never}");
    }
    assert_eq!(read(json!({ "payMethod": "VBANK" })).unwrap().method, "virtual_account");
}

#[test]
fn cancellations_are_ours_by_what_stands_behind_the_reason() {
    let cancels = json!([
        { "tid": "c1", "amount": 1_000, "cancelledAt": "2026-03-03T10:00:00.000+0900",
          "reason": "단순 변심 [ref_018f3c1e-7a2b-7c3d-8e4f-0123456789ab]" },
        { "tid": "c2", "amount": 2_000, "cancelledAt": "0", "reason": "console" },
    ]);
    let seen =
        read(json!({ "status": "partialCancelled", "balanceAmt": 12_000, "cancels": cancels })).unwrap();
    assert_eq!(seen.cancelled, Money::krw(1_000));
    let ours = seen.cancellation_of("ref_018f3c1e-7a2b-7c3d-8e4f-0123456789ab").unwrap();
    assert_eq!((ours.id.as_str(), &ours.status), ("c1", &CancellationStatus::Succeeded));
    assert_eq!(seen.cancellations[1].status, CancellationStatus::Requested, "nought is never");
    let unlisted = read(json!({ "status": "cancelled", "balanceAmt": 0 })).unwrap();
    assert_eq!(unlisted.cancelled, Money::krw(13_000), "by what is left");
}

#[test]
fn a_document_that_cannot_be_meant_is_refused() {
    assert!(read(json!({ "signature": FORGED })).unwrap_err().contains("signed"));
    assert!(read(json!({ "amount": 12_999 })).is_err(), "the amount is signed");
    assert!(read(json!({ "amount": 13_000.5, "signature": null })).is_err(), "won have no fractions");
    assert!(read(json!({ "currency": "XXZ" })).is_err());
    assert!(read(json!({ "signature": null })).is_ok(), "only a wrong signature is a lie");
    let whole = document(json!({})).to_string();
    for nonsense in ["<html>502</html>", "", "[]", "{}", &whole[..whole.len() / 2]] {
        assert!(wire::read(nonsense.as_bytes()).is_err(), "{nonsense}");
    }
}

#[test]
fn a_no_is_a_result_code() {
    let no = |code: &str| {
        let body = json!({ "resultCode": code, "resultMsg": "아니오" }).to_string();
        wire::read(body.as_bytes()).unwrap()
    };
    assert!(no("A118").is_nothing() && no("2012").is_nothing() && !no("3095").is_nothing());
    assert!(no("9002").is_undecided() && no("A299").goes_on());
    assert_eq!(no("2013").refusal().kind, RefusalKind::AlreadyCancelled);
    assert_eq!(no("2201").refusal().kind, RefusalKind::AlreadyPaid);
    assert_eq!(no("2032").refusal().kind, RefusalKind::BalanceDiffers);
    assert_eq!(no("2052").refusal().kind, RefusalKind::Other);
}

fn hint(body: &Value) -> Result<Hint, WebhookError> {
    gateway().parse_webhook(&HeaderMap::new(), body.to_string().as_bytes(), DateTime::UNIX_EPOCH)
}

#[test]
fn a_webhook_is_taken_only_if_it_is_signed() {
    let Ok(Hint::Payment { kind, payment_id, transaction_id, proof, .. }) = hint(&document(json!({}))) else {
        panic!()
    };
    assert_eq!((kind.as_str(), payment_id.as_str()), ("paid", "018f3c1e7a2b7c3d8e4f0123456789ab"));
    assert_eq!((transaction_id.as_deref(), proof), (Some("UT0000113m01012603021023450001"), Proof::Signed));
    let cancelled = hint(&document(json!({ "status": "cancelled", "cancelledTid": "c1" })));
    assert!(matches!(cancelled, Ok(Hint::Payment { cancellation_id: Some(id), .. }) if id == "c1"));
    for forged in [json!({ "signature": FORGED }), json!({ "signature": null }), json!({ "amount": 1 })] {
        assert_eq!(hint(&document(forged.clone())), Err(WebhookError::NoMatchingSignature), "{forged}");
    }
    assert!(matches!(hint(&json!([])), Err(WebhookError::Body(_))));
    let wanted = Acknowledgement::Exactly { content_type: "text/html", body: "OK" };
    assert_eq!(gateway().acknowledgement(), wanted);
}

fn form(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let signature = gateway().keys.sign(&["NICETOKN1", "S2_client", "13000"]);
    let mut pairs = vec![
        ("authResultCode", "0000"),
        ("authResultMsg", "인증 성공"),
        ("tid", "UT1"),
        ("clientId", "S2_client"),
        ("orderId", "p1"),
        ("amount", "13000"),
        ("authToken", "NICETOKN1"),
        ("signature", &signature),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        pairs.push((name, value));
    }
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn an_agreement_is_taken_only_if_it_is_signed() {
    let back = |changes: &[(&str, &str)]| gateway().parse_return(&form(changes));
    let agreed = Return::ToApprove {
        id: "p1".into(),
        transaction_id: "UT1".into(),
        token: None,
        amount: Some(Money::krw(13_000)),
    };
    assert_eq!(back(&[]), Ok(agreed));
    for forged in [("amount", "1"), ("clientId", "S2_other"), ("authToken", "x"), ("signature", FORGED)] {
        assert_eq!(back(&[forged]), Err(ReturnError::Forged), "{forged:?}");
    }
    let failed = Return::Failed { id: "p1".into(), code: "I002".into(), message: "취소".into() };
    assert_eq!(back(&[("authResultCode", "I002"), ("authResultMsg", "취소")]), Ok(failed));
    assert_eq!(back(&[("orderId", "")]), Err(ReturnError::Missing("orderId")));
}

#[test]
fn the_browser_gets_exactly_the_arguments_of_authnice() {
    let checkout = Checkout {
        id: "p1".into(),
        amount: Money::krw(13_000),
        order_name: "의자 \"특가\" | 무료배송 그리고 아주 긴 이름".into(),
        method: Method::VirtualAccount,
        escrow: true,
        customer: None,
        redirect_url: Some("http://localhost:8080/paid".into()),
        notice_urls: Vec::new(),
        confirm_url: None,
        deposit_due: Some(DateTime::UNIX_EPOCH),
        products: Vec::new(),
    };
    let json = serde_json::to_value(gateway().checkout(&checkout)).unwrap();
    let name = "의자 -특가- - 무료배송 그리고";
    assert_eq!(
        json["request"],
        json!({
            "clientId": "S2_client", "method": "vbank", "orderId": "p1", "amount": 13_000, "goodsName": name,
            "returnUrl": "http://localhost:8080/paid", "useEscrow": true, "currency": "KRW",
            "vbankHolder": name, "vbankExpDate": "197001010900",
        })
    );
}

#[test]
fn settings_are_named_when_they_are_wrong_and_secrets_are_not_shown() {
    let refused = |change: fn(&mut NicepayConfig)| {
        let mut config = config();
        change(&mut config);
        Nicepay::new(&config).unwrap_err().to_string()
    };
    assert!(refused(|it| it.base_url = "x".into()).starts_with("ESCROW_NICEPAY_BASE_URL"));
    assert!(refused(|it| it.client_key.clear()).starts_with("ESCROW_NICEPAY_CLIENT_KEY"));
    assert!(refused(|it| it.secret_key = Secret::new("두 말")).starts_with("ESCROW_NICEPAY_SECRET_KEY"));
    assert!(
        refused(|it| it.base_url = "https://api.nicepay.co.kr".into()).starts_with("ESCROW_NICEPAY_LIVE")
    );
    assert!(NicepayConfig::from_settings(|_| None).unwrap().is_none());
    let all = |name: &str| {
        Some(if name.ends_with("LIVE") { "true" } else { "https://api.nicepay.co.kr" }.to_owned())
    };
    assert_eq!(NicepayConfig::from_settings(all).unwrap().unwrap().limits, NicepayConfig::LIMITS);
    let text = format!("{:?} {:?}", config(), gateway());
    assert!(!text.contains("7f3a"), "{text}");
}
