//! NicePay: <https://github.com/nicepayments/nicepay-manual>, in the model where the server approves.
//!
//! What this connector leans on: the window only gets the buyer's agreement, and nothing is captured before we
//! approve it; an approval without an answer is looked up, or undone within the hour by `netcancel`. Nothing
//! carries an idempotency key: a cancellation looks first, is sent once, and its `orderId`, which is the refund's
//! id, is refused a second time. Documents, forms and webhooks are signed with the secret key. There is no API for
//! deliveries and for the confirmation of purchases that anybody has confirmed, and none that lists payments.

mod checkout;
mod client;
mod config;
mod keys;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::payment::Gateway;
use reqwest::{Url, header::HeaderMap};
use serde_json::{Map, Value, json};

pub use checkout::AuthNice;
pub use config::NicepayConfig;

use crate::{
    amount::InMainUnits,
    answer::{Answer, CredentialError, LookupError, Refusal},
    calls::{Approve, Cancel, Cancellation, Prepare},
    cancelling,
    capabilities::Capabilities,
    checkout::{Checkout, CheckoutParams},
    config::ConfigError,
    digest::sha256_hex,
    hint::{Acknowledgement, Hint, Proof},
    http::Http,
    pg::Pg,
    port::PaymentGateway,
    reason,
    returned::{Return, ReturnError},
    secret::Secret,
    snapshot::{Snapshot, Status},
    traffic::Traffic,
    verify::Merchant,
    webhook::WebhookError,
};
use client::{Outcome, edi_date};

/// An order no shop has: asked for to see whether the gateway takes our keys.
const PROBE: &str = "escrow-credential-check";
/// The longest order id, also of a cancellation.
const MAX_ORDER_ID: usize = 64;
/// The longest name of an account's holder, in characters.
const MAX_HOLDER: usize = 10;

/// Our account at NicePay.
#[derive(Debug, Clone)]
pub struct Nicepay {
    http: Http,
    base: Url,
    authorization: Secret,
    keys: keys::Keys,
    merchant: Merchant,
    window: checkout::Window,
}

impl Nicepay {
    /// Takes the settings, if they can be an account's.
    pub fn new(config: &NicepayConfig) -> Result<Self, ConfigError> {
        config::connect(config)
    }

    fn cancellation(&self, cancel: &Cancel, tid: &str) -> Value {
        let edi_date = edi_date();
        let mut body = Map::new();
        body.insert("reason".into(), reason::with_key(&cancel.reason, &cancel.key).into());
        body.insert("orderId".into(), cancel.key.as_str().into());
        // Always there: without it NicePay gives back everything.
        body.insert("cancelAmt".into(), json!(InMainUnits(cancel.amount)));
        body.insert("signData".into(), self.keys.sign(&[tid, &edi_date]).into());
        body.insert("ediDate".into(), edi_date.into());
        if let Some(account) = &cancel.refund_account {
            body.insert("refundAccount".into(), account.number.expose().into());
            body.insert("refundBankCode".into(), account.bank.code().into());
            body.insert("refundHolder".into(), account.holder.expose().into());
        }
        body.into()
    }
}

#[async_trait]
impl PaymentGateway for Nicepay {
    fn gateway(&self) -> Gateway {
        Gateway::Nicepay
    }

    fn capabilities(&self, _: Pg) -> &'static Capabilities {
        Capabilities::of_nicepay()
    }

    fn merchant(&self) -> &Merchant {
        &self.merchant
    }

    fn traffic(&self) -> &Traffic {
        self.http.traffic()
    }

    async fn check_credentials(&self) -> Result<(), CredentialError> {
        match self.by_order(PROBE).await {
            Ok(_) => Ok(()),
            Err(LookupError::Unauthorized { setting }) => {
                Err(CredentialError::Wrong { setting, problem: "NicePay does not take them".into() })
            }
            Err(LookupError::Unavailable(status)) if status.starts_with("404") => {
                Err(CredentialError::Wrong { setting: config::BASE_URL, problem: status })
            }
            Err(error) => Err(CredentialError::Unavailable(error.to_string())),
        }
    }

    /// Nothing to register: the amount is ours to say when we approve.
    async fn prepare(&self, prepare: &Prepare) -> Answer<()> {
        if prepare.id.len() > MAX_ORDER_ID {
            return Answer::Refused(Refusal::unfit("an order's id has no more than 64 characters"));
        }
        if prepare.amount.currency.exponent().unwrap_or(0) != 0 {
            return Answer::Refused(Refusal::unfit("NicePay takes whole amounts only"));
        }
        Answer::Done(())
    }

    async fn lookup(&self, id: &str) -> Result<Option<Snapshot>, LookupError> {
        self.by_order(id).await
    }

    async fn lookup_transaction(&self, transaction_id: &str) -> Result<Option<Snapshot>, LookupError> {
        self.by_tid(transaction_id).await
    }

    async fn approve(&self, approve: &Approve) -> Answer<()> {
        let tid = approve.transaction_id.as_str();
        let amount = InMainUnits(approve.amount);
        let edi_date = edi_date();
        let sign_data = self.keys.sign(&[tid, &amount.text(), &edi_date]);
        let body = json!({ "amount": amount, "ediDate": edi_date, "signData": sign_data });
        match self.change(&["v1", "payments", tid], &body).await {
            Outcome::Done(document) if document.order_id.as_deref() == Some(&approve.id) => Answer::Done(()),
            // The approval of another order: what has become of ours is looked up.
            Outcome::Done(_) | Outcome::Later | Outcome::InDoubt => Answer::InDoubt,
            Outcome::No(refusal) => {
                let is_taken = |seen: &Snapshot| {
                    seen.is_captured() || matches!(seen.status, Status::AwaitingDeposit { .. })
                };
                self.unless(&approve.id, refusal, is_taken).await
            }
        }
    }

    async fn undo_approval(&self, id: &str) -> Answer<()> {
        let edi_date = edi_date();
        let sign_data = self.keys.sign(&[id, &edi_date]);
        let body = json!({ "orderId": id, "ediDate": edi_date, "signData": sign_data });
        match self.change(&["v1", "payments", "netcancel"], &body).await {
            Outcome::Done(_) => Answer::Done(()),
            Outcome::No(refusal) => self.unless(id, refusal, |seen| seen.status == Status::Cancelled).await,
            Outcome::Later | Outcome::InDoubt => Answer::InDoubt,
        }
    }

    async fn cancel(&self, cancel: &Cancel) -> Answer<Cancellation> {
        if cancel.key.as_str().len() > MAX_ORDER_ID {
            return Answer::Refused(Refusal::unfit("a refund's id has no more than 64 characters"));
        }
        let holder = cancel.refund_account.as_ref().map_or("", |account| account.holder.expose());
        if holder.chars().count() > MAX_HOLDER {
            return Answer::Refused(Refusal::unfit("an account's holder has no more than ten characters"));
        }
        let Ok(seen) = self.by_order(&cancel.id).await else { return Answer::InDoubt };
        if let Some(answer) = cancelling::before(cancel, seen.as_ref()) {
            return answer;
        }
        let tid = seen.map(|seen| seen.transaction_id).unwrap_or_default();
        let path = ["v1", "payments", &tid, "cancel"];
        match self.change(&path, &self.cancellation(cancel, &tid)).await {
            Outcome::Done(document) => cancelling::taken(cancel, document.snapshot(&self.keys)),
            Outcome::No(refusal) => match self.by_tid(&tid).await {
                Ok(after) => match cancelling::refused(cancel, after.as_ref(), refusal) {
                    // Our own earlier call is under way: it would otherwise have been found.
                    Answer::Refused(no) if wire::was_asked_before(&no) => {
                        Answer::Pending(cancelling::later(cancel))
                    }
                    answer
                    @ (Answer::Done(_) | Answer::Pending(_) | Answer::Refused(_) | Answer::InDoubt) => answer,
                },
                Err(_) => Answer::InDoubt,
            },
            Outcome::Later => Answer::Pending(cancelling::later(cancel)),
            Outcome::InDoubt => Answer::InDoubt,
        }
    }

    fn checkout(&self, checkout: &Checkout) -> CheckoutParams {
        self.window.params(checkout)
    }

    fn parse_return(&self, pairs: &[(String, String)]) -> Result<Return, ReturnError> {
        checkout::returned(&self.keys, pairs)
    }

    fn parse_webhook(&self, _: &HeaderMap, body: &[u8], _: DateTime<Utc>) -> Result<Hint, WebhookError> {
        let document = wire::read(body).map_err(WebhookError::Body)?;
        if document.signed(&self.keys) != Some(true) {
            return Err(WebhookError::NoMatchingSignature);
        }
        let webhook_id = sha256_hex(&[body]);
        let kind = document.status.unwrap_or_else(|| document.result_code.clone());
        let Some(payment_id) = document.order_id else { return Ok(Hint::Ignored { webhook_id, kind }) };
        Ok(Hint::Payment {
            webhook_id,
            kind,
            payment_id,
            transaction_id: document.tid,
            cancellation_id: document.cancelled_tid,
            proof: Proof::Signed,
        })
    }

    fn acknowledgement(&self) -> Acknowledgement {
        Acknowledgement::Exactly { content_type: "text/html", body: "OK" }
    }
}

#[cfg(test)]
mod tests;
