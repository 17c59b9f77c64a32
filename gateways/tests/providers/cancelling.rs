//! Giving back: once, whatever becomes of the answer.

use domain::Money;
use gateways::{Answer, CancellationStatus, RefusalKind, Status, verify};
use serde_json::json;

use crate::stage::{ALL, KEY, Stage, account, card, escrow, refund};

#[tokio::test]
async fn a_payment_is_prepared_paid_verified_and_refunded_once() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        assert_eq!(stage.gateway.lookup("p-1").await, Ok(None), "{provider:?}");
        let snapshot = stage.pay("p-1", card()).await;
        let verified = verify(&stage.expected("p-1", false), &snapshot).unwrap();
        assert_eq!((verified.amount, verified.method.as_str()), (Money::krw(13_000), "card"), "{provider:?}");
        let by_transaction =
            stage.gateway.lookup_transaction(&snapshot.transaction_id).await.unwrap().unwrap();
        assert_eq!(by_transaction.id, "p-1", "{provider:?}");

        let order = refund("p-1", 3_000, 13_000, KEY);
        let Answer::Done(made) = stage.gateway.cancel(&order).await else { panic!("{provider:?}") };
        assert_eq!(made.amount, Money::krw(3_000));
        let snapshot = stage.look("p-1").await;
        assert_eq!(snapshot.status, Status::PartialCancelled, "{provider:?}");
        assert_eq!(snapshot.cancelled, Money::krw(3_000), "{provider:?}");
        let seen = snapshot.cancellation_of(KEY).unwrap();
        assert_eq!((seen.id.as_str(), &seen.status), (made.id.as_str(), &CancellationStatus::Succeeded));
        let Answer::Done(again) = stage.gateway.cancel(&order).await else { panic!("{provider:?}") };
        assert_eq!(again.id, made.id, "{provider:?}");
        assert_eq!(stage.asked(provider.cancel_route()).await, 1, "{provider:?} was asked once");

        let rest = refund("p-1", 10_000, 10_000, "ref_018f3c1e-7a2b-7c3d-8e4f-000000000002");
        assert!(matches!(stage.gateway.cancel(&rest).await, Answer::Done(_)), "{provider:?}");
        assert_eq!(stage.look("p-1").await.status, Status::Cancelled, "{provider:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_a_doubt_and_the_same_refund_is_never_sent_again() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        let faults = ["timeout_after", "reset_after", "truncated", "invalid_json", "html"];
        for (number, fault) in faults.iter().enumerate() {
            let id = format!("p-{number}");
            stage.pay(&id, card()).await;
            let before = stage.asked(provider.cancel_route()).await;
            stage.fault(json!({ "route": provider.cancel_route(), "fault": fault })).await;
            let order = refund(&id, 13_000, 13_000, KEY);
            assert_eq!(stage.gateway.cancel(&order).await, Answer::InDoubt, "{provider:?} {fault}");
            let snapshot = stage.look(&id).await;
            assert_eq!(snapshot.status, Status::Cancelled, "{provider:?} {fault}");
            assert!(snapshot.cancellation_of(KEY).is_some());
            assert!(matches!(stage.gateway.cancel(&order).await, Answer::Done(_)), "{provider:?} {fault}");
            assert_eq!(stage.asked(provider.cancel_route()).await - before, 1, "{provider:?} {fault}");
            assert_eq!(stage.look(&id).await.cancellations.len(), 1);
        }
    }
}

#[tokio::test]
async fn a_lost_call_is_a_doubt_and_nothing_happened() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        let faults = [
            json!("timeout_before"),
            json!("reset"),
            json!({ "error": { "status": 500 } }),
            json!({ "error": { "status": 503 } }),
            json!({ "error": { "status": 429 } }),
        ];
        for (number, fault) in faults.iter().enumerate() {
            let id = format!("p-{number}");
            stage.pay(&id, card()).await;
            let before = stage.asked(provider.cancel_route()).await;
            stage.fault(json!({ "route": provider.cancel_route(), "fault": fault })).await;
            let order = refund(&id, 13_000, 13_000, KEY);
            assert_eq!(stage.gateway.cancel(&order).await, Answer::InDoubt, "{provider:?} {fault}");
            let sent = stage.asked(provider.cancel_route()).await - before;
            assert_eq!(sent, 1, "{provider:?} {fault}: a change is never sent twice by itself");
            assert_eq!(stage.look(&id).await.status, Status::Paid, "{provider:?} {fault}");
        }
    }
}

#[tokio::test]
async fn a_balance_other_than_ours_stops_a_refund_before_it_is_sent() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        stage.pay("p-1", card()).await;
        let kind = async |order| match stage.gateway.cancel(&order).await {
            Answer::Refused(refusal) => refusal.kind,
            other @ (Answer::Done(_) | Answer::Pending(_) | Answer::InDoubt) => {
                panic!("{provider:?} {other:?}")
            }
        };
        stage.act("p-1", "cancel", json!({ "amount": 1_000 })).await;
        assert_eq!(kind(refund("p-1", 13_000, 13_000, KEY)).await, RefusalKind::BalanceDiffers);
        assert_eq!(kind(refund("p-1", 12_001, 12_000, KEY)).await, RefusalKind::BalanceDiffers);
        assert_eq!(kind(refund("p-1", 0, 12_000, KEY)).await, RefusalKind::Unfit);
        assert_eq!(kind(refund("nobody", 1, 1, KEY)).await, RefusalKind::Other);
        stage.act("p-1", "cancel", json!({})).await;
        assert_eq!(kind(refund("p-1", 12_000, 12_000, KEY)).await, RefusalKind::AlreadyCancelled);
        assert_eq!(stage.asked(provider.cancel_route()).await, 0, "{provider:?}");
        let foreign = stage.look("p-1").await.cancellations;
        assert!(foreign.iter().all(|seen| seen.refund.is_none()) && foreign.len() == 2, "{provider:?}");
    }
}

#[tokio::test]
async fn the_pgs_no_is_a_refusal() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        stage.pay("p-1", escrow()).await;
        let part = refund("p-1", 1_000, 13_000, KEY);
        let answer = stage.gateway.cancel(&part).await;
        let Answer::Refused(refusal) = answer else { panic!("{provider:?} {answer:?}") };
        assert_eq!(refusal.kind, RefusalKind::Other, "{provider:?}: no part of an escrow payment");
        assert_eq!(stage.look("p-1").await.status, Status::Paid, "{provider:?}");
        // Asking anew after a no is another question, under another key.
        let whole = refund("p-1", 13_000, 13_000, &format!("{KEY}.2"));
        assert!(matches!(stage.gateway.cancel(&whole).await, Answer::Done(_)), "{provider:?}");
    }
}

#[tokio::test]
async fn a_refund_that_takes_its_time_is_no_refund_yet() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        stage.pay("p-1", card()).await;
        stage.fault(json!({ "route": provider.cancel_route(), "fault": "cancel_requested" })).await;
        let order = refund("p-1", 13_000, 13_000, KEY);
        let answer = stage.gateway.cancel(&order).await;
        assert!(matches!(answer, Answer::Pending(_)), "{provider:?} {answer:?}");
        assert_eq!(stage.look("p-1").await.status, Status::Paid, "{provider:?}");
        stage.act("p-1", "settle", json!({ "succeeded": true })).await;
        let seen = stage.look("p-1").await;
        assert_eq!(seen.cancellation_of(KEY).unwrap().status, CancellationStatus::Succeeded, "{provider:?}");
    }
}

#[tokio::test]
async fn a_deposit_goes_back_to_an_account() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        let mut checkout = card();
        checkout["payMethod"] = "VIRTUAL_ACCOUNT".into();
        checkout["extra"] = json!({ "vbankHolder": "상점" });
        stage.pay("p-1", checkout).await;
        stage.act("p-1", "deposit", json!({})).await;
        let nowhere = refund("p-1", 13_000, 13_000, KEY);
        let answer = stage.gateway.cancel(&nowhere).await;
        assert!(matches!(answer, Answer::Refused(_)), "{provider:?} {answer:?}");
        let mut somewhere = refund("p-1", 13_000, 13_000, &format!("{KEY}.2"));
        somewhere.refund_account = Some(account("004"));
        let answer = stage.gateway.cancel(&somewhere).await;
        assert!(matches!(answer, Answer::Done(_)), "{provider:?} {answer:?}");
        assert_eq!(stage.look("p-1").await.status, Status::Cancelled, "{provider:?}");
    }
}
