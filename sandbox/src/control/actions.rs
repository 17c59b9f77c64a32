//! What can happen to a payment outside the API: each action is a verb of the payment, and the webhook it causes.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    Answer, Refused,
    body::{self, ConsoleCancel, Decline, Deposit, EscrowMove, Pay, Settle},
};
use crate::{
    app::{App, hold},
    book::{Entry, Slot},
    payment::{Cancelling, Outcome, Payment, Trigger, WebhookOutcome},
    portone_v2::{Problem, Wanted, document, open, tell},
};

/// The actions.
pub const NAMES: [&str; 10] =
    ["open", "approve", "decline", "pending", "issue", "deposit", "reverse", "cancel", "settle", "escrow"];

/// Does one action to one payment and answers its document.
pub async fn act(
    State(app): State<Arc<App>>,
    Path((id, action)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    let slot = app.book.entry(&id);
    let mut entry = hold(&slot);
    let scene = Scene { app: &app, slot: &slot, id: &id };
    match action.as_str() {
        "open" => scene.window(&mut entry, body::read::<Pay>(&body)?.checkout).map(drop)?,
        "approve" => scene.approve(&mut entry, body::read(&body)?)?,
        "decline" => scene.decline(&mut entry, body::read(&body)?)?,
        "pending" => {
            let payment = scene.window(&mut entry, body::read::<Pay>(&body)?.checkout)?;
            payment.pend(app.now())?;
            tell::state(&app, payment);
        }
        "issue" => scene.issue(&mut entry, body::read(&body)?)?,
        "deposit" => {
            let Deposit { amount, late } = body::read(&body)?;
            let payment = known(&mut entry)?;
            payment.deposit(amount, late, app.now())?;
            tell::state(&app, payment);
        }
        "reverse" => {
            let payment = known(&mut entry)?;
            payment.reverse_deposit(app.now())?;
            tell::state(&app, payment);
        }
        "cancel" => scene.cancel(known(&mut entry)?, body::read(&body)?)?,
        "settle" => {
            let Settle { succeeded } = body::read(&body)?;
            let payment = known(&mut entry)?;
            let settled = payment.settle(succeeded, app.now())?.clone();
            tell::cancellation(&app, payment, &settled);
        }
        "escrow" => {
            let EscrowMove { status, automatically } = body::read(&body)?;
            known(&mut entry)?.advance_escrow(status, automatically, app.now())?;
        }
        _ => return Err(Problem::not_found("there is no such action").into()),
    }
    app.remember(&id, &entry);
    Ok(Json(document(&app, known(&mut entry)?)))
}

fn known(entry: &mut Entry) -> Result<&mut Payment, Problem> {
    entry.payment.as_mut().ok_or_else(Problem::payment_not_found)
}

/// What is captured is not what was asked for.
fn deviate(payment: &mut Payment, deviation: body::Deviation) {
    deviation.apply(&mut payment.terms);
    if payment.terms.escrow != payment.escrow.is_some() {
        payment.escrow = payment.terms.escrow.then(crate::payment::Escrow::default);
    }
}

/// Where an action takes place.
struct Scene<'a> {
    app: &'a App,
    slot: &'a Slot,
    id: &'a str,
}

impl Scene<'_> {
    /// The payment, its window opened if it was not yet or if new arguments are given.
    fn window<'e>(&self, entry: &'e mut Entry, wanted: Option<Wanted>) -> Result<&'e mut Payment, Problem> {
        if entry.payment.is_none() || wanted.is_some() {
            open(self.app, self.slot, entry, self.id, wanted.unwrap_or_default(), false)?;
        }
        known(entry)
    }

    fn approve(&self, entry: &mut Entry, pay: Pay) -> Result<(), Refused> {
        let payment = self.window(entry, pay.checkout)?;
        payment.capture(self.app.now())?;
        deviate(payment, pay.deviate);
        tell::state(self.app, payment);
        Ok(())
    }

    fn issue(&self, entry: &mut Entry, pay: Pay) -> Result<(), Refused> {
        let payment = self.window(entry, pay.checkout)?;
        payment.terms.method = crate::payment::PayMethod::VirtualAccount;
        payment.issue_account(self.app.now())?;
        deviate(payment, pay.deviate);
        tell::state(self.app, payment);
        Ok(())
    }

    fn decline(&self, entry: &mut Entry, decline: Decline) -> Result<(), Refused> {
        let payment = self.window(entry, decline.checkout)?;
        let code = decline.code.as_deref().unwrap_or("3011");
        let message = decline.message.as_deref().unwrap_or("카드사 승인 거절");
        payment.decline(code, message, self.app.now())?;
        tell::state(self.app, payment);
        Ok(())
    }

    fn cancel(&self, payment: &mut Payment, asked: ConsoleCancel) -> Result<(), Refused> {
        let asked = Cancelling {
            amount: asked.amount,
            tax_free: None,
            vat: None,
            balance: None,
            reason: asked.reason.unwrap_or_else(|| "cancelled on the console".into()),
            trigger: if asked.chargeback { Trigger::Chargeback } else { Trigger::Console },
            outcome: if asked.requested { Outcome::Requested } else { Outcome::Succeeded },
            // The PG's own people are not bound by its API's rules.
            part_of_escrow_allowed: true,
        };
        let id = self.app.ids.id("cancellation", &payment.id, payment.cancellations.len());
        let made = payment.cancel(id, asked, self.app.now())?.clone();
        tell::cancellation(self.app, payment, &made);
        Ok(())
    }
}

/// The webhooks that were made about a payment, and what came of them.
pub async fn webhooks(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    let slot = app.book.find(&id).ok_or_else(Problem::payment_not_found)?;
    let mut entry = hold(&slot);
    let records = known(&mut entry)?.webhooks.iter().map(|record| {
        let (outcome, status) = match record.outcome {
            WebhookOutcome::Waiting => ("waiting", None),
            WebhookOutcome::Delivered { status } => ("delivered", Some(status)),
            WebhookOutcome::Refused { status } => ("refused", Some(status)),
            WebhookOutcome::Unanswered => ("unanswered", None),
        };
        json!({
            "id": record.id, "type": record.kind, "url": record.url, "sent": record.sent, "outcome": outcome,
            "httpStatus": status, "body": String::from_utf8_lossy(&record.body),
        })
    });
    Ok(Json(Value::Array(records.collect())))
}
