//! Telling the PG's escrow of a delivery. It has no key and refuses a second one, so what is registered is read
//! first: the same invoice is our own earlier call.

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{PortoneV1, client::Outcome};
use crate::{
    answer::{Answer, LookupError, Refusal, RefusalKind},
    logistics::{Logistics, Party},
    port::PaymentGateway,
    snapshot::Snapshot,
};

#[derive(Deserialize)]
struct Registered {
    #[serde(default)]
    invoice: String,
}

pub(super) async fn register(gateway: &PortoneV1, logistics: &Logistics) -> Answer<()> {
    let payment = match payment(gateway, logistics).await {
        Ok(payment) => payment,
        Err(otherwise) => return otherwise,
    };
    let url = gateway.url(&["escrows", "logis", &payment.transaction_id], &[]);
    match gateway.look::<Registered>(&url).await {
        Ok(Some(known)) if known.invoice == logistics.invoice => return Answer::Done(()),
        Ok(Some(_)) => return Answer::Refused(another()),
        // Nothing is registered: some PGs say so with a 404, some with a 409 or a 400.
        Ok(None) => {}
        Err(LookupError::Unavailable(status)) if status.starts_with('4') => {}
        Err(_) => return Answer::InDoubt,
    }
    send(gateway, Method::POST, &payment, logistics).await
}

pub(super) async fn modify(gateway: &PortoneV1, logistics: &Logistics) -> Answer<()> {
    match payment(gateway, logistics).await {
        // The whole of it is put: twice is once.
        Ok(payment) => send(gateway, Method::PUT, &payment, logistics).await,
        Err(otherwise) => otherwise,
    }
}

/// The payment, if its PG would take the delivery.
async fn payment(gateway: &PortoneV1, logistics: &Logistics) -> Result<Snapshot, Answer<()>> {
    match gateway.lookup(&logistics.id).await {
        Ok(Some(payment)) => {
            let pg = payment.pg();
            let missing = gateway.capabilities(pg).logistics.missing(logistics);
            let named = || Refusal::unfit(format!("{pg:?} wants to be told {missing:?}"));
            if missing.is_empty() { Ok(payment) } else { Err(Answer::Refused(named())) }
        }
        Ok(None) => Err(Answer::Refused(Refusal::unfit("PortOne knows no such payment"))),
        Err(error) => {
            tracing::warn!(%error, "the payment of a delivery cannot be looked up");
            Err(Answer::InDoubt)
        }
    }
}

async fn send(gateway: &PortoneV1, method: Method, payment: &Snapshot, logistics: &Logistics) -> Answer<()> {
    let path = ["escrows", "logis", payment.transaction_id.as_str()];
    match gateway.change::<Registered>(method, &path, &body(logistics)).await {
        Outcome::No(StatusCode::CONFLICT, refusal) => {
            Answer::Refused(Refusal { kind: RefusalKind::AlreadyRegistered, ..refusal })
        }
        Outcome::Done(_) => Answer::Done(()),
        otherwise @ (Outcome::No(..) | Outcome::InDoubt) => match otherwise.answer() {
            Answer::Done(_) | Answer::Pending(_) => Answer::Done(()),
            Answer::Refused(refusal) => Answer::Refused(refusal),
            Answer::InDoubt => Answer::InDoubt,
        },
    }
}

fn another() -> Refusal {
    Refusal {
        kind: RefusalKind::AlreadyRegistered,
        code: "ALREADY_REGISTERED".into(),
        message: "another delivery is registered already".into(),
    }
}

pub(super) fn body(logistics: &Logistics) -> Value {
    let mut parcel = Map::new();
    parcel.insert("company".into(), logistics.courier.portone_v1().into());
    parcel.insert("invoice".into(), logistics.invoice.clone().into());
    parcel.insert("sent_at".into(), logistics.sent_at.timestamp().into());
    if let Some(day) = logistics.arrives_on {
        parcel.insert("receiving_at".into(), day.format("%Y%m%d").to_string().into());
    }
    if let Some(address) = &logistics.destination {
        parcel.insert("address".into(), address.one_line().into());
    }
    let products = logistics.products.iter().map(|product| {
        json!({
            "id": product.id,
            "name": product.name,
            "amount": product.price.amount,
            "quantity": product.quantity,
        })
    });
    json!({
        "sender": party(&logistics.sender),
        "receiver": party(&logistics.receiver),
        "logis": parcel,
        "products": products.collect::<Vec<_>>(),
        "send_email": logistics.notify_buyer,
    })
}

fn party(party: &Party) -> Value {
    let mut fields = Map::new();
    let texts = [("name", &party.name), ("tel", &party.phone), ("postcode", &party.postcode)];
    for (name, value) in texts {
        if let Some(value) = value {
            fields.insert(name.into(), value.expose().into());
        }
    }
    if let Some(address) = &party.address {
        // The older PGs read the one, Smartro the other.
        fields.insert("addr".into(), address.one_line().into());
        let lines = json!({
            "address_line_1": address.line_1.expose(),
            "address_line_2": address.line_2.expose(),
        });
        fields.insert("formed_address".into(), lines);
    }
    if let Some(relationship) = &party.relationship {
        fields.insert("relationship".into(), relationship.clone().into());
    }
    fields.into()
}
