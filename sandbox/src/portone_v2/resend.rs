//! Sending a webhook again because the shop asks.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Problem,
    document::time,
    payments::{is_our_store, read, slot_of},
};
use crate::{
    app::{App, hold},
    call::Call,
    payment::{WebhookOutcome, WebhookRecord},
    webhooks::MAX_SENDS,
};

/// How often one webhook is sent again by hand.
const MAX_RESENDS: u32 = 5;

pub fn resend(app: &App, call: &Call) -> Result<Value, Problem> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        store_id: Option<String>,
        webhook_id: Option<String>,
    }
    let body: Body = read(&call.body)?;
    is_our_store(app, body.store_id.as_deref())?;
    let slot = slot_of(app, call)?;
    let mut entry = hold(&slot);
    let payment = entry.payment.as_mut().ok_or_else(Problem::payment_not_found)?;
    let wanted = |record: &&mut WebhookRecord| body.webhook_id.as_ref().is_none_or(|id| *id == record.id);
    let record = payment.webhooks.iter_mut().rev().find(wanted).ok_or_else(Problem::webhook_not_found)?;
    if record.resent >= MAX_RESENDS {
        return Err(Problem::webhook_resent_too_often());
    }
    record.resent += 1;
    let record = record.clone();
    app.resend(payment, &record);
    Ok(json!({ "webhook": document(&record) }))
}

fn document(record: &WebhookRecord) -> Value {
    let mut document = json!({
        "paymentStatus": record.status,
        "id": record.id,
        "url": record.url,
        "isAsync": false,
        "currentExecutionCount": record.sent + 1,
        "maxExecutionCount": MAX_SENDS,
        "trigger": "MANUAL",
        "request": { "body": String::from_utf8_lossy(&record.body), "requestedAt": time(record.at) },
        "triggeredAt": time(record.at),
    });
    let outcome = match record.outcome {
        WebhookOutcome::Waiting => None,
        WebhookOutcome::Delivered { status } => Some(("SUCCEEDED", Some(status))),
        WebhookOutcome::Refused { status } => Some(("FAILED_NOT_OK_RESPONSE", Some(status))),
        WebhookOutcome::Unanswered => Some(("FAILED_UNEXPECTED_ERROR", None)),
    };
    if let (Some((word, code)), Some(fields)) = (outcome, document.as_object_mut()) {
        fields.insert("status".into(), word.into());
        if let Some(code) = code {
            let response =
                json!({ "code": code.to_string(), "header": "", "body": "", "respondedAt": time(record.at) });
            fields.insert("response".into(), response);
        }
    }
    document
}
