//! Telling the PG's escrow of a delivery.

use chrono::{NaiveTime, SecondsFormat};
use serde_json::{Map, Value, json};

use super::PortoneV2;
use crate::{
    answer::{Answer, Refusal},
    logistics::{Address, Logistics, Party, Product},
    port::PaymentGateway,
};

pub(super) async fn register(gateway: &PortoneV2, logistics: &Logistics) -> Answer<()> {
    if let Some(otherwise) = unfit(gateway, logistics).await {
        return otherwise;
    }
    let path = ["payments", &logistics.id, "escrow", "logistics"];
    gateway.tell(&path, &logistics.key, &body(&gateway.store, logistics)).await
}

pub(super) async fn modify(gateway: &PortoneV2, logistics: &Logistics) -> Answer<()> {
    if let Some(otherwise) = unfit(gateway, logistics).await {
        return otherwise;
    }
    let path = ["payments", &logistics.id, "escrow", "logistics"];
    gateway.correct(&path, &logistics.key, &body(&gateway.store, logistics)).await
}

/// What the PG would not take is not sent. A PG that nobody has told us of decides for itself.
async fn unfit(gateway: &PortoneV2, logistics: &Logistics) -> Option<Answer<()>> {
    match gateway.lookup(&logistics.id).await {
        Ok(snapshot) => {
            let pg = snapshot?.pg();
            let missing = gateway.capabilities(pg).logistics.missing(logistics);
            let named = || Refusal::unfit(format!("{pg:?} wants to be told {missing:?}"));
            (!missing.is_empty()).then(|| Answer::Refused(named()))
        }
        Err(error) => {
            tracing::warn!(%error, "the payment of a delivery cannot be looked up");
            Some(Answer::InDoubt)
        }
    }
}

pub(super) fn body(store: &str, logistics: &Logistics) -> Value {
    let mut parcel = Map::new();
    parcel.insert("company".into(), logistics.courier.portone_v2().into());
    parcel.insert("invoiceNumber".into(), logistics.invoice.clone().into());
    parcel.insert("sentAt".into(), logistics.sent_at.to_rfc3339_opts(SecondsFormat::Secs, true).into());
    if let Some(day) = logistics.arrives_on {
        let noon_there = day.and_time(NaiveTime::MIN);
        parcel
            .insert("receivedAt".into(), format!("{}+09:00", noon_there.format("%Y-%m-%dT%H:%M:%S")).into());
    }
    if let Some(address) = &logistics.destination {
        parcel.insert("address".into(), separated(address));
    }
    json!({
        "storeId": store,
        "logistics": parcel,
        "sender": party(&logistics.sender),
        "receiver": party(&logistics.receiver),
        "sendEmail": logistics.notify_buyer,
        "products": logistics.products.iter().map(product).collect::<Vec<_>>(),
    })
}

fn party(party: &Party) -> Value {
    let mut fields = Map::new();
    let texts = [("name", &party.name), ("phoneNumber", &party.phone), ("zipcode", &party.postcode)];
    for (name, value) in texts {
        if let Some(value) = value {
            fields.insert(name.into(), value.expose().into());
        }
    }
    if let Some(relationship) = &party.relationship {
        fields.insert("relationship".into(), relationship.clone().into());
    }
    if let Some(address) = &party.address {
        fields.insert("address".into(), separated(address));
    }
    fields.into()
}

fn separated(address: &Address) -> Value {
    json!({ "addressLine1": address.line_1.expose(), "addressLine2": address.line_2.expose() })
}

pub(super) fn product(product: &Product) -> Value {
    json!({
        "id": product.id,
        "name": product.name,
        "amount": product.price.amount,
        "quantity": product.quantity,
    })
}
