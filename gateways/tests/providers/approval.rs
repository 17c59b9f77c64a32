//! Approving what the buyer agreed to, where that is ours to do.

use gateways::{Answer, RefusalKind, Status, verify};
use serde_json::json;

use crate::stage::{APPROVED_BY_US, Provider, Stage, card};

#[tokio::test]
async fn nothing_is_captured_before_we_approve() {
    for provider in APPROVED_BY_US {
        let stage = Stage::start(provider).await;
        let approval = stage.agree("p-1", card()).await;
        let before = stage.look("p-1").await;
        assert!(!before.is_captured(), "{provider:?}");
        assert_eq!(stage.gateway.approve(&approval).await, Answer::Done(()), "{provider:?}");
        assert!(verify(&stage.expected("p-1", false), &stage.look("p-1").await).is_ok(), "{provider:?}");
    }
}

#[tokio::test]
async fn an_approval_without_an_answer_is_a_doubt_that_ends() {
    for provider in APPROVED_BY_US {
        let stage = Stage::start(provider).await;
        for (number, fault) in ["timeout_after", "reset_after", "truncated", "html"].iter().enumerate() {
            let id = format!("p-{number}");
            let approval = stage.agree(&id, card()).await;
            stage.fault(json!({ "route": provider.approve_route(), "fault": fault })).await;
            assert_eq!(stage.gateway.approve(&approval).await, Answer::InDoubt, "{provider:?} {fault}");
            assert_eq!(stage.look(&id).await.status, Status::Paid, "{provider:?} {fault}");
            assert_eq!(
                stage.gateway.approve(&approval).await,
                Answer::Done(()),
                "{provider:?} {fault}: again"
            );
        }
        for (number, fault) in
            [json!("timeout_before"), json!({ "error": { "status": 500 } })].iter().enumerate()
        {
            let id = format!("q-{number}");
            let approval = stage.agree(&id, card()).await;
            stage.fault(json!({ "route": provider.approve_route(), "fault": fault })).await;
            assert_eq!(stage.gateway.approve(&approval).await, Answer::InDoubt, "{provider:?} {fault}");
            assert!(!stage.look(&id).await.is_captured(), "{provider:?} {fault}");
        }
    }
}

#[tokio::test]
async fn another_amount_than_was_agreed_to_is_refused() {
    for provider in APPROVED_BY_US {
        let stage = Stage::start(provider).await;
        let mut approval = stage.agree("p-1", card()).await;
        approval.amount = domain::Money::krw(12_999);
        let answer = stage.gateway.approve(&approval).await;
        assert!(matches!(answer, Answer::Refused(_)), "{provider:?} {answer:?}");
        assert!(!stage.look("p-1").await.is_captured(), "{provider:?}");
    }
}

#[tokio::test]
async fn only_nicepay_undoes_an_approval_and_only_within_its_hour() {
    let stage = Stage::start(Provider::Nicepay).await;
    stage.pay("p-1", card()).await;
    assert_eq!(stage.gateway.undo_approval("p-1").await, Answer::Done(()));
    assert_eq!(stage.look("p-1").await.status, Status::Cancelled);
    assert_eq!(stage.gateway.undo_approval("p-1").await, Answer::Done(()), "what is undone stays undone");
    stage.pay("p-2", card()).await;
    stage.advance(chrono::TimeDelta::minutes(61));
    assert!(matches!(stage.gateway.undo_approval("p-2").await, Answer::Refused(_)));
    assert_eq!(stage.look("p-2").await.status, Status::Paid);
    for provider in [Provider::PortoneV1, Provider::Toss] {
        let stage = Stage::start(provider).await;
        let Answer::Refused(refusal) = stage.gateway.undo_approval("p-1").await else {
            panic!("{provider:?}")
        };
        assert_eq!(refusal.kind, RefusalKind::Unsupported);
    }
}
