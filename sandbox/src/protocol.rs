//! The protocols that are spoken, and what each of them has to be able to say. Whatever happens to a payment, the
//! shared parts (the control plane, the pay window, the webhooks) ask the payment's own dialect for the words.

use axum::response::Response;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    app::App,
    call::{Answer, Call},
    idempotency::Held,
    nicepay::Nicepay,
    payment::{Cancellation, No, Payment, Terms},
    portone_v1::PortoneV1,
    portone_v2::PortoneV2,
    toss::Toss,
    window::Wanted,
};

/// A gateway's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// PortOne V1, once called Iamport.
    PortoneV1,
    /// PortOne V2.
    #[default]
    PortoneV2,
    /// NicePay.
    Nicepay,
    /// Toss Payments.
    Toss,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::PortoneV1, Self::PortoneV2, Self::Nicepay, Self::Toss];

    /// Its name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PortoneV1 => "portone-v1",
            Self::PortoneV2 => "portone-v2",
            Self::Nicepay => "nicepay",
            Self::Toss => "toss",
        }
    }

    /// The protocol of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.name() == name)
    }

    pub(crate) fn dialect(self) -> &'static dyn Dialect {
        match self {
            Self::PortoneV1 => &PortoneV1,
            Self::PortoneV2 => &PortoneV2,
            Self::Nicepay => &Nicepay,
            Self::Toss => &Toss,
        }
    }
}

/// What the shop may be told about.
#[derive(Debug, Clone)]
pub enum News {
    /// The window was opened.
    Opened,
    /// The payment's own state changed.
    State,
    /// A cancellation was made, taken on, or settled.
    Cancellation(Cancellation),
    /// The card holder's bank disputes the payment.
    DisputeOpened,
    /// The dispute is over.
    DisputeClosed,
    /// The gateway's escrow went on.
    Escrow,
}

/// How the buyer left the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The buyer did what was asked: paid, authorised, or was given an account.
    Done,
    /// The PG said no.
    Declined,
    /// The shop said no when it was asked to confirm.
    Blocked,
    /// The buyer closed the window.
    Abandoned,
}

/// A protocol's words.
pub trait Dialect: Send + Sync {
    /// Whether the call is let in; if it has an idempotency key, the key is held from now on.
    fn admit(&self, app: &App, call: &Call) -> Result<Option<Held>, Answer>;

    /// A fault of the script: a status without a meaning.
    fn scripted(&self, status: u16) -> Answer;

    /// The PG behind the gateway says no.
    fn pg_refuses(&self) -> Answer;

    /// A payment's document.
    fn document(&self, app: &App, payment: &Payment) -> Value;

    /// Tells the shop, if this protocol tells such a thing at all.
    fn tell(&self, app: &App, payment: &mut Payment, news: &News);

    /// The gateway's id of the `number`-th payment of the shop's `order_id`.
    fn payment_id(&self, app: &App, order_id: &str, number: usize) -> String;

    /// The arguments with which a browser opens the window.
    fn wanted(&self, query: &str) -> Result<Wanted, No>;

    /// Whether a window with these terms opens.
    fn agree(&self, _app: &App, _order_id: &str, _terms: &Terms) -> Result<(), No> {
        Ok(())
    }

    /// Sends the browser back to the shop; nothing if the shop gave no address.
    fn leave(&self, app: &App, payment: &Payment, left: Left) -> Option<Response>;

    /// What a window over the shop's page says that does not open.
    fn shut(&self, _order_id: &str, no: No) -> Value {
        Value::String(no.to_string())
    }

    /// What the shop is asked before the capture, if this protocol asks such a thing.
    fn confirmation(&self, _app: &App, _payment: &Payment) -> Option<Value> {
        None
    }

    /// Whether the buyer's part is the whole of it, unless the shop wants to approve; if not, the shop always has to.
    fn approves_itself(&self) -> bool {
        true
    }

    /// How long the shop has to approve what the buyer agreed to.
    fn approval_within(&self) -> TimeDelta {
        TimeDelta::minutes(10)
    }

    /// How long the buyer has in an open window, if there is an end to it.
    fn window_within(&self) -> Option<TimeDelta> {
        None
    }
}
