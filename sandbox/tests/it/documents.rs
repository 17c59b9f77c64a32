//! Our payment documents have the structure of the documents that the strict client of PortOne accepts: every field
//! of them, of the same JSON type, and no others but those the protocol knows as optional.

use std::collections::BTreeMap;

use sandbox::{Channel, SandboxConfig};
use serde_json::{Value, json};

use crate::stage::Stage;

const FIXTURES: &str = include_str!("../fixtures/portone-v2-payments.json");
/// Fields that may be there and are not in every document of the fixtures.
const OPTIONAL: [&str; 5] = ["pgTxId", "disputes", "pgCancellationId", "trigger", "isAutomaticallyConfirmed"];

fn checkout(method: &str, escrow: bool) -> Value {
    json!({ "checkout": {
        "orderName": "나무 의자 외 1건", "totalAmount": 13_000, "currency": "KRW", "payMethod": method, "isEscrow": escrow,
        "customerId": "buyer-1", "fullName": "홍길동", "email": "b@example.kr", "phoneNumber": "01012345678",
    }})
}

/// The actions that lead to the document of a fixture.
fn script(name: &str) -> Vec<(&'static str, Value)> {
    let deposit = || vec![("issue", checkout("VIRTUAL_ACCOUNT", true)), ("deposit", json!({}))];
    let escrow = |states: &[&str]| {
        let moves = states.iter().map(|state| ("escrow", json!({ "status": state, "automatically": true })));
        deposit().into_iter().chain(moves).collect()
    };
    match name {
        "READY" => vec![("open", checkout("CARD", false))],
        "PAY_PENDING" => vec![("pending", checkout("CARD", false))],
        "VIRTUAL_ACCOUNT_ISSUED" => vec![("issue", checkout("VIRTUAL_ACCOUNT", true))],
        "FAILED" => vec![("decline", checkout("CARD", false))],
        "PAID/card" => vec![("approve", checkout("CARD", false))],
        "PAID/BEFORE_REGISTERED" => escrow(&[]),
        "PAID/REGISTERED" => escrow(&["REGISTERED"]),
        "PAID/DELIVERED" => escrow(&["REGISTERED", "DELIVERED"]),
        "PAID/CONFIRMED" => escrow(&["REGISTERED", "DELIVERED", "CONFIRMED"]),
        "PAID/REJECTED" => escrow(&["REGISTERED", "DELIVERED", "REJECTED"]),
        "PAID/REJECT_CONFIRMED" => escrow(&["REGISTERED", "REJECTED", "REJECT_CONFIRMED"]),
        "PAID/CANCELLED" => escrow(&["REGISTERED", "CANCELLED"]),
        "PARTIAL_CANCELLED" => {
            [escrow(&["REGISTERED"]), vec![("cancel", json!({ "amount": 3_000 }))]].concat()
        }
        "CANCELLED" => [escrow(&["REGISTERED"]), vec![("cancel", json!({}))]].concat(),
        other => panic!("no script for {other}"),
    }
}

fn compare(at: &str, wanted: &Value, ours: &Value) {
    match (wanted, ours) {
        (Value::Object(wanted), Value::Object(ours)) => {
            for (field, value) in wanted {
                let mine = ours.get(field).unwrap_or_else(|| panic!("{at}.{field} is missing"));
                compare(&format!("{at}.{field}"), value, mine);
            }
            for field in ours.keys().filter(|field| !wanted.contains_key(*field)) {
                assert!(OPTIONAL.contains(&field.as_str()), "{at}.{field} is not in the protocol's document");
            }
        }
        (Value::Array(wanted), Value::Array(ours)) => {
            assert_eq!(wanted.len(), ours.len(), "{at}");
            wanted.iter().zip(ours).for_each(|(wanted, ours)| compare(at, wanted, ours));
        }
        (Value::Number(_), Value::Number(ours)) => assert!(ours.is_i64(), "{at} is not whole"),
        (wanted, ours) => {
            assert_eq!(std::mem::discriminant(wanted), std::mem::discriminant(ours), "{at}: {ours}");
        }
    }
}

#[tokio::test]
async fn every_document_has_the_structure_of_its_fixture() {
    let channels = vec![Channel { partial_cancel_of_escrow: true, ..Channel::default() }];
    let stage = Stage::with(SandboxConfig { channels, ..SandboxConfig::default() }).await;
    let fixtures: BTreeMap<String, Value> = serde_json::from_str(FIXTURES).unwrap();
    for (name, wanted) in &fixtures {
        let id = name.to_lowercase().replace('/', "-");
        for (action, body) in script(name) {
            stage.act(&id, action, body).await;
        }
        let ours = stage.document(&id).await;
        compare(name, wanted, &ours);
        assert_eq!(ours["status"], wanted["status"], "{name}");
        assert_eq!(ours["escrow"]["status"], wanted["escrow"]["status"], "{name}");
    }
    stage.sandbox.stop().await;
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let stage = Stage::start().await;
        stage.act("p-1", "approve", checkout("CARD", false)).await;
        ids.push(stage.document("p-1").await["transactionId"].clone());
        stage.sandbox.stop().await;
    }
    assert_eq!(ids[0], ids[1]);
}
