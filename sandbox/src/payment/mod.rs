//! What a gateway knows of a payment, in no protocol's words. `verbs` are the gateway's rules: each verb changes the
//! payment or says [`No`].

mod escrow;
mod verbs;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use escrow::{Escrow, EscrowStatus, Parcel};
pub use verbs::{Cancelling, No, Outcome, Trigger};

/// What the shop registered before the window was opened.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Registered {
    pub total: Option<i64>,
    pub currency: Option<String>,
    pub tax_free: Option<i64>,
}

/// What the buyer is asked to pay, and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Terms {
    pub store_id: String,
    pub channel_key: String,
    pub order_name: String,
    pub total: i64,
    pub tax_free: i64,
    pub currency: String,
    pub method: PayMethod,
    pub escrow: bool,
    pub live: bool,
    pub redirect_url: Option<String>,
    pub notice_urls: Vec<String>,
    pub customer: Customer,
    pub due_at: Option<DateTime<Utc>>,
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
    pub id: String,
    pub transaction_id: String,
    /// How many windows were opened for it; a failed payment may be tried again.
    pub tries: usize,
    pub terms: Terms,
    pub state: State,
    pub requested_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    pub cancellations: Vec<Cancellation>,
    pub escrow: Option<Escrow>,
    /// How many webhooks were made, also before a restart: their ids are never used twice.
    pub announced: usize,
    #[serde(skip)]
    pub webhooks: Vec<WebhookRecord>,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    Ready,
    Pending,
    AccountIssued { due_at: DateTime<Utc> },
    Paid { at: DateTime<Utc> },
    Failed { at: DateTime<Utc>, code: String, message: String },
}

/// Money that went back, or shall.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cancellation {
    pub id: String,
    pub outcome: Outcome,
    pub total: i64,
    pub tax_free: i64,
    pub vat: i64,
    pub reason: String,
    pub trigger: Trigger,
    pub requested_at: DateTime<Utc>,
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

impl Payment {
    /// A payment whose window was just opened.
    pub fn open(id: &str, transaction_id: String, terms: Terms, now: DateTime<Utc>) -> Self {
        Self {
            id: id.to_owned(),
            transaction_id,
            tries: 1,
            escrow: terms.escrow.then(Escrow::default),
            terms,
            state: State::Ready,
            requested_at: now,
            changed_at: now,
            cancellations: Vec::new(),
            announced: 0,
            webhooks: Vec::new(),
        }
    }

    pub const fn is_captured(&self) -> bool {
        matches!(self.state, State::Paid { .. })
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
