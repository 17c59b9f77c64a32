//! Confirming what the buyer agreed to, deliveries, the confirmation of a purchase, and lists.

use domain::Money;
use gateways::{
    Address, Answer, Approve, Checkout, Courier, EscrowState, IdempotencyKey, Logistics, Method, Party,
    PaymentGateway, Product, RefusalKind, Return, Secret, Status,
};
use serde_json::json;

use crate::stage::Stage;

const REGISTER: &str = "POST /payments/{id}/escrow/logistics";
const CONFIRM: &str = "POST /payments/{id}/confirm";

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text).unwrap()
}

fn party() -> Party {
    Party {
        name: Some(Secret::new("김보냄")),
        phone: Some(Secret::new("0212345678")),
        postcode: Some(Secret::new("06000")),
        address: Some(Address { line_1: Secret::new("서울시 강남구"), line_2: Secret::new("101호") }),
        relationship: None,
    }
}

fn delivery(invoice: &str, products: Vec<Product>) -> Logistics {
    Logistics {
        id: "p-1".into(),
        key: key(&format!("delivery-of-p-1-{invoice}")),
        courier: Courier::from_portone_v1("CJGLS"),
        invoice: invoice.into(),
        sent_at: crate::stage::start_of_time(),
        arrives_on: Some("2027-01-16".parse().unwrap()),
        destination: None,
        sender: party(),
        receiver: party(),
        products,
        notify_buyer: true,
    }
}

fn chair() -> Product {
    Product { id: "7".into(), name: "나무 의자".into(), price: Money::krw(13_000), quantity: 1 }
}

async fn escrow_payment(stage: &Stage) {
    stage.act("p-1", "approve", json!({ "checkout": { "totalAmount": 13_000, "isEscrow": true } })).await;
}

#[tokio::test]
async fn a_delivery_is_registered_corrected_and_the_purchase_confirmed() {
    let stage = Stage::start().await;
    escrow_payment(&stage).await;
    let Answer::Refused(refusal) = stage.gateway.register_logistics(&delivery("1234", vec![])).await else {
        panic!()
    };
    assert_eq!(refusal.kind, RefusalKind::Unfit, "KG Inicis wants to know the products");
    assert_eq!(stage.asked(REGISTER).await.len(), 0);

    let order = delivery("1234", vec![chair()]);
    assert_eq!(stage.gateway.register_logistics(&order).await, Answer::Done(()));
    assert_eq!(
        stage.gateway.register_logistics(&order).await,
        Answer::Done(()),
        "the same key, the same answer"
    );
    assert_eq!(stage.look("p-1").await.escrow, Some(EscrowState::Registered));
    let corrected = delivery("5678", vec![chair()]);
    assert_eq!(stage.gateway.modify_logistics(&corrected).await, Answer::Done(()));
    assert_eq!(stage.gateway.confirm_escrow("p-1", &key("confirm-purchase-p-1")).await, Answer::Done(()));
    assert_eq!(stage.look("p-1").await.escrow, Some(EscrowState::Confirmed { automatically: false }));
}

#[tokio::test]
async fn a_lost_registration_is_repeated_under_its_key() {
    let stage = Stage::start().await;
    escrow_payment(&stage).await;
    stage.fault(json!({ "route": REGISTER, "fault": "timeout_after" })).await;
    let order = delivery("1234", vec![chair()]);
    assert_eq!(stage.gateway.register_logistics(&order).await, Answer::InDoubt);
    assert_eq!(stage.gateway.register_logistics(&order).await, Answer::Done(()));
}

/// Opens the window for a capture by us, agrees, and answers what the browser brings back.
async fn agree(stage: &Stage, id: &str) -> Return {
    let browser =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let checkout = Checkout {
        id: id.into(),
        amount: Money::krw(13_000),
        order_name: "나무 의자".into(),
        method: Method::Card,
        escrow: false,
        customer: None,
        redirect_url: Some("http://127.0.0.1:8080/paid".into()),
        notice_urls: Vec::new(),
        confirm_url: None,
        deposit_due: None,
        products: vec![],
    };
    let page = format!("{}&isManualCapture=true", stage.gateway.checkout(&checkout).pay_url.unwrap());
    assert_eq!(browser.get(&page).send().await.unwrap().status(), 200);
    let address = page.split('?').next().unwrap();
    let answer = browser.post(address).body("action=approve").send().await.unwrap();
    let url = reqwest::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    stage.gateway.parse_return(&url.query_pairs().into_owned().collect::<Vec<_>>()).unwrap()
}

#[tokio::test]
async fn what_the_buyer_agreed_to_is_captured_when_we_confirm_it() {
    let stage = Stage::start().await;
    let Return::ToApprove { id, transaction_id, token, .. } = agree(&stage, "p-1").await else { panic!() };
    assert!(!stage.look("p-1").await.is_captured());
    let approve = |amount, token: Option<Secret>| Approve {
        id: id.clone(),
        transaction_id: transaction_id.clone(),
        token,
        amount: Money::krw(amount),
        key: key(&format!("approve-payment-p-1-{amount}")),
    };
    let Answer::Refused(refusal) = stage.gateway.approve(&approve(13_000, None)).await else { panic!() };
    assert_eq!((refusal.kind, stage.asked(CONFIRM).await.len()), (RefusalKind::Unfit, 0));
    let wrong = stage.gateway.approve(&approve(12_999, token.clone())).await;
    assert!(matches!(wrong, Answer::Refused(_)), "{wrong:?}");
    stage.fault(json!({ "route": CONFIRM, "fault": "timeout_after" })).await;
    let order = approve(13_000, token);
    assert_eq!(stage.gateway.approve(&order).await, Answer::InDoubt);
    assert_eq!(stage.look("p-1").await.status, Status::Paid);
    assert_eq!(stage.gateway.approve(&order).await, Answer::Done(()), "the same key tells what happened");
}

#[tokio::test]
async fn every_payment_is_in_the_list() {
    let stage = Stage::start().await;
    for number in 0..3 {
        stage.paid(&format!("p-{number}"), 13_000).await;
    }
    let from = crate::stage::start_of_time() - chrono::TimeDelta::hours(1);
    let page = stage.gateway.list_since(from, None).await.unwrap();
    assert_eq!((page.ids, page.next), (vec!["p-0".into(), "p-1".into(), "p-2".into()], None));
    let later = from + chrono::TimeDelta::hours(2);
    assert_eq!(stage.gateway.list_since(later, None).await.unwrap().ids.len(), 0);
}
