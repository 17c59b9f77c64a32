//! The buyer's browser: to the window with our arguments, and back to us.

use domain::Money;
use gateways::{Answer, Checkout, Method, Return, verify};
use serde_json::Value;

use crate::stage::{ALL, Provider, Stage, approve};

const BACK: &str = "http://127.0.0.1:8080/payments/return";

fn checkout(id: &str) -> Checkout {
    Checkout {
        id: id.into(),
        amount: Money::krw(13_000),
        order_name: "나무 의자".into(),
        method: Method::Card,
        escrow: true,
        customer: None,
        redirect_url: Some(BACK.into()),
        notice_urls: Vec::new(),
        confirm_url: None,
        deposit_due: None,
        products: Vec::new(),
    }
}

/// Opens the window, presses a button, and answers what the browser brings back.
async fn click(stage: &Stage, id: &str, action: &str) -> Vec<(String, String)> {
    let page = stage.gateway.checkout(&checkout(id)).pay_url.unwrap();
    let shown = stage.client.get(&page).send().await.unwrap();
    assert_eq!(shown.status(), 200, "{page}: {}", shown.text().await.unwrap());
    let address = page.split('?').next().unwrap().to_owned();
    let answer = stage.client.post(address).body(format!("action={action}")).send().await.unwrap();
    if let Some(location) = answer.headers().get("location") {
        let url = reqwest::Url::parse(location.to_str().unwrap()).unwrap();
        assert!(url.as_str().starts_with(BACK), "{url}");
        return url.query_pairs().into_owned().collect();
    }
    inputs(&answer.text().await.unwrap())
}

/// The fields of a form that the browser posts by itself.
fn inputs(html: &str) -> Vec<(String, String)> {
    assert!(html.contains(&format!(r#"action="{BACK}""#)), "{html}");
    let fields = html.split(r#"<input type="hidden" name=""#).skip(1);
    let pairs = fields.map(|rest| {
        let (name, rest) = rest.split_once(r#"" value=""#).unwrap();
        (name.to_owned(), rest.split('"').next().unwrap().to_owned())
    });
    pairs.collect()
}

#[tokio::test]
async fn a_person_agrees_and_the_payment_is_made() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        let back = click(&stage, "p-1", "approve").await;
        match stage.gateway.parse_return(&back).unwrap() {
            Return::Finished { id } => assert_eq!((provider, id.as_str()), (Provider::PortoneV1, "p-1")),
            Return::ToApprove { id, transaction_id, amount, .. } => {
                assert_eq!((id.as_str(), amount), ("p-1", Some(Money::krw(13_000))), "{provider:?}");
                let approval = approve(&id, &transaction_id, 13_000);
                assert_eq!(stage.gateway.approve(&approval).await, Answer::Done(()), "{provider:?}");
            }
            failed @ Return::Failed { .. } => panic!("{provider:?} {failed:?}"),
        }
        let paid = stage.look("p-1").await;
        assert!(verify(&stage.expected("p-1", true), &paid).is_ok(), "{provider:?} {paid:?}");
    }
}

#[tokio::test]
async fn a_person_gives_up_and_nothing_is_captured() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        let back = click(&stage, "p-1", "abandon").await;
        let returned = stage.gateway.parse_return(&back).unwrap();
        assert!(matches!(&returned, Return::Failed { id, .. } if id == "p-1"), "{provider:?} {returned:?}");
        let seen = stage.gateway.lookup("p-1").await.unwrap();
        assert!(seen.is_none_or(|seen| !seen.is_captured()), "{provider:?}");
    }
}

#[tokio::test]
async fn what_the_browser_changes_on_its_way_is_not_taken_from_nicepay() {
    let stage = Stage::start(Provider::Nicepay).await;
    let mut back = click(&stage, "p-1", "approve").await;
    for (name, value) in &mut back {
        if name == "amount" {
            *value = Value::from(1).to_string();
        }
    }
    assert_eq!(stage.gateway.parse_return(&back), Err(gateways::ReturnError::Forged));
}
