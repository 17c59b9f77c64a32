//! What the gateways tell us, and what we make of it.

use gateways::{Hint, Proof, WebhookError};
use serde_json::json;

use crate::stage::{Arrived, Provider, Stage, card};

fn parse(stage: &Stage, webhook: &Arrived) -> Result<Hint, WebhookError> {
    stage.gateway.parse_webhook(&webhook.headers, &webhook.body, stage.now())
}

/// The payment, and how far it is proven.
async fn next(stage: &mut Stage) -> (String, Proof) {
    let webhook = stage.webhook().await;
    let hint = parse(stage, &webhook).unwrap();
    let about =
        if let Hint::Payment { payment_id, proof, .. } = hint { Some((payment_id, proof)) } else { None };
    about.unwrap()
}

#[tokio::test]
async fn portone_v1_proves_nothing() {
    let mut stage = Stage::start(Provider::PortoneV1).await;
    let paid = stage.pay("p-1", card()).await;
    let (payment_id, proof) = next(&mut stage).await;
    assert_eq!((payment_id.as_str(), &proof), ("p-1", &Proof::Unsigned));
    assert!(!proof.holds(&paid));
}

#[tokio::test]
async fn nicepay_signs_and_a_forged_signature_is_refused() {
    let mut stage = Stage::start(Provider::Nicepay).await;
    stage.pay("p-1", card()).await;
    let (payment_id, proof) = next(&mut stage).await;
    assert_eq!((payment_id.as_str(), &proof), ("p-1", &Proof::Signed));
    stage.fault(json!({ "route": "webhook", "fault": "forge" })).await;
    stage.pay("p-2", card()).await;
    let forged = stage.webhook().await;
    assert_eq!(parse(&stage, &forged), Err(WebhookError::NoMatchingSignature));
}

#[tokio::test]
async fn toss_carries_a_secret_that_the_payment_confirms() {
    let mut stage = Stage::start(Provider::Toss).await;
    let paid = stage.pay("p-1", card()).await;
    let (payment_id, proof) = next(&mut stage).await;
    assert_eq!(payment_id, "p-1");
    assert!(matches!(proof, Proof::PaymentSecret(_)) && proof.holds(&paid));
    stage.fault(json!({ "route": "webhook", "fault": "forge" })).await;
    let other = stage.pay("p-2", card()).await;
    let (payment_id, proof) = next(&mut stage).await;
    assert_eq!(payment_id, "p-2");
    assert!(!proof.holds(&other), "a secret that is not the payment's");
}
