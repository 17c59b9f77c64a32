//! Registering, looking up, verifying and cancelling, when all goes well and when it does not.

use domain::{
    Money,
    payment::{Custody, Mismatch},
};
use gateways::{
    Answer, CancellationStatus, Checkout, CredentialError, LookupError, Method, PaymentGateway, Prepare,
    Rejection, Secret, Status, verify,
};
use serde_json::{Value, json};

use crate::stage::{Stage, connector, refund};

const CANCEL: &str = "POST /payments/{id}/cancel";
const REGISTER: &str = "POST /payments/{id}/pre-register";
const SHOW: &str = "GET /payments/{id}";
const KEY: &str = "ref_018f3c1e-7a2b-7c3d-8e4f-000000000001";

fn prepare(id: &str, amount: i64) -> Prepare {
    Prepare { id: id.into(), amount: Money::krw(amount) }
}

#[tokio::test]
async fn a_payment_is_prepared_paid_verified_and_refunded() {
    let stage = Stage::start().await;
    assert_eq!(stage.gateway.check_credentials().await, Ok(()));
    assert_eq!(stage.gateway.lookup("p-1").await, Ok(None));
    let snapshot = stage.paid("p-1", 13_000).await;
    let verified = verify(&stage.expected("p-1", 13_000), &snapshot).unwrap();
    assert_eq!((verified.amount, verified.custody), (Money::krw(13_000), Custody::Platform));
    assert_eq!(verified.method, "card");

    let Answer::Done(made) = stage.gateway.cancel(&refund("p-1", 3_000, 13_000, KEY)).await else { panic!() };
    assert_eq!(made.amount, Money::krw(3_000));
    let snapshot = stage.look("p-1").await;
    assert_eq!((snapshot.status.clone(), snapshot.cancelled), (Status::PartialCancelled, Money::krw(3_000)));
    let seen = snapshot.cancellation_of(KEY).unwrap();
    assert_eq!((seen.id.as_str(), &seen.status), (made.id.as_str(), &CancellationStatus::Succeeded));
    assert_eq!(snapshot.cancellation_of("ref_018f3c1e-7a2b-7c3d-8e4f-000000000002"), None);
}

#[tokio::test]
async fn every_post_carries_a_quoted_key_and_a_repeated_one_is_carried_out_once() {
    let stage = Stage::start().await;
    stage.paid("p-1", 13_000).await;
    let first = stage.gateway.cancel(&refund("p-1", 3_000, 13_000, KEY)).await;
    let again = stage.gateway.cancel(&refund("p-1", 3_000, 13_000, KEY)).await;
    assert_eq!(first, again);
    assert_eq!(stage.look("p-1").await.cancelled, Money::krw(3_000));
    let keys: Vec<Value> =
        stage.asked(CANCEL).await.into_iter().map(|asked| asked["idempotencyKey"].clone()).collect();
    assert_eq!(keys, [json!(format!("\"{KEY}\"")), json!(format!("\"{KEY}\""))]);
    assert_eq!(stage.asked(REGISTER).await[0]["idempotencyKey"], "\"prepare-payment-p-1\"");

    // After three hours the key is forgotten: what we believe is left keeps the refund from being a second one.
    stage.advance(181);
    let Answer::Refused(refusal) = stage.gateway.cancel(&refund("p-1", 3_000, 13_000, KEY)).await else {
        panic!()
    };
    assert_eq!(refusal.code, "CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN");
    assert_eq!(stage.look("p-1").await.cancelled, Money::krw(3_000));
}

#[tokio::test]
async fn a_lost_answer_is_a_doubt_that_a_look_up_ends() {
    let stage = Stage::start().await;
    for (number, fault) in ["timeout_after", "reset_after", "truncated", "invalid_json"].iter().enumerate() {
        let id = format!("p-{number}");
        stage.paid(&id, 13_000).await;
        stage.fault(json!({ "route": CANCEL, "fault": fault })).await;
        let order = refund(&id, 13_000, 13_000, KEY);
        assert_eq!(stage.gateway.cancel(&order).await, Answer::InDoubt, "{fault}");
        let snapshot = stage.look(&id).await;
        assert_eq!(snapshot.status, Status::Cancelled, "{fault}");
        assert_eq!(snapshot.cancellation_of(KEY).unwrap().status, CancellationStatus::Succeeded);
        assert!(
            matches!(stage.gateway.cancel(&order).await, Answer::Done(_)),
            "the same key tells what happened"
        );
        assert_eq!(stage.look(&id).await.cancellations.len(), 1, "{fault}");
    }
}

#[tokio::test]
async fn a_lost_call_is_a_doubt_and_nothing_happened() {
    let stage = Stage::start().await;
    let faults = [
        json!("timeout_before"),
        json!("reset"),
        json!({ "error": { "status": 500 } }),
        json!({ "error": { "status": 503 } }),
        json!({ "error": { "status": 429 } }),
    ];
    for (number, fault) in faults.iter().enumerate() {
        let id = format!("p-{number}");
        stage.fault(json!({ "route": REGISTER, "paymentId": id, "fault": fault })).await;
        assert_eq!(stage.gateway.prepare(&prepare(&id, 13_000)).await, Answer::InDoubt, "{fault}");
        assert_eq!(
            stage.asked(REGISTER).await.len(),
            2 * number + 1,
            "a change is never sent twice by itself"
        );
        stage.paid(&id, 13_000).await;
        stage.fault(json!({ "route": CANCEL, "fault": fault })).await;
        assert_eq!(stage.gateway.cancel(&refund(&id, 13_000, 13_000, KEY)).await, Answer::InDoubt, "{fault}");
        assert_eq!(stage.look(&id).await.status, Status::Paid, "{fault}");
    }
}

#[tokio::test]
async fn a_call_under_way_makes_the_same_call_a_doubt() {
    let stage = Stage::start().await;
    stage.paid("p-1", 13_000).await;
    stage.fault(json!({ "route": CANCEL, "fault": { "delay": { "millis": 300 } }, "times": 2 })).await;
    let order = refund("p-1", 13_000, 13_000, KEY);
    let (one, other) = tokio::join!(stage.gateway.cancel(&order), stage.gateway.cancel(&order));
    let (done, doubt) = if one == Answer::InDoubt { (other, one) } else { (one, other) };
    assert!(matches!(done, Answer::Done(_)), "{done:?}");
    assert_eq!(doubt, Answer::InDoubt);
    assert_eq!(stage.look("p-1").await.cancellations.len(), 1);
}

#[tokio::test]
async fn a_refund_may_be_taken_on_and_settled_later() {
    let stage = Stage::start().await;
    for (id, succeeded, ends) in [("p-1", true, Status::Cancelled), ("p-2", false, Status::Paid)] {
        stage.paid(id, 13_000).await;
        stage.fault(json!({ "route": CANCEL, "fault": "cancel_requested" })).await;
        let answer = stage.gateway.cancel(&refund(id, 13_000, 13_000, KEY)).await;
        assert!(matches!(answer, Answer::Pending(_)), "{answer:?}");
        assert_eq!(stage.look(id).await.cancelled, Money::krw(0), "not money yet");
        stage.act(id, "settle", json!({ "succeeded": succeeded })).await;
        assert_eq!(stage.look(id).await.status, ends);
    }
    stage.paid("p-3", 13_000).await;
    stage.fault(json!({ "route": CANCEL, "fault": "cancel_failed" })).await;
    assert!(matches!(stage.gateway.cancel(&refund("p-3", 13_000, 13_000, KEY)).await, Answer::Refused(_)));
}

#[tokio::test]
async fn refusals_are_told_with_the_gateways_code() {
    let stage = Stage::start().await;
    let code = async |order| match stage.gateway.cancel(&order).await {
        Answer::Refused(refusal) => refusal.code,
        other @ (Answer::Done(_) | Answer::Pending(_) | Answer::InDoubt) => panic!("{other:?}"),
    };
    assert_eq!(code(refund("nobody", 1, 1, KEY)).await, "PAYMENT_NOT_FOUND");
    stage.act("p-1", "open", json!({ "checkout": { "totalAmount": 13_000 } })).await;
    assert_eq!(code(refund("p-1", 1, 1, KEY)).await, "PAYMENT_NOT_PAID");
    stage.act("p-1", "approve", json!({})).await;
    assert_eq!(
        code(refund("p-1", 1, 12_999, &format!("{KEY}-b"))).await,
        "CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN"
    );
    let more = "CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT";
    assert_eq!(code(refund("p-1", 13_001, 13_000, &format!("{KEY}-c"))).await, more);
    assert_eq!(code(refund("p-1", 0, 13_000, KEY)).await, "INVALID_REQUEST");
    let Answer::Refused(paid) = stage.gateway.prepare(&prepare("p-1", 13_000)).await else { panic!() };
    assert_eq!(paid.code, "ALREADY_PAID");

    let escrow = json!({ "checkout": { "totalAmount": 13_000, "isEscrow": true } });
    stage.act("p-2", "approve", escrow).await;
    assert_eq!(code(refund("p-2", 1_000, 13_000, KEY)).await, "PG_PROVIDER");
}

#[tokio::test]
async fn every_deviation_of_a_capture_is_a_mismatch() {
    let stage = Stage::start().await;
    let cases = [
        (json!({ "totalAmount": 12_999 }), "amount"),
        (json!({ "currency": "USD" }), "amount"),
        (json!({ "escrow": true }), "escrow_flag"),
        (json!({ "channelKey": "channel-key-of-somebody" }), "channel"),
        (json!({ "storeId": "store-of-somebody" }), "channel"),
        (json!({ "live": true }), "live_flag"),
        (json!({ "paymentId": "another" }), "identity"),
    ];
    for (number, (deviation, kind)) in cases.iter().enumerate() {
        let id = format!("p-{number}");
        stage.gateway.prepare(&prepare(&id, 13_000)).await;
        stage.act(&id, "approve", json!({ "deviate": deviation })).await;
        let Err(Rejection::Mismatched(found)) = verify(&stage.expected(&id, 13_000), &stage.look(&id).await)
        else {
            panic!("{deviation} was not found")
        };
        let found: Vec<_> =
            found.iter().map(|it: &Mismatch| serde_json::to_value(it).unwrap()["kind"].clone()).collect();
        assert_eq!(found, [json!(kind)], "{deviation}");
    }
}

#[tokio::test]
async fn a_virtual_account_is_waited_for_and_a_deposit_can_be_taken_back() {
    let stage = Stage::start().await;
    stage.act("p-1", "issue", json!({ "checkout": { "totalAmount": 13_000, "isEscrow": true } })).await;
    let snapshot = stage.look("p-1").await;
    assert!(matches!(snapshot.status, Status::AwaitingDeposit { due_at: Some(_) }));
    stage.act("p-1", "deposit", json!({})).await;
    let expected = gateways::Expected { escrow: true, ..stage.expected("p-1", 13_000) };
    assert_eq!(verify(&expected, &stage.look("p-1").await).unwrap().custody, Custody::GatewayEscrow);
    stage.act("p-1", "reverse", json!({})).await;
    assert!(matches!(verify(&expected, &stage.look("p-1").await), Err(Rejection::NotCaptured(_))));
}

#[tokio::test]
async fn look_ups_are_repeated_a_little_and_never_for_ever() {
    let stage = Stage::start().await;
    stage.paid("p-1", 13_000).await;
    for fault in [
        json!({ "error": { "status": 502 } }),
        json!("reset"),
        json!("truncated"),
        json!({ "error": { "status": 429 } }),
    ] {
        stage.fault(json!({ "route": SHOW, "fault": fault, "times": 2 })).await;
        assert_eq!(stage.look("p-1").await.status, Status::Paid, "{fault}");
    }
    let before = stage.asked(SHOW).await.len();
    stage.fault(json!({ "route": SHOW, "fault": { "error": { "status": 500 } }, "times": 9 })).await;
    assert!(matches!(stage.gateway.lookup("p-1").await, Err(LookupError::Unavailable(_))));
    assert_eq!(stage.asked(SHOW).await.len() - before, 3);
}

#[tokio::test]
async fn wrong_credentials_are_named_by_their_setting() {
    let stage = Stage::start().await;
    let wrong = |error| match error {
        Err(CredentialError::Wrong { setting, .. }) => setting,
        other => panic!("{other:?}"),
    };
    let secret = connector(&stage.sandbox, |config| config.api_secret = Secret::new("not-the-secret"));
    assert_eq!(wrong(secret.check_credentials().await), "ESCROW_PORTONE_V2_API_SECRET");
    assert_eq!(
        secret.lookup("p").await,
        Err(LookupError::Unauthorized { setting: "ESCROW_PORTONE_V2_API_SECRET" })
    );
    assert_eq!(secret.prepare(&prepare("p-1", 1)).await, Answer::InDoubt, "says nothing about the payment");
    let store = connector(&stage.sandbox, |config| config.store_id = "store-of-somebody".into());
    assert_eq!(wrong(store.check_credentials().await), "ESCROW_PORTONE_V2_STORE_ID");
    let address = connector(&stage.sandbox, |config| config.base_url = format!("{}/v9", config.base_url));
    assert_eq!(wrong(address.check_credentials().await), "ESCROW_PORTONE_V2_URL");
    let nobody = connector(&stage.sandbox, |config| config.base_url = "http://127.0.0.1:9".into());
    assert!(matches!(nobody.check_credentials().await, Err(CredentialError::Unavailable(_))));
}

#[tokio::test]
async fn a_person_pays_on_the_page_and_returns_to_the_shop() {
    let stage = Stage::start().await;
    let browser =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let checkout = |id: &str, amount| Checkout {
        id: id.into(),
        amount: Money::krw(amount),
        order_name: "<b>나무 의자</b>".into(),
        method: Method::Card,
        escrow: true,
        customer: None,
        redirect_url: Some("http://127.0.0.1:8080/orders/1?step=paid".into()),
        notice_urls: Vec::new(),
        deposit_due: None,
        confirm_url: None,
        products: Vec::new(),
    };
    stage.gateway.prepare(&prepare("p-1", 13_000)).await;
    let page = |checkout| stage.gateway.checkout(&checkout).pay_url.unwrap();
    let shown = browser.get(page(checkout("p-1", 13_000))).send().await.unwrap();
    assert_eq!(shown.status(), 200);
    let html = shown.text().await.unwrap();
    assert!(html.contains("&lt;b&gt;나무 의자&lt;/b&gt;") && html.contains("13,000"), "{html}");
    assert_eq!(stage.look("p-1").await.status, Status::Ready);

    let click = async |action: &str| {
        let url = format!("{}/pay/p-1", stage.sandbox.portone_v2_url());
        let answer = browser.post(url).body(format!("action={action}")).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    assert!(click("abandon").await.contains("code=PAY_PROCESS_CANCELED"));
    assert_eq!(stage.look("p-1").await.status, Status::Ready);
    let back = click("approve").await;
    let paid = stage.look("p-1").await;
    let wanted = format!("&paymentId=p-1&transactionType=PAYMENT&txId={}", paid.transaction_id);
    assert_eq!(back, format!("http://127.0.0.1:8080/orders/1?step=paid{wanted}"));
    assert!(verify(&gateways::Expected { escrow: true, ..stage.expected("p-1", 13_000) }, &paid).is_ok());

    stage.gateway.prepare(&prepare("p-2", 13_000)).await;
    let cheaper = browser.get(page(checkout("p-2", 100))).send().await.unwrap();
    assert_eq!(cheaper.status(), 409, "the window refuses another amount than the registered one");
    assert_eq!(stage.gateway.lookup("p-2").await, Ok(None));
}
