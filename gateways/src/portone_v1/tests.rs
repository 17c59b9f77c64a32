use std::collections::BTreeMap;

use domain::Money;
use serde_json::{Value, json};

use super::*;
use crate::{
    Address, CancellationStatus, Courier, IdempotencyKey, Method, Party, Product, Proof, Refusal,
    RefusalKind, Secret, Status, TimeLimits, snapshot::EscrowState,
};

fn config() -> PortoneV1Config {
    PortoneV1Config {
        base_url: "http://127.0.0.1:1".into(),
        code: "imp00000000".into(),
        key: Secret::new("key-7f3a"),
        secret: Secret::new("secret-7f3a"),
        tier: None,
        channels: vec!["html5_inicis.shop01".into()],
        escrow_channel: Some("kcp.shop02".into()),
        live: false,
        sdk_url: "https://cdn.iamport.kr/v1/iamport.js".into(),
        pay_page: Some("http://127.0.0.1:9101".into()),
        limits: TimeLimits::default(),
    }
}

/// A paid card payment, with fields nobody knows, as text: the amount has a nought behind the point.
const PAID: &str = r#"{
    "imp_uid": "imp_448280090638", "merchant_uid": "018f3c1e7a2b7c3d8e4f0123456789ab", "pay_method": "card",
    "channel": "pc", "pg_provider": "html5_inicis", "pg_id": "shop01", "pg_tid": "T1", "sandbox": true,
    "escrow": true, "amount": 13000.0, "cancel_amount": 0, "currency": "KRW", "status": "paid",
    "started_at": 1772416000, "paid_at": 1772416225, "failed_at": 0, "cancelled_at": 0,
    "fail_reason": null, "cancel_reason": null, "cancel_history": [], "vbank_num": null, "vbank_date": 0,
    "hologram": {"depth": 3}
}"#;

fn changed(changes: Value) -> String {
    let mut document: Value = serde_json::from_str(PAID).unwrap();
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (name, value) in changes {
        document[name.as_str()] = value;
    }
    document.to_string()
}

fn read(document: &str) -> Result<Snapshot, String> {
    let body = format!(r#"{{"code":0,"message":null,"response":{document}}}"#);
    wire::answer::<wire::Payment>(body.as_bytes())?.map_err(|no| no.to_string())?.snapshot()
}

#[test]
fn a_paid_payment_is_read() {
    let paid = read(PAID).unwrap();
    assert_eq!(paid.id, "018f3c1e7a2b7c3d8e4f0123456789ab");
    assert_eq!(paid.transaction_id, "imp_448280090638");
    assert_eq!((paid.status.clone(), paid.total), (Status::Paid, Money::krw(13_000)));
    assert_eq!(paid.escrow, Some(EscrowState::Hidden));
    let channel = paid.channel.unwrap();
    assert_eq!(
        (channel.key.as_str(), channel.live, channel.pg),
        ("html5_inicis.shop01", false, Pg::KgInicis)
    );
    assert_eq!(paid.paid_at.unwrap().timestamp(), 1_772_416_225);
}

#[test]
fn every_status_is_told_apart() {
    let status = |changes| read(&changed(changes)).unwrap().status;
    assert_eq!(status(json!({ "status": "ready", "paid_at": 0 })), Status::Ready);
    assert!(matches!(
        status(json!({ "status": "ready", "paid_at": 0, "vbank_num": "123", "vbank_date": 1_772_500_000 })),
        Status::AwaitingDeposit { due_at: Some(_) }
    ));
    assert_eq!(
        status(json!({ "status": "failed", "paid_at": 0, "fail_reason": "한도초과" })),
        Status::Failed { code: "한도초과".into() }
    );
    assert_eq!(status(json!({ "status": "failed", "paid_at": 0 })), Status::Failed { code: "FAILED".into() });
    assert_eq!(status(json!({ "status": "cancelled", "cancel_amount": 13_000 })), Status::Cancelled);
    assert_eq!(status(json!({ "status": "settling" })), Status::Unknown("settling".into()));
    let partly = status(json!({ "status": "cancelled", "cancel_amount": 3_000 }));
    assert_eq!(partly, Status::PartialCancelled, "a part that went back is called cancelled, too");
    let called_off = read(&changed(json!({ "status": "cancelled", "paid_at": 0 }))).unwrap();
    assert!(!called_off.is_captured(), "an account nobody paid to");
}

#[test]
fn cancellations_are_ours_by_what_stands_behind_the_reason() {
    let history = json!([
        { "pg_tid": "T1", "amount": 1_000, "cancelled_at": 1_772_500_000, "cancellation_id": "c1",
          "reason": "단순 변심 [ref_018f3c1e-7a2b-7c3d-8e4f-0123456789ab]", "receipt_url": "x" },
        { "pg_tid": "T1", "amount": 2_000.0, "cancelled_at": 1_772_500_001, "reason": "콘솔" },
        { "pg_tid": "T1", "amount": 500, "cancelled_at": 0, "reason": null, "cancellation_id": "c3" },
    ]);
    let seen =
        read(&changed(json!({ "status": "cancelled", "cancel_amount": 3_000, "cancel_history": history })))
            .unwrap();
    assert_eq!(seen.cancelled, Money::krw(3_000));
    let ours = seen.cancellation_of("ref_018f3c1e-7a2b-7c3d-8e4f-0123456789ab").unwrap();
    assert_eq!((ours.id.as_str(), ours.amount), ("c1", Money::krw(1_000)));
    assert_eq!(seen.cancellations[1].refund, None);
    assert_eq!(seen.cancellations[1].id, "imp_448280090638.1");
    assert_eq!(seen.cancellations[2].status, CancellationStatus::Requested, "nought is never");
    let old = json!({ "status": "cancelled", "cancel_amount": 13_000, "cancelled_at": 1_772_500_000,
        "cancel_history": null });
    let old = read(&changed(old)).unwrap();
    assert_eq!((old.cancellations.len(), old.cancellations[0].amount), (1, Money::krw(13_000)));
}

#[test]
fn a_document_that_cannot_be_meant_is_refused() {
    for spoilt in [
        json!({ "paid_at": 0 }),
        json!({ "amount": 13_000.5 }),
        json!({ "amount": "13000" }),
        json!({ "amount": null }),
        json!({ "currency": "XXZ" }),
        json!({ "status": 3 }),
    ] {
        assert!(read(&changed(spoilt.clone())).is_err(), "{spoilt}");
    }
    assert!(read(&PAID[..PAID.len() / 2]).is_err(), "half a document");
    for nonsense in ["<html>502</html>", "", "[]", "null"] {
        assert!(wire::answer::<Value>(nonsense.as_bytes()).is_err(), "{nonsense}");
    }
}

#[test]
fn a_200_can_be_a_no() {
    let body = r#"{"code":1,"message":"취소할 결제건이 존재하지 않습니다.","response":null}"#;
    let no = wire::answer::<Value>(body.as_bytes()).unwrap().unwrap_err();
    let wanted = Refusal {
        kind: RefusalKind::Other,
        code: "1".into(),
        message: "취소할 결제건이 존재하지 않습니다.".into(),
    };
    assert_eq!(no, wanted);
    assert!(wire::is_a_no(br#"{"code":-1,"message":"Unauthorized"}"#));
    assert!(!wire::is_a_no(b"<html>not found</html>") && !wire::is_a_no(br#"{"code":0}"#));
}

#[test]
fn of_several_windows_the_one_that_captured_counts() {
    let payment = |uid: &str, changes: Value| {
        let mut all = changes;
        all["imp_uid"] = uid.into();
        serde_json::from_str::<wire::Payment>(&changed(all)).unwrap()
    };
    let failed = |uid: &str, started_at: i64| {
        payment(uid, json!({ "status": "failed", "paid_at": 0, "started_at": started_at }))
    };
    let counts = |all| wire::that_counts(all).unwrap().map(|seen| seen.transaction_id);
    assert_eq!(
        counts(vec![failed("late", 9), payment("paid", json!({})), failed("later", 10)]).unwrap(),
        "paid"
    );
    assert_eq!(counts(vec![failed("late", 9), failed("later", 10)]).unwrap(), "later");
    assert_eq!(counts(vec![]), None);
}

#[test]
fn webhooks_are_hints_and_nothing_more() {
    let body = br#"{"imp_uid":"imp_1","merchant_uid":"p1","status":"paid"}"#;
    let Ok(Hint::Payment { kind, payment_id, transaction_id, proof, webhook_id, .. }) = events::hint(body)
    else {
        panic!()
    };
    assert_eq!(
        (kind.as_str(), payment_id.as_str(), transaction_id.as_deref()),
        ("paid", "p1", Some("imp_1"))
    );
    assert_eq!((proof, webhook_id.len()), (Proof::Unsigned, 64));
    let Ok(Hint::Payment { cancellation_id, .. }) =
        events::hint(b"imp_uid=imp_1&merchant_uid=p1&status=cancelled&cancellation_id=c1")
    else {
        panic!("a form is read, too")
    };
    assert_eq!(cancellation_id.as_deref(), Some("c1"));
    let inicis = br#"{"event":"Inicis.Escrow.Changed","imp_uid":"imp_1","merchant_uid":"p1","status":"paid",
        "extra":{"escrow_status":"4","changed_at":1772416225,"denied_reason":"x"}}"#;
    let Ok(Hint::Payment { kind, .. }) = events::hint(inicis) else { panic!() };
    assert_eq!(kind, "Inicis.Escrow.Changed.4");
    let confirm = br#"{"imp_uid":"imp_1","merchant_uid":"p1","amount":13000.0}"#;
    let Ok(Hint::Approval { amount, payment_id, .. }) = events::hint(confirm) else { panic!() };
    assert_eq!((amount, payment_id.as_str()), (Some(13_000), "p1"));
    let fraction = br#"{"imp_uid":"imp_1","merchant_uid":"p1","amount":10.5}"#;
    assert!(matches!(events::hint(fraction), Ok(Hint::Approval { amount: None, .. })));
    for wrong in [&b"{}"[..], b"", b"{\"imp_uid\":", b"<html>", b"{\"merchant_uid\":\"p1\"}"] {
        assert!(
            matches!(events::hint(wrong), Err(WebhookError::Body(_))),
            "{}",
            String::from_utf8_lossy(wrong)
        );
    }
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_browsers_way_back_is_read() {
    let back = |given: &[(&str, &str)]| checkout::returned(&pairs(given));
    let finished = Return::Finished { id: "p1".into() };
    assert_eq!(back(&[("imp_uid", "imp_1"), ("merchant_uid", "p1"), ("imp_success", "true")]), Ok(finished));
    let given =
        [("merchant_uid", "p1"), ("imp_success", "false"), ("error_code", "F400"), ("error_msg", "취소")];
    let failed = Return::Failed { id: "p1".into(), code: "F400".into(), message: "취소".into() };
    assert_eq!(back(&given), Ok(failed));
    assert_eq!(back(&[("imp_uid", "imp_1")]), Err(ReturnError::Missing("merchant_uid")));
    let twice = [("merchant_uid", "p1"), ("merchant_uid", "p2")];
    assert_eq!(back(&twice), Err(ReturnError::Missing("merchant_uid")));
}

fn order() -> Checkout {
    Checkout {
        id: "018f3c1e7a2b7c3d8e4f0123456789ab".into(),
        amount: Money::krw(13_000),
        order_name: "나무 의자".into(),
        method: Method::VirtualAccount,
        escrow: true,
        customer: None,
        redirect_url: Some("http://localhost:8080/paid".into()),
        notice_urls: Vec::new(),
        confirm_url: None,
        deposit_due: Some(DateTime::UNIX_EPOCH),
        products: vec![Product {
            id: "7".into(),
            name: "의자".into(),
            price: Money::krw(6_500),
            quantity: 2,
        }],
    }
}

#[test]
fn the_browser_gets_exactly_the_arguments_of_request_pay() {
    let gateway = PortoneV1::new(&config()).unwrap();
    let json = serde_json::to_value(gateway.checkout(&order())).unwrap();
    assert_eq!(
        json["request"],
        json!({
            "impCode": "imp00000000", "pg": "kcp.shop02", "pay_method": "vbank", "escrow": true,
            "merchant_uid": "018f3c1e7a2b7c3d8e4f0123456789ab", "name": "나무 의자", "amount": 13_000,
            "currency": "KRW", "m_redirect_url": "http://localhost:8080/paid", "vbank_due": "197001010900",
            "kcpProducts": [{ "orderNumber": "7", "name": "의자", "quantity": 2, "amount": 6_500 }],
        })
    );
    let page = Url::parse(json["payUrl"].as_str().unwrap()).unwrap();
    let query: BTreeMap<_, _> = page.query_pairs().into_owned().collect();
    assert_eq!((query["amount"].as_str(), query["escrow"].as_str()), ("13000", "true"));
    let plain = gateway.checkout(&Checkout { escrow: false, ..order() });
    assert_eq!(serde_json::to_value(plain).unwrap()["request"]["pg"], "html5_inicis.shop01");
}

#[test]
fn a_delivery_is_told_in_the_words_of_v1() {
    let address = Address { line_1: Secret::new("서울시 강남구"), line_2: Secret::new("101호") };
    let party = Party {
        name: Some(Secret::new("김")),
        phone: Some(Secret::new("010")),
        postcode: Some(Secret::new("06000")),
        address: Some(address.clone()),
        relationship: Some("본인".into()),
    };
    let body = escrow::body(&Logistics {
        id: "p1".into(),
        key: IdempotencyKey::new("delivery-of-payment-p1").unwrap(),
        courier: Courier::from_portone_v2("CJ"),
        invoice: "1234".into(),
        sent_at: DateTime::UNIX_EPOCH,
        arrives_on: Some("2026-03-03".parse().unwrap()),
        destination: Some(address),
        sender: party,
        receiver: Party::default(),
        products: Vec::new(),
        notify_buyer: true,
    });
    let formed = json!({ "address_line_1": "서울시 강남구", "address_line_2": "101호" });
    assert_eq!(
        body,
        json!({
            "sender": { "name": "김", "tel": "010", "postcode": "06000", "addr": "서울시 강남구 101호",
                "formed_address": formed, "relationship": "본인" },
            "receiver": {},
            "logis": { "company": "CJGLS", "invoice": "1234", "sent_at": 0, "receiving_at": "20260303",
                "address": "서울시 강남구 101호" },
            "products": [],
            "send_email": true,
        })
    );
}

#[test]
fn settings_are_named_when_they_are_wrong_and_secrets_are_not_shown() {
    let refused = |change: fn(&mut PortoneV1Config)| {
        let mut config = config();
        change(&mut config);
        PortoneV1::new(&config).unwrap_err().to_string()
    };
    assert!(refused(|it| it.base_url = "ftp://x".into()).starts_with("ESCROW_PORTONE_V1_BASE_URL"));
    assert!(refused(|it| it.key = Secret::new("")).starts_with("ESCROW_PORTONE_V1_KEY"));
    assert!(refused(|it| it.secret = Secret::new("two words")).starts_with("ESCROW_PORTONE_V1_SECRET"));
    assert!(refused(|it| it.code = "store-1".into()).starts_with("ESCROW_PORTONE_V1_CODE"));
    assert!(
        refused(|it| it.channels = vec!["html5_inicis".into()]).starts_with("ESCROW_PORTONE_V1_CHANNELS")
    );
    assert!(refused(|it| it.channels.clear()).starts_with("ESCROW_PORTONE_V1_CHANNELS"));
    assert!(PortoneV1Config::from_settings(|_| None).unwrap().is_none());
    let half = |name: &str| (name == "ESCROW_PORTONE_V1_LIVE").then(|| "true".to_owned());
    let missing = PortoneV1Config::from_settings(half).unwrap_err().to_string();
    assert!(missing.starts_with("ESCROW_PORTONE_V1_CODE"), "{missing}");
    let text = format!("{:?} {:?}", config(), PortoneV1::new(&config()).unwrap());
    assert!(!text.contains("7f3a"), "{text}");
}
