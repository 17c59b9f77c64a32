//! What the buyer and the bank do in the pay window, whether a person clicks or a test says so: before money is
//! taken the shop may be asked, and what is taken may, by the script, not be what was asked for.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;

use crate::{
    app::{App, hold},
    book::Slot,
    faults::Fault,
    payment::{Escrow, No, PayMethod, Payment, Terms},
    protocol::{Left, News, Protocol},
};

/// How long the shop may take to confirm.
const CONFIRM_LIMIT: Duration = Duration::from_secs(10);
/// What a shop's refusal is called if it gives no reason.
const NO_REASON: &str = "상점에서 결제를 승인하지 않았습니다.";

/// Changes the terms of what is captured.
pub type Deviate = Box<dyn FnOnce(&mut Terms) + Send>;

/// What the buyer does.
pub enum Deed {
    /// Pays, or agrees to pay where the shop approves.
    Approve(Deviate),
    /// Asks for an account to pay into.
    Issue(Deviate),
}

impl App {
    /// Changes the payment of a slot, if it has one, and writes that down.
    pub fn change<T, E: From<No>>(
        &self,
        slot: &Slot,
        verb: impl FnOnce(&mut Payment) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut entry = hold(slot);
        let payment = entry.payment.as_mut().ok_or(No::NothingRequested)?;
        payment.pass(self.now());
        let done = verb(payment)?;
        self.remember(&entry);
        Ok(done)
    }

    /// Takes the money that was agreed to, or issues the account, and tells the shop.
    pub fn take(&self, payment: &mut Payment, deviate: Deviate) -> Result<(), No> {
        if payment.terms.method == PayMethod::VirtualAccount {
            payment.issue_account(self.now())?;
        } else {
            payment.capture(self.now())?;
        }
        self.deviate(payment, deviate);
        payment.protocol.dialect().tell(self, payment, &News::State);
        Ok(())
    }

    fn deviate(&self, payment: &mut Payment, deviate: Deviate) {
        differ(payment, deviate);
        let fault = self.faults.of_capture(payment);
        differ(payment, |terms| match fault {
            Some(Fault::OtherAmount { by }) => terms.total = (terms.total + by).max(1),
            Some(Fault::LostEscrow) => terms.escrow = false,
            // The other faults are of calls and webhooks.
            Some(_) | None => {}
        });
    }

    /// Plays the buyer.
    pub async fn play(&self, slot: &Slot, deed: Deed) -> Result<Left, No> {
        let asking = self.change(slot, |payment| {
            if payment.is_captured() {
                return Err(No::AlreadyPaid);
            }
            let always = !payment.protocol.dialect().approves_itself();
            if payment.terms.approval_by_shop && (always || matches!(deed, Deed::Approve(_))) {
                return Ok(None);
            }
            let body = payment.protocol.dialect().confirmation(self, payment);
            let url = payment.terms.confirm_url.clone();
            Ok(Some(url.zip(body).map(|(url, body)| (payment.protocol, url, body))))
        })?;
        let Some(asking) = asking else {
            return self.change(slot, |payment| {
                self.authorise(payment)?;
                let deviate = agreed(payment, deed);
                differ(payment, deviate);
                Ok(Left::Done)
            });
        };
        if let Some((asks, url, body)) = asking
            && let Err(reason) = self.confirmed_by_shop(asks, &url, &body).await
        {
            return self.change(slot, |payment| {
                payment.decline("F0001", &reason, self.now())?;
                payment.protocol.dialect().tell(self, payment, &News::State);
                Ok(Left::Blocked)
            });
        }
        self.change(slot, |payment| {
            let deviate = agreed(payment, deed);
            self.take(payment, deviate)?;
            Ok(Left::Done)
        })
    }

    fn authorise(&self, payment: &mut Payment) -> Result<(), No> {
        let dialect = payment.protocol.dialect();
        let within: TimeDelta = dialect.approval_within();
        let token = self.ids.id("token", &payment.id, payment.tries);
        payment.authorise(token, within, self.now())?;
        dialect.tell(self, payment, &News::State);
        Ok(())
    }

    /// Asks the shop whether it can keep its promise. Anything but 200 is a no.
    async fn confirmed_by_shop(&self, asks: Protocol, url: &str, body: &Value) -> Result<(), String> {
        let text = body.to_string();
        let answer =
            self.outbox.confirmation(asks, url, text, self.now()).timeout(CONFIRM_LIMIT).send().await;
        let Ok(answer) = answer else {
            return Err(NO_REASON.to_owned());
        };
        if answer.status().as_u16() == 200 {
            return Ok(());
        }
        let text = answer.bytes().await.unwrap_or_default();
        let said: Value = serde_json::from_slice(&text).unwrap_or_default();
        Err(said.get("reason").and_then(Value::as_str).unwrap_or(NO_REASON).to_owned())
    }
}

/// Changes the terms, and with them whether the money is held.
fn differ(payment: &mut Payment, deviate: impl FnOnce(&mut Terms)) {
    let held = payment.terms.escrow;
    deviate(&mut payment.terms);
    if payment.terms.escrow != held {
        payment.escrow = payment.terms.escrow.then(Escrow::default);
    }
}

/// The method that the buyer took, and what shall be otherwise.
fn agreed(payment: &mut Payment, deed: Deed) -> Deviate {
    match deed {
        Deed::Approve(deviate) => deviate,
        Deed::Issue(deviate) => {
            payment.terms.method = PayMethod::VirtualAccount;
            deviate
        }
    }
}

/// Nothing is otherwise than asked.
pub fn as_asked() -> Deviate {
    Box::new(|_| {})
}
