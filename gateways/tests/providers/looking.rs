//! Look-ups: what they find, what they do when they cannot.

use domain::payment::{Custody, Mismatch};
use gateways::{LookupError, Rejection, Status, verify};
use serde_json::{Value, json};

use crate::stage::{ALL, Provider, Stage, card, escrow};

#[tokio::test]
async fn look_ups_are_repeated_a_little_and_never_for_ever() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        stage.pay("p-1", card()).await;
        let route = provider.look_route();
        for fault in [
            json!({ "error": { "status": 502 } }),
            json!("reset"),
            json!("truncated"),
            json!("html"),
            json!({ "error": { "status": 429 } }),
        ] {
            stage.fault(json!({ "route": route, "fault": fault, "times": 2 })).await;
            assert_eq!(stage.look("p-1").await.status, Status::Paid, "{provider:?} {fault}");
        }
        let before = stage.asked(route).await;
        stage.fault(json!({ "route": route, "fault": { "error": { "status": 500 } }, "times": null })).await;
        let failed = stage.gateway.lookup("p-1").await;
        assert!(matches!(failed, Err(LookupError::Unavailable(_))), "{provider:?} {failed:?}");
        assert_eq!(stage.asked(route).await - before, 3, "{provider:?}");
        stage.clear_faults().await;
        stage.fault(json!({ "route": route, "fault": "html", "times": null })).await;
        let unreadable = stage.gateway.lookup("p-1").await;
        assert!(unreadable.is_err(), "{provider:?}: a page is no payment");
    }
}

#[tokio::test]
async fn every_deviation_of_a_capture_is_a_mismatch() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        let cases =
            [(json!({ "totalAmount": 12_999 }), "amount"), (json!({ "escrow": true }), "escrow_flag")];
        for (number, (deviation, kind)) in cases.iter().enumerate() {
            let id = format!("p-{number}");
            let mut checkout = card();
            if deviation["escrow"] == true {
                checkout["isEscrow"] = true.into();
            } else {
                checkout["totalAmount"] = deviation["totalAmount"].clone();
            }
            let mut approval = stage.agree(&id, checkout).await;
            if let Some(amount) = deviation["totalAmount"].as_i64() {
                approval.amount = domain::Money::krw(amount);
            }
            stage.gateway.approve(&approval).await;
            let verified = verify(&stage.expected(&id, false), &stage.look(&id).await);
            let Err(Rejection::Mismatched(found)) = verified else { panic!("{provider:?} {deviation}") };
            let found: Vec<Value> =
                found.iter().map(|it: &Mismatch| serde_json::to_value(it).unwrap()["kind"].clone()).collect();
            assert_eq!(found, [json!(kind)], "{provider:?}");
        }
    }
}

#[tokio::test]
async fn escrow_that_was_asked_for_is_held_by_the_gateway() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        let held = stage.pay("p-1", escrow()).await;
        assert_eq!(verify(&stage.expected("p-1", true), &held).unwrap().custody, Custody::GatewayEscrow);
    }
}

#[tokio::test]
async fn a_virtual_account_is_waited_for_and_a_deposit_can_be_taken_back() {
    for provider in ALL {
        let stage = Stage::start(provider).await;
        let mut checkout = escrow();
        checkout["payMethod"] = "VIRTUAL_ACCOUNT".into();
        checkout["extra"] = json!({ "vbankHolder": "상점" });
        let issued = stage.pay("p-1", checkout).await;
        assert!(
            matches!(issued.status, Status::AwaitingDeposit { due_at: Some(_) }),
            "{provider:?} {issued:?}"
        );
        stage.act("p-1", "deposit", json!({})).await;
        let paid = stage.look("p-1").await;
        let verified = verify(&stage.expected("p-1", true), &paid).unwrap();
        assert_eq!(verified.method, "virtual_account", "{provider:?}");
        stage.act("p-1", "reverse", json!({})).await;
        let reversed = stage.look("p-1").await;
        assert!(matches!(verify(&stage.expected("p-1", true), &reversed), Err(Rejection::NotCaptured(_))));
    }
}

#[tokio::test]
async fn payments_are_listed_where_the_gateway_lists_them() {
    for provider in [Provider::PortoneV1, Provider::Toss] {
        let stage = Stage::start(provider).await;
        let from = stage.now() - chrono::TimeDelta::hours(1);
        for number in 0..3 {
            stage.pay(&format!("p-{number}"), card()).await;
        }
        let (mut ids, mut cursor) = (Vec::new(), None);
        for _ in 0..9 {
            let page = stage.gateway.list_since(from, cursor.as_deref()).await.unwrap();
            ids.extend(page.ids);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        ids.sort();
        assert_eq!(ids, ["p-0", "p-1", "p-2"], "{provider:?}");
    }
    let nicepay = Stage::start(Provider::Nicepay).await;
    assert_eq!(nicepay.gateway.list_since(nicepay.now(), None).await, Err(LookupError::Unsupported));
}
