//! Telling a PG's escrow of a delivery.

use gateways::{Address, Answer, Courier, IdempotencyKey, Logistics, Party, RefusalKind, Secret};

use crate::stage::{APPROVED_BY_US, Provider, Stage, escrow};

const REGISTER: &str = "POST /escrows/logis/{imp_uid}";

fn party() -> Party {
    Party {
        name: Some(Secret::new("김보냄")),
        phone: Some(Secret::new("0212345678")),
        postcode: Some(Secret::new("06000")),
        address: Some(Address { line_1: Secret::new("서울시 강남구"), line_2: Secret::new("101호") }),
        relationship: None,
    }
}

fn delivery(invoice: &str, sender: Party) -> Logistics {
    Logistics {
        id: "p-1".into(),
        key: IdempotencyKey::new(format!("delivery-of-p-1-{invoice}")).unwrap(),
        courier: Courier::from_portone_v2("CJ"),
        invoice: invoice.into(),
        sent_at: chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        arrives_on: None,
        destination: None,
        sender,
        receiver: party(),
        products: Vec::new(),
        notify_buyer: true,
    }
}

#[tokio::test]
async fn a_delivery_is_registered_once_and_can_be_corrected() {
    let stage = Stage::start(Provider::PortoneV1).await;
    stage.pay("p-1", escrow()).await;
    let incomplete = delivery("1234", Party::default());
    let Answer::Refused(refusal) = stage.gateway.register_logistics(&incomplete).await else { panic!() };
    assert_eq!(refusal.kind, RefusalKind::Unfit);
    assert!(refusal.message.contains("SenderName"), "{refusal}");
    assert_eq!(stage.asked(REGISTER).await, 0, "what the PG would not take is not sent");

    let complete = delivery("1234", party());
    assert_eq!(stage.gateway.register_logistics(&complete).await, Answer::Done(()));
    assert_eq!(stage.gateway.register_logistics(&complete).await, Answer::Done(()));
    assert_eq!(stage.asked(REGISTER).await, 1, "the same invoice is our own earlier call");
    let other = delivery("5678", party());
    let Answer::Refused(refusal) = stage.gateway.register_logistics(&other).await else { panic!() };
    assert_eq!(refusal.kind, RefusalKind::AlreadyRegistered);
    assert_eq!(stage.gateway.modify_logistics(&other).await, Answer::Done(()));
}

#[tokio::test]
async fn a_lost_registration_is_found_again() {
    let stage = Stage::start(Provider::PortoneV1).await;
    stage.pay("p-1", escrow()).await;
    stage.fault(serde_json::json!({ "route": REGISTER, "fault": "timeout_after" })).await;
    let order = delivery("1234", party());
    assert_eq!(stage.gateway.register_logistics(&order).await, Answer::InDoubt);
    assert_eq!(stage.gateway.register_logistics(&order).await, Answer::Done(()));
    assert_eq!(stage.asked(REGISTER).await, 1);
}

#[tokio::test]
async fn what_a_gateway_does_not_do_is_said() {
    let key = IdempotencyKey::new("confirm-purchase-p-1").unwrap();
    for provider in APPROVED_BY_US {
        let stage = Stage::start(provider).await;
        for answer in [
            stage.gateway.register_logistics(&delivery("1234", party())).await,
            stage.gateway.modify_logistics(&delivery("1234", party())).await,
            stage.gateway.confirm_escrow("p-1", &key).await,
        ] {
            let Answer::Refused(refusal) = answer else { panic!("{provider:?}") };
            assert_eq!(
                (refusal.kind, refusal.code.as_str()),
                (RefusalKind::Unsupported, "UNSUPPORTED_BY_GATEWAY")
            );
        }
    }
    let stage = Stage::start(Provider::PortoneV1).await;
    let Answer::Refused(refusal) = stage.gateway.confirm_escrow("p-1", &key).await else { panic!() };
    assert_eq!(refusal.kind, RefusalKind::Unsupported);
}
