//! PortOne's webhooks of version 2024-04-25, and the feed of what was paid and given back.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{
    Problem,
    document::{cancellation, document, status, succeeded, time},
    lists::{CursorBody, MAX_REACH, request_body},
    payments::{is_our_store, read},
};
use crate::{
    app::{App, hold},
    call::Call,
    payment::{Cancellation, Outcome, Payment, State},
    protocol::{News, Protocol},
    webhooks::Announcement,
};

/// Says what happened to a payment. Of its escrow PortOne V2 says nothing.
pub fn tell(app: &App, payment: &mut Payment, news: &News) {
    let (kind, about) = match news {
        News::Opened => ("Transaction.Ready", None),
        News::State => match of_state(&payment.state) {
            Some(kind) => (kind, None),
            None => return,
        },
        News::Cancellation(made) => match made.outcome {
            Outcome::Requested => ("Transaction.CancelPending", Some(made.id.as_str())),
            Outcome::Succeeded if payment.cancelled() < payment.terms.total => {
                ("Transaction.PartialCancelled", Some(made.id.as_str()))
            }
            Outcome::Succeeded => ("Transaction.Cancelled", Some(made.id.as_str())),
            Outcome::Failed => return,
        },
        News::DisputeOpened => ("Transaction.DisputeCreated", None),
        News::DisputeClosed => ("Transaction.DisputeResolved", None),
        News::Escrow => return,
    };
    let mut data = json!({
        "storeId": payment.terms.store_id,
        "paymentId": payment.id,
        "transactionId": payment.transaction_id,
    });
    if let (Some(id), Some(fields)) = (about, data.as_object_mut()) {
        fields.insert("cancellationId".into(), id.into());
    }
    let body = json!({ "type": kind, "timestamp": time(app.now()), "data": data });
    let body = Bytes::from(body.to_string());
    // Who knows no secret sends the same; the signature gives it away.
    let said = Announcement { kind, status: status(payment), forged: body.clone(), body };
    app.announce(payment, &said);
}

const fn of_state(state: &State) -> Option<&'static str> {
    match state {
        State::Ready => Some("Transaction.Ready"),
        State::Pending => Some("Transaction.PayPending"),
        State::AccountIssued => Some("Transaction.VirtualAccountIssued"),
        State::Paid { .. } => Some("Transaction.Paid"),
        State::Failed { .. } | State::Expired { .. } => Some("Transaction.Failed"),
        State::Authorised { .. } => None,
    }
}

/// A place in the feed.
type Place = (i64, String);

pub fn by_cursor(app: &App, call: &Call) -> Result<Value, Problem> {
    let body: CursorBody = read(&request_body(call))?;
    is_our_store(app, body.store_id.as_deref())?;
    let after = body.cursor.as_deref().map(place_of).transpose()?;
    let mut feed = Vec::new();
    for slot in app.book.opened(Protocol::PortoneV2, 0, MAX_REACH) {
        if let Some(payment) = &hold(&slot).payment {
            feed.extend(of_payment(app, payment));
        }
    }
    feed.retain(|((micros, id), _)| {
        let at = DateTime::<Utc>::from_timestamp_micros(*micros).unwrap_or_default();
        body.from.is_none_or(|from| at >= from)
            && body.until.is_none_or(|until| at <= until)
            && after.as_ref().is_none_or(|(seen, last)| (micros, id) > (seen, last))
    });
    feed.sort_by(|(one, _), (other, _)| one.cmp(other));
    let items = feed
        .into_iter()
        .take(body.size())
        .map(|((micros, id), event)| json!({ "paymentEvent": event, "cursor": format!("{micros}.{id}") }));
    Ok(json!({ "items": items.collect::<Vec<_>>() }))
}

fn place_of(cursor: &str) -> Result<Place, Problem> {
    let malformed = || Problem::invalid("cursor is not one of ours");
    let (micros, id) = cursor.split_once('.').ok_or_else(malformed)?;
    Ok((micros.parse().map_err(|_| malformed())?, id.to_owned()))
}

/// What was paid and given back on one payment.
fn of_payment(app: &App, payment: &Payment) -> Vec<(Place, Value)> {
    let State::Paid { at } = payment.state else {
        return Vec::new();
    };
    let paid = app.ids.id("event", &payment.transaction_id, 0);
    let mut events = vec![((at.timestamp_micros(), paid.clone()), {
        let mut event = common(app, payment, "PAID", &paid, at);
        event.insert("disputes".into(), super::document::disputes(payment));
        event.insert("eventAmount".into(), payment.terms.total.into());
        Value::Object(event)
    })];
    let mut back = 0;
    for made in succeeded(payment) {
        back += made.total;
        let kind = if back < payment.terms.total { "PARTIAL_CANCELLED" } else { "CANCELLED" };
        let at = made.cancelled_at.unwrap_or(made.requested_at);
        let event = of_cancellation(common(app, payment, kind, &made.id, at), made);
        events.push(((at.timestamp_micros(), made.id.clone()), event));
    }
    events
}

fn of_cancellation(mut event: Map<String, Value>, made: &Cancellation) -> Value {
    event.insert("cancellation".into(), cancellation(made));
    event.insert("eventAmount".into(), (-made.total).into());
    Value::Object(event)
}

fn common(app: &App, payment: &Payment, kind: &str, id: &str, at: DateTime<Utc>) -> Map<String, Value> {
    let shown = document(app, payment);
    let mut event = Map::new();
    let same = [
        "transactionId",
        "merchantId",
        "storeId",
        "method",
        "channel",
        "version",
        "requestedAt",
        "orderName",
        "currency",
        "customer",
        "origin",
        "escrow",
        "customData",
        "pgTxId",
    ];
    for field in same {
        if let Some(value) = shown.get(field) {
            event.insert(field.to_owned(), value.clone());
        }
    }
    event.insert("type".into(), kind.into());
    event.insert("id".into(), id.into());
    event.insert("paymentId".into(), payment.id.as_str().into());
    event.insert("createdAt".into(), time(at).into());
    event.insert("totalAmount".into(), shown.get("amount").cloned().unwrap_or_default());
    event
}
