use std::collections::BTreeMap;

use domain::{Currency, Money};
use serde_json::{Value, value::RawValue};

use super::*;
use crate::{
    checkout::Method,
    secret::Secret,
    snapshot::{CancellationStatus, EscrowState, Status},
};

const FIXTURES: &str = include_str!("../../../sandbox/tests/fixtures/portone-v2-payments.json");

fn config() -> PortoneV2Config {
    PortoneV2Config {
        base_url: "http://127.0.0.1:1".into(),
        api_secret: Secret::new("api-secret-7f3a"),
        webhook_secrets: vec![Secret::new("whsec_c2VjcmV0LW9uZQ==")],
        store_id: "store-1".into(),
        channels: vec!["card-1".into()],
        escrow_channel: Some("escrow-1".into()),
        live: false,
        sdk_url: "https://cdn.portone.io/v2/browser-sdk.js".into(),
        pay_page: Some("http://127.0.0.1:9101".into()),
        limits: crate::TimeLimits::default(),
    }
}

fn fixture(name: &str) -> Snapshot {
    let all: BTreeMap<String, &RawValue> = serde_json::from_str(FIXTURES).unwrap();
    wire::snapshot(all.get(name).unwrap().get().as_bytes()).unwrap()
}

#[test]
fn every_documented_payment_is_read() {
    let all: BTreeMap<String, &RawValue> = serde_json::from_str(FIXTURES).unwrap();
    assert_eq!(all.len(), 14);
    for (name, document) in &all {
        let snapshot = wire::snapshot(document.get().as_bytes()).unwrap();
        assert_eq!(snapshot.total, Money::krw(13_000), "{name}");
        assert!(!matches!(snapshot.status, Status::Unknown(_)), "{name}");
        let captured = name.starts_with("PAID") || name.ends_with("CANCELLED");
        assert_eq!(snapshot.is_captured(), captured, "{name}");
    }
}

#[test]
fn statuses_escrow_and_cancellations_are_told_apart() {
    assert!(matches!(fixture("VIRTUAL_ACCOUNT_ISSUED").status, Status::AwaitingDeposit { due_at: Some(_) }));
    assert_eq!(fixture("FAILED").status, Status::Failed { code: "3011".into() });
    assert_eq!(fixture("PAID/CONFIRMED").escrow, Some(EscrowState::Confirmed { automatically: true }));
    assert_eq!(fixture("PAID/card").escrow, None);
    assert_eq!(fixture("PAID/card").method, "card");
    assert_eq!(fixture("PAID/DELIVERED").method, "virtual_account");
    let partly = fixture("PARTIAL_CANCELLED");
    assert_eq!((partly.status.clone(), partly.cancelled), (Status::PartialCancelled, Money::krw(3_000)));
    assert_eq!(partly.cancellations[0].status, CancellationStatus::Succeeded);
    assert_eq!(partly.cancellations[0].refund, None, "nobody of ours asked for it");
}

#[test]
fn unknown_words_and_fields_are_kept_and_conclude_nothing() {
    let all: BTreeMap<String, Value> = serde_json::from_str(FIXTURES).unwrap();
    let mut document = all["PAID/card"].clone();
    document["status"] = "SETTLING".into();
    document["hologram"] = serde_json::json!({ "depth": 3 });
    document["currency"] = "CURRENCY_USD".into();
    let snapshot = wire::snapshot(document.to_string().as_bytes()).unwrap();
    assert_eq!(snapshot.status, Status::Unknown("SETTLING".into()));
    assert_eq!(snapshot.total.currency, Currency::USD);
    assert!(!snapshot.is_captured());
}

#[test]
fn a_document_that_cannot_be_meant_is_refused() {
    let all: BTreeMap<String, Value> = serde_json::from_str(FIXTURES).unwrap();
    let spoilt = |field: &str, value: Value| {
        let mut document = all["PAID/card"].clone();
        document[field] = value;
        wire::snapshot(document.to_string().as_bytes())
    };
    assert!(spoilt("currency", "XXZ".into()).is_err());
    assert!(spoilt("paidAt", Value::Null).is_err());
    assert!(spoilt("amount", serde_json::json!({ "total": 13_000.5 })).is_err());
    assert!(spoilt("amount", serde_json::json!({ "total": "13000" })).is_err());
    assert!(wire::snapshot(b"{\"status\":\"PAID\"").is_err());
}

#[test]
fn a_refund_is_found_again_by_what_stands_behind_its_reason() {
    let key = IdempotencyKey::new("ref_018f3c1e-7a2b-7c3d-8e4f-0123456789ab").unwrap();
    let long = "가".repeat(80);
    let reason = reason::with_key(&long, &key);
    let body = format!(
        r#"{{"cancellation":{{"status":"REQUESTED","id":"c1","totalAmount":500,"taxFreeAmount":0,"vatAmount":45,
            "reason":"{reason}","requestedAt":"2026-03-02T01:23:45.678Z"}}}}"#
    );
    let made = Cancellation { id: "c1".into(), amount: Money::krw(500), cancelled_at: None };
    assert_eq!(wire::cancellation(body.as_bytes(), Currency::KRW), Answer::Pending(made));
    let cut = &body.as_bytes()[..body.len() / 2];
    assert_eq!(wire::cancellation(cut, Currency::KRW), Answer::InDoubt);
}

#[test]
fn the_browser_gets_exactly_the_arguments_of_request_payment() {
    let gateway = PortoneV2::new(&config()).unwrap();
    let checkout = Checkout {
        id: "018f3c1e7a2b7c3d8e4f0123456789ab".into(),
        amount: Money::krw(13_000),
        order_name: "나무 의자 & 1건".into(),
        method: Method::VirtualAccount,
        escrow: true,
        customer: None,
        redirect_url: Some("http://localhost:8080/paid?order=1".into()),
        notice_urls: vec!["http://localhost:8080/webhooks/portone_v2".into()],
        deposit_due: Some(DateTime::UNIX_EPOCH),
        confirm_url: None,
        products: Vec::new(),
    };
    let params = gateway.checkout(&checkout);
    let json = serde_json::to_value(&params).unwrap();
    assert_eq!(
        json["request"],
        serde_json::json!({
            "storeId": "store-1",
            "channelKey": "escrow-1",
            "paymentId": "018f3c1e7a2b7c3d8e4f0123456789ab",
            "orderName": "나무 의자 & 1건",
            "totalAmount": 13_000,
            "currency": "KRW",
            "payMethod": "VIRTUAL_ACCOUNT",
            "isEscrow": true,
            "redirectUrl": "http://localhost:8080/paid?order=1",
            "noticeUrls": ["http://localhost:8080/webhooks/portone_v2"],
            "virtualAccount": { "accountExpiry": { "dueDate": "1970-01-01T00:00:00Z" } },
        })
    );
    let page = Url::parse(json["payUrl"].as_str().unwrap()).unwrap();
    assert_eq!(page.path(), "/pay/018f3c1e7a2b7c3d8e4f0123456789ab");
    let query: BTreeMap<_, _> = page.query_pairs().into_owned().collect();
    assert_eq!(query["orderName"], "나무 의자 & 1건");
    assert_eq!(query["redirectUrl"], "http://localhost:8080/paid?order=1");
    assert_eq!(query["totalAmount"], "13000");
}

#[test]
fn nothing_secret_is_in_a_debug_text() {
    let config = config();
    let gateway = PortoneV2::new(&config).unwrap();
    let text = format!("{config:?} {gateway:?}");
    assert!(!text.contains("7f3a") && !text.contains("c2VjcmV0"), "{text}");
}

#[test]
fn settings_are_named_when_they_are_wrong() {
    let refused = |change: fn(&mut PortoneV2Config)| {
        let mut config = config();
        change(&mut config);
        PortoneV2::new(&config).unwrap_err().to_string()
    };
    assert!(refused(|it| it.base_url = "ftp://x".into()).starts_with("ESCROW_PORTONE_V2_URL"));
    assert!(
        refused(|it| it.api_secret = Secret::new("two words")).starts_with("ESCROW_PORTONE_V2_API_SECRET")
    );
    assert!(refused(|it| it.webhook_secrets.clear()).starts_with("ESCROW_PORTONE_V2_WEBHOOK_SECRETS"));
    assert!(
        refused(|it| it.webhook_secrets = vec![Secret::new("%")])
            .starts_with("ESCROW_PORTONE_V2_WEBHOOK_SECRETS")
    );
    assert!(refused(|it| it.store_id.clear()).starts_with("ESCROW_PORTONE_V2_STORE_ID"));
    assert!(refused(|it| it.channels.clear()).starts_with("ESCROW_PORTONE_V2_CHANNELS"));

    assert!(PortoneV2Config::from_settings(|_| None).unwrap().is_none());
    let half = |name: &str| (name == "ESCROW_PORTONE_V2_LIVE").then(|| "true".to_owned());
    let missing = PortoneV2Config::from_settings(half).unwrap_err().to_string();
    assert!(missing.starts_with("ESCROW_PORTONE_V2_API_SECRET"), "{missing}");
}

#[test]
fn the_browsers_way_back_is_read() {
    let back = |given: &[(&str, &str)]| {
        let pairs: Vec<_> = given.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        checkout::returned(&pairs)
    };
    let finished = Ok(Return::Finished { id: "p1".into() });
    assert_eq!(back(&[("paymentId", "p1"), ("transactionType", "PAYMENT"), ("txId", "t1")]), finished);
    assert_eq!(back(&[("payment_id", "p1")]), finished);
    let failed = Return::Failed { id: "p1".into(), code: "PAY_PROCESS_CANCELED".into(), message: "x".into() };
    assert_eq!(back(&[("paymentId", "p1"), ("code", "PAY_PROCESS_CANCELED"), ("message", "x")]), Ok(failed));
    let Ok(Return::ToApprove { transaction_id, token: Some(token), .. }) =
        back(&[("paymentId", "p1"), ("txId", "t1"), ("paymentToken", "token-7f3a")])
    else {
        panic!()
    };
    assert_eq!((transaction_id.as_str(), token.expose()), ("t1", "token-7f3a"));
    assert_eq!(back(&[("txId", "t1")]), Err(ReturnError::Missing("payment_id")));
}

#[test]
fn the_gateways_question_before_it_captures_is_read() {
    let body = r#"{"type":"Transaction.Confirm","timestamp":"2026-03-02T01:23:45.678Z","data":{"storeId":"store-1",
        "paymentId":"p1","transactionId":"t1","totalAmount":13000}}"#;
    let asked = events::hint("w1", body.as_bytes(), "store-1").unwrap();
    let wanted = Hint::Approval {
        webhook_id: "w1".into(),
        payment_id: "p1".into(),
        transaction_id: Some("t1".into()),
        amount: Some(13_000),
        proof: crate::Proof::Signed,
    };
    assert_eq!(asked, wanted);
    let foreign = events::hint("w1", body.as_bytes(), "store-2");
    assert!(matches!(foreign, Ok(Hint::Ignored { .. })), "of another store");
}
