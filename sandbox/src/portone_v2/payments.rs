//! Registering, showing and cancelling payments.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    Problem,
    document::{self, document},
    events,
};
use crate::{
    app::{App, hold},
    book::Slot,
    call::Call,
    faults::Fault,
    payment::{Cancelling, Destination, No, Outcome, Payment, Registered, Trigger},
    protocol::{News, Protocol},
};

/// Reads a body as JSON, whatever it is called; no body is an empty one.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let text = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(text).map_err(|error| Problem::invalid(&error.to_string()))
}

pub fn is_our_store(app: &App, store: Option<&str>) -> Result<(), Problem> {
    match store {
        Some(store) if store != app.config.store_id => Err(Problem::forbidden()),
        Some(_) | None => Ok(()),
    }
}

/// Where the payment of the path is.
pub fn slot_of(app: &App, call: &Call) -> Result<Slot, Problem> {
    let slot = app.book.find(Protocol::PortoneV2, &call.id);
    slot.filter(|slot| hold(slot).payment.is_some()).ok_or_else(Problem::payment_not_found)
}

pub fn show(app: &App, call: &Call) -> Result<Value, Problem> {
    is_our_store(app, call.query_value("storeId").as_deref())?;
    let slot = slot_of(app, call)?;
    let mut entry = hold(&slot);
    let payment = entry.payment.as_mut().ok_or_else(Problem::payment_not_found)?;
    payment.pass(app.now());
    Ok(document(app, payment))
}

pub fn pre_register(app: &App, call: &Call) -> Result<Value, Problem> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        store_id: Option<String>,
        total_amount: Option<i64>,
        tax_free_amount: Option<i64>,
        currency: Option<String>,
    }
    let body: Body = read(&call.body)?;
    is_our_store(app, body.store_id.as_deref())?;
    if body.total_amount.is_some_and(|total| total <= 0) || body.tax_free_amount.is_some_and(|part| part < 0)
    {
        return Err(Problem::invalid("totalAmount must be more than nothing"));
    }
    if call.id.chars().count() > 200 {
        return Err(Problem::invalid("paymentId is too long"));
    }
    let slot = app.book.entry(Protocol::PortoneV2, &call.id);
    let mut entry = hold(&slot);
    if entry.payment.as_ref().is_some_and(Payment::is_captured) {
        return Err(No::AlreadyPaid.into());
    }
    entry.registered = Some(Registered {
        total: body.total_amount,
        currency: body.currency,
        tax_free: body.tax_free_amount,
    });
    app.remember(&entry);
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CancelBody {
    store_id: Option<String>,
    reason: String,
    amount: Option<i64>,
    tax_free_amount: Option<i64>,
    vat_amount: Option<i64>,
    current_cancellable_amount: Option<i64>,
    requester: Option<Requester>,
    refund_account: Option<RefundAccount>,
    #[serde(default)]
    skip_webhook: bool,
}

/// Only its form matters to the sandbox.
#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Requester {
    Customer,
    Admin,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefundAccount {
    bank: String,
    number: String,
    holder_name: String,
}

impl CancelBody {
    fn check(&self, app: &App) -> Result<(), Problem> {
        is_our_store(app, self.store_id.as_deref())?;
        match &self.requester {
            Some(Requester::Customer | Requester::Admin) | None => {}
        }
        let unfit = |account: &RefundAccount| {
            account.bank.is_empty() || account.number.is_empty() || account.holder_name.is_empty()
        };
        if self.reason.trim().is_empty() {
            return Err(Problem::invalid("reason is empty"));
        }
        if self.refund_account.as_ref().is_some_and(unfit) {
            return Err(Problem::invalid("refundAccount is incomplete"));
        }
        Ok(())
    }
}

pub fn cancel(app: &App, call: &Call) -> Result<Value, Problem> {
    let body: CancelBody = read(&call.body)?;
    body.check(app)?;
    let outcome = match call.fault {
        Some(Fault::CancelRequested) => Outcome::Requested,
        Some(Fault::CancelFailed) => Outcome::Failed,
        Some(_) | None => Outcome::Succeeded,
    };
    let slot = slot_of(app, call)?;
    let made = app.change(&slot, |payment| {
        let channel = app.channel(&payment.terms.channel_key);
        let to = match &body.refund_account {
            Some(_) => Destination::Account,
            None if channel.is_some_and(|it| it.refund_account_required) => Destination::WhereItCameFrom,
            None => Destination::Anywhere,
        };
        let asked = Cancelling {
            amount: body.amount,
            tax_free: body.tax_free_amount,
            vat: body.vat_amount,
            balance: body.current_cancellable_amount,
            reason: body.reason,
            trigger: Trigger::Api,
            outcome,
            part_of_escrow_allowed: channel.is_some_and(|it| it.partial_cancel_of_escrow),
            to,
            reference: None,
        };
        let id = app.ids.id("cancellation", &payment.id, payment.cancellations.len());
        let made = payment.cancel(id, asked, app.now())?.clone();
        if !body.skip_webhook {
            events::tell(app, payment, &News::Cancellation(made.clone()));
        }
        Ok::<_, Problem>(made)
    })?;
    Ok(json!({ "cancellation": document::cancellation(&made) }))
}
