//! Credentials: wrong ones are named by their setting; a token is fetched once.

use chrono::TimeDelta;
use gateways::{Answer, CredentialError, LookupError, PaymentGateway};

use crate::stage::{ALL, KEY, Provider, Stage, card, refund};

const GET_TOKEN: &str = "POST /users/getToken";

const fn setting(provider: Provider) -> &'static str {
    match provider {
        Provider::PortoneV1 => "ESCROW_PORTONE_V1_KEY, ESCROW_PORTONE_V1_SECRET",
        Provider::Nicepay => "ESCROW_NICEPAY_CLIENT_KEY, ESCROW_NICEPAY_SECRET_KEY",
        Provider::Toss => "ESCROW_TOSS_SECRET_KEY",
    }
}

#[tokio::test]
async fn wrong_credentials_are_named_by_their_setting() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        assert_eq!(stage.gateway.check_credentials().await, Ok(()), "{provider:?}");
        stage.pay("p-1", card()).await;
        let wrong = provider.connect(&stage.sandbox, |it| it.secret = "not-the-secret".into());
        let Err(CredentialError::Wrong { setting: named, .. }) = wrong.check_credentials().await else {
            panic!("{provider:?}")
        };
        assert_eq!(named, setting(provider));
        let refused = LookupError::Unauthorized { setting: setting(provider) };
        assert_eq!(wrong.lookup("p-1").await, Err(refused), "{provider:?}");
        let doubt = wrong.cancel(&refund("p-1", 1, 13_000, KEY)).await;
        assert_eq!(doubt, Answer::InDoubt, "{provider:?}: it says nothing about the payment");
        let nobody = provider.connect(&stage.sandbox, |it| it.url = "http://127.0.0.1:9".into());
        assert!(
            matches!(nobody.check_credentials().await, Err(CredentialError::Unavailable(_))),
            "{provider:?}"
        );
        assert!(matches!(nobody.lookup("p-1").await, Err(LookupError::Unavailable(_))), "{provider:?}");
    }
}

#[tokio::test]
async fn one_token_is_fetched_for_all_who_need_it() {
    let stage = Stage::start(Provider::PortoneV1).await;
    stage.pay("p-1", card()).await;
    let fetched = stage.asked(GET_TOKEN).await;
    assert_eq!(fetched, 1);
    let fresh = Provider::PortoneV1.connect(&stage.sandbox, |_| ());
    let look = || fresh.lookup("p-1");
    let (a, b, c, d) = tokio::join!(look(), look(), look(), look());
    assert!([a, b, c, d].iter().all(Result::is_ok));
    assert_eq!(stage.asked(GET_TOKEN).await - fetched, 1, "four at once wait for the same one");
}

#[tokio::test]
async fn a_token_that_ended_is_fetched_anew_for_reading_and_for_changing() {
    let stage = Stage::start(Provider::PortoneV1).await;
    stage.pay("p-1", card()).await;
    stage.advance(TimeDelta::minutes(36));
    assert!(stage.gateway.lookup("p-1").await.is_ok());
    assert_eq!(stage.asked(GET_TOKEN).await, 2);
    // The token ends between the look and the change: the change was not judged, and is sent with another token.
    stage.advance(TimeDelta::minutes(36));
    let answer = stage.gateway.cancel(&refund("p-1", 13_000, 13_000, KEY)).await;
    assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    assert_eq!(stage.look("p-1").await.cancellations.len(), 1);
}

#[tokio::test]
async fn who_waits_for_a_token_that_does_not_come_waits_once() {
    let stage = Stage::start(Provider::PortoneV1).await;
    let silent = serde_json::json!({ "route": GET_TOKEN, "fault": "timeout_before", "times": null });
    stage.fault(silent).await;
    let gateway: &dyn PaymentGateway = stage.gateway.as_ref();
    let look = || gateway.lookup("p-1");
    let (a, b, c, d) = tokio::join!(look(), look(), look(), look());
    for answer in [a, b, c, d] {
        assert!(matches!(answer, Err(LookupError::Unavailable(_))), "{answer:?}");
    }
    assert_eq!(stage.asked(GET_TOKEN).await, 1);
}
