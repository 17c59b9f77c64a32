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
    body::{self, Chargeback, ConsoleCancel, Decline, Deposit, Disputing, EscrowMove, Pay, Settle},
};
use crate::{
    app::{App, hold},
    book::Slot,
    buyer::Deed,
    payment::{Cancelling, Destination, No, Outcome, Payment, Trigger, WebhookOutcome},
    portone_v2::Problem,
    protocol::{News, Protocol},
    window::{Wanted, open},
};

/// The actions.
pub const NAMES: [&str; 14] = [
    "open",
    "approve",
    "decline",
    "pending",
    "issue",
    "deposit",
    "reverse",
    "close",
    "cancel",
    "settle",
    "escrow",
    "chargeback",
    "dispute",
    "resolve",
];

/// Does one action to one payment of PortOne V2 and answers its document.
pub async fn act(
    State(app): State<Arc<App>>,
    Path((id, action)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    on_stage(app, Protocol::PortoneV2, (id, action), body).await
}

/// Does one action to one payment of any protocol and answers its document.
pub async fn act_in(
    State(app): State<Arc<App>>,
    Path((protocol, id, action)): Path<(String, String, String)>,
    body: Bytes,
) -> Answer {
    on_stage(app, named(&protocol)?, (id, action), body).await
}

/// The protocol of that name.
pub fn named(name: &str) -> Result<Protocol, Problem> {
    Protocol::named(name).ok_or_else(|| Problem::not_found("there is no such protocol"))
}

async fn on_stage(app: Arc<App>, protocol: Protocol, (id, action): (String, String), body: Bytes) -> Answer {
    let scene = Scene { app: &app, protocol, id: &id };
    let slot = match action.as_str() {
        "open" | "approve" | "issue" | "pending" | "decline" => scene.in_the_window(&action, &body).await?,
        _ => scene.afterwards(&action, &body)?,
    };
    let entry = hold(&slot);
    let payment = entry.payment.as_ref().ok_or_else(Problem::payment_not_found)?;
    Ok(Json(protocol.dialect().document(&app, payment)))
}

/// Where an action takes place.
struct Scene<'a> {
    app: &'a App,
    protocol: Protocol,
    id: &'a str,
}

impl Scene<'_> {
    fn known(&self) -> Result<Slot, Problem> {
        self.app.book.payment(self.protocol, self.id).ok_or_else(Problem::payment_not_found)
    }

    /// The payment, its window opened if it was not yet or if new arguments are given.
    fn window(&self, wanted: Option<Wanted>) -> Result<Slot, No> {
        match (self.known(), wanted) {
            (Ok(known), None) => Ok(known),
            (_, wanted) => open(self.app, self.protocol, self.id, wanted.unwrap_or_default(), false),
        }
    }

    /// What the buyer does.
    async fn in_the_window(&self, action: &str, body: &[u8]) -> Result<Slot, Refused> {
        let (app, now) = (self.app, self.app.now());
        if action == "decline" {
            let Decline { checkout, code, message } = body::read(body)?;
            let slot = self.window(checkout)?;
            let code = code.as_deref().unwrap_or("3011");
            let message = message.as_deref().unwrap_or("카드사 승인 거절");
            self.change(&slot, &News::State, |payment| payment.decline(code, message, now))?;
            return Ok(slot);
        }
        let Pay { checkout, deviate } = body::read(body)?;
        let slot = self.window(checkout)?;
        let deviate = Box::new(move |terms: &mut crate::payment::Terms| deviate.apply(terms));
        match action {
            "approve" => drop(app.play(&slot, Deed::Approve(deviate)).await?),
            "issue" => drop(app.play(&slot, Deed::Issue(deviate)).await?),
            "pending" => self.change(&slot, &News::State, |payment| payment.pend(now))?,
            _ => {}
        }
        Ok(slot)
    }

    /// What the bank, the PG's people and the parcel service do.
    fn afterwards(&self, action: &str, body: &[u8]) -> Result<Slot, Refused> {
        let now = self.app.now();
        let slot = self.known()?;
        match action {
            "deposit" => {
                let Deposit { amount, late } = body::read(body)?;
                self.change(&slot, &News::State, |payment| payment.deposit(amount, late, now))?;
            }
            "reverse" => self.change(&slot, &News::State, |payment| payment.reverse_deposit(now))?,
            "close" => self.change(&slot, &News::State, |payment| payment.close_account(now))?,
            "cancel" => self.cancel(&slot, body::read(body)?)?,
            "chargeback" => {
                let Chargeback { amount, reason } = body::read(body)?;
                self.cancel(&slot, ConsoleCancel { amount, reason, requested: false, chargeback: true })?;
            }
            "settle" => {
                let Settle { succeeded } = body::read(body)?;
                self.app.change(&slot, |payment| {
                    let settled = payment.settle(succeeded, now)?.clone();
                    self.tell(payment, &News::Cancellation(settled));
                    Ok::<_, No>(())
                })?;
            }
            "escrow" => {
                let EscrowMove { status, automatically } = body::read(body)?;
                self.change(&slot, &News::Escrow, |payment| {
                    payment.advance_escrow(status, automatically, now)
                })?;
            }
            "dispute" => {
                let Disputing { reason, amount } = body::read(body)?;
                let reason = reason.unwrap_or_else(|| "FRAUDULENT".into());
                self.change(&slot, &News::DisputeOpened, |payment| payment.dispute(reason, amount, now))?;
            }
            "resolve" => self.change(&slot, &News::DisputeClosed, |payment| payment.resolve(now))?,
            _ => return Err(Problem::not_found("there is no such action").into()),
        }
        Ok(slot)
    }

    fn tell(&self, payment: &mut Payment, news: &News) {
        self.protocol.dialect().tell(self.app, payment, news);
    }

    fn change(
        &self,
        slot: &Slot,
        news: &News,
        verb: impl FnOnce(&mut Payment) -> Result<(), No>,
    ) -> Result<(), No> {
        self.app.change(slot, |payment| {
            verb(payment)?;
            self.tell(payment, news);
            Ok(())
        })
    }

    fn cancel(&self, slot: &Slot, asked: ConsoleCancel) -> Result<(), No> {
        let app = self.app;
        app.change(slot, |payment| {
            let reason = asked.reason.unwrap_or_else(|| "cancelled on the console".into());
            let asked = Cancelling {
                amount: asked.amount,
                trigger: if asked.chargeback { Trigger::Chargeback } else { Trigger::Console },
                outcome: if asked.requested { Outcome::Requested } else { Outcome::Succeeded },
                // The PG's own people are not bound by its API's rules.
                part_of_escrow_allowed: true,
                to: Destination::Account,
                ..Cancelling::whole(reason)
            };
            let id = app.ids.id("cancellation", &payment.id, payment.cancellations.len());
            let made = payment.cancel(id, asked, app.now())?.clone();
            self.tell(payment, &News::Cancellation(made));
            Ok(())
        })
    }
}

/// The webhooks that were made about a payment of PortOne V2, and what came of them.
pub async fn webhooks(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    webhooks_of(&app, Protocol::PortoneV2, &id)
}

/// The webhooks that were made about a payment, and what came of them.
pub async fn webhooks_in(
    State(app): State<Arc<App>>,
    Path((protocol, id)): Path<(String, String)>,
) -> Answer {
    webhooks_of(&app, named(&protocol)?, &id)
}

fn webhooks_of(app: &App, protocol: Protocol, id: &str) -> Answer {
    let slot = app.book.payment(protocol, id).ok_or_else(Problem::payment_not_found)?;
    let entry = hold(&slot);
    let payment = entry.payment.as_ref().ok_or_else(Problem::payment_not_found)?;
    let records = payment.webhooks.iter().map(|record| {
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
