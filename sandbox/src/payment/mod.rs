//! What a gateway knows of a payment, in no protocol's words. `verbs` and its neighbours are the gateway's rules:
//! each verb changes the payment or says [`No`].

mod account;
mod call_off;
mod cancel;
mod escrow;
mod no;
mod verbs;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::protocol::Protocol;

pub use account::Account;
pub use cancel::{Cancellation, Cancelling, Destination, Outcome, Trigger};
pub use escrow::{Escrow, EscrowStatus, Parcel};
pub use no::No;

/// What the shop registered before the window was opened.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Registered {
    pub total: Option<i64>,
    pub currency: Option<String>,
    pub tax_free: Option<i64>,
}

/// What the buyer is asked to pay, and how.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own in some protocol")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Terms {
    pub store_id: String,
    pub channel_key: String,
    pub order_name: String,
    pub total: i64,
    pub tax_free: i64,
    /// Reckoned from the total if the shop did not say.
    pub vat: Option<i64>,
    pub currency: String,
    pub method: PayMethod,
    pub escrow: bool,
    pub live: bool,
    /// The buyer's part is only a first step: the money is captured when the shop approves.
    pub approval_by_shop: bool,
    pub redirect_url: Option<String>,
    pub notice_urls: Vec<String>,
    /// Whom to ask before the capture.
    pub confirm_url: Option<String>,
    pub customer: Customer,
    pub custom_data: Option<String>,
    pub due_at: Option<DateTime<Utc>>,
    /// On a phone the window takes the shop's page's place.
    pub mobile: bool,
    /// What one protocol alone asks for.
    pub extra: Map<String, Value>,
    /// A wrong id to answer with, to try whether anyone looks.
    pub reported_id: Option<String>,
}

/// Who pays, as far as the shop said.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Customer {
    pub id: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
    pub postcode: Option<String>,
}

/// How the buyer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PayMethod {
    Card,
    Transfer,
    VirtualAccount,
    EasyPay,
    Mobile,
}

/// A payment whose window was opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Payment {
    pub protocol: Protocol,
    /// The gateway's id; of PortOne V2, the shop's.
    pub id: String,
    /// The shop's id.
    pub order_id: String,
    pub transaction_id: String,
    /// How many windows were opened for it; a failed payment may be tried again.
    pub tries: usize,
    pub terms: Terms,
    pub state: State,
    pub requested_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    /// When the next step is no longer possible.
    pub lost_at: Option<DateTime<Utc>>,
    pub account: Option<Account>,
    pub cancellations: Vec<Cancellation>,
    pub escrow: Option<Escrow>,
    pub dispute: Option<Dispute>,
    pub cash_receipt: Option<CashReceipt>,
    /// How many webhooks were made, also before a restart: their ids are never used twice.
    pub announced: usize,
    #[serde(skip)]
    pub webhooks: Vec<WebhookRecord>,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    Ready,
    /// The PG takes its time.
    Pending,
    /// The buyer agreed; the shop has to approve, with this token, before `lost_at`.
    Authorised {
        token: String,
    },
    AccountIssued,
    Paid {
        at: DateTime<Utc>,
    },
    Failed {
        at: DateTime<Utc>,
        code: String,
        message: String,
    },
    /// The next step was not taken in time, or the virtual account was closed.
    Expired {
        at: DateTime<Utc>,
    },
}

/// What the card holder's bank disputes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dispute {
    pub reason: String,
    pub amount: i64,
    pub created_at: DateTime<Utc>,
    pub resolved_at: Option<DateTime<Utc>>,
}

/// A cash receipt.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CashReceipt {
    pub identifier: String,
    pub kind: String,
    pub issued_at: DateTime<Utc>,
    pub cancelled_at: Option<DateTime<Utc>>,
}

/// A webhook that was made.
#[derive(Debug, Clone)]
pub struct WebhookRecord {
    pub id: String,
    pub kind: &'static str,
    pub status: &'static str,
    pub url: String,
    pub body: bytes::Bytes,
    pub sent: u32,
    pub resent: u32,
    pub outcome: WebhookOutcome,
    pub at: DateTime<Utc>,
}

/// What came of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookOutcome {
    Waiting,
    Delivered { status: u16 },
    Refused { status: u16 },
    Unanswered,
}

/// Who a new payment is.
#[derive(Debug, Clone)]
pub struct Identity {
    pub protocol: Protocol,
    pub id: String,
    pub order_id: String,
    pub transaction_id: String,
}

impl Payment {
    /// A payment whose window was just opened.
    pub fn open(who: Identity, terms: Terms, now: DateTime<Utc>) -> Self {
        Self {
            protocol: who.protocol,
            id: who.id,
            order_id: who.order_id,
            transaction_id: who.transaction_id,
            tries: 1,
            escrow: terms.escrow.then(Escrow::default),
            terms,
            state: State::Ready,
            requested_at: now,
            changed_at: now,
            lost_at: None,
            account: None,
            cancellations: Vec::new(),
            dispute: None,
            cash_receipt: None,
            announced: 0,
            webhooks: Vec::new(),
        }
    }

    pub const fn is_captured(&self) -> bool {
        matches!(self.state, State::Paid { .. })
    }

    /// Why it failed.
    pub fn failure(&self) -> Option<&str> {
        match &self.state {
            State::Failed { message, .. } => Some(message),
            State::Ready
            | State::Pending
            | State::Authorised { .. }
            | State::AccountIssued
            | State::Paid { .. }
            | State::Expired { .. } => None,
        }
    }

    /// VAT, as the shop said or as it follows from the total.
    pub fn vat(&self) -> i64 {
        self.terms.vat.unwrap_or_else(|| vat(self.terms.total, self.terms.tax_free))
    }

    /// What went back.
    pub fn cancelled(&self) -> i64 {
        self.sum(|outcome| outcome == Outcome::Succeeded)
    }

    /// What may still be cancelled.
    pub fn cancellable(&self) -> i64 {
        self.terms.total - self.sum(|outcome| outcome != Outcome::Failed)
    }

    fn sum(&self, counts: impl Fn(Outcome) -> bool) -> i64 {
        self.cancellations.iter().filter(|it| counts(it.outcome)).map(|it| it.total).sum()
    }
}

/// VAT in a total, half up.
pub const fn vat(total: i64, tax_free: i64) -> i64 {
    (2 * (total - tax_free) + 11).div_euclid(22)
}
