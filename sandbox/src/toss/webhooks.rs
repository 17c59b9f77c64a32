//! What Toss Payments tells the shop, in Seoul's time without saying so.

use bytes::Bytes;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::document::{self, last_transaction_key, secret, status};
use crate::{
    app::App,
    payment::{Cancellation, Outcome, Payment, State},
    protocol::News,
    webhooks::Announcement,
};

/// What somebody would send who does not know the secret.
const FORGED: &str = "ps_forged";

pub fn tell(app: &App, payment: &mut Payment, news: &News) {
    match news {
        News::State => match payment.state {
            State::AccountIssued | State::Paid { .. } | State::Failed { .. } | State::Expired { .. } => {
                status_changed(app, payment);
            }
            State::Ready | State::Pending | State::Authorised { .. } => {}
        },
        News::Cancellation(made) => cancelled(app, payment, made),
        News::Opened | News::DisputeOpened | News::DisputeClosed | News::Escrow => {}
    }
}

/// A cancellation that takes its time is told by itself when it begins and when it ends.
fn cancelled(app: &App, payment: &mut Payment, made: &Cancellation) {
    let told = payment.webhooks.iter().any(|webhook| webhook.kind == "CANCEL_STATUS_CHANGED");
    let late = made.cancelled_at != Some(made.requested_at);
    let asynchronous = made.outcome != Outcome::Succeeded || late || told;
    if asynchronous {
        let document = document::payment(app, payment);
        let key = document::transaction_key(app, &made.id);
        let entries = document["cancels"].as_array().cloned().unwrap_or_default();
        let entry = entries.into_iter().find(|entry| entry["transactionKey"] == *key);
        wrapped(app, payment, "CANCEL_STATUS_CHANGED", entry.unwrap_or_default());
    }
    if made.outcome == Outcome::Succeeded {
        status_changed(app, payment);
    }
}

/// Once for all payments, and once more for those with a virtual account.
fn status_changed(app: &App, payment: &mut Payment) {
    let document = document::payment(app, payment);
    wrapped(app, payment, "PAYMENT_STATUS_CHANGED", document);
    if payment.account.is_some() {
        let document = json!({
            "createdAt": created_at(app),
            "secret": secret(app, payment),
            "status": status(payment),
            "transactionKey": last_transaction_key(app, payment),
            "orderId": payment.order_id,
        });
        let mut lie = document.clone();
        forge(&mut lie);
        announce(app, payment, "DEPOSIT_CALLBACK", (&document, &lie));
    }
}

fn wrapped(app: &App, payment: &mut Payment, kind: &'static str, data: Value) {
    let mut lie = data.clone();
    forge(&mut lie);
    let wrap = |data| json!({ "eventType": kind, "createdAt": created_at(app), "data": data });
    announce(app, payment, kind, (&wrap(data), &wrap(lie)));
}

fn forge(document: &mut Value) {
    if let Some(fields) = document.as_object_mut() {
        fields.insert("secret".into(), FORGED.into());
    }
}

fn announce(app: &App, payment: &mut Payment, kind: &'static str, (truth, lie): (&Value, &Value)) {
    let said = Announcement {
        kind,
        status: status(payment),
        body: Bytes::from(truth.to_string()),
        forged: Bytes::from(lie.to_string()),
    };
    app.announce(payment, &said);
}

fn created_at(app: &App) -> String {
    (app.now() + TimeDelta::hours(9)).format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}
