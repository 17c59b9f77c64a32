//! What the buyer pays with. It depends on settings that may be others tomorrow, so it is made while the payment is
//! decided and kept with the answer: the same command asked again opens the same window.

use std::{
    fmt::{Debug, Formatter},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use domain::{
    Money,
    id::{OrderId, PaymentId},
    payment::Gateway,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::refusal::CallerRefusal;

/// What is to be paid, until when and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentTerms {
    /// The attempt.
    pub payment_id: PaymentId,
    /// For which order.
    pub order_id: OrderId,
    /// How much.
    pub amount: Money,
    /// What the buyer is told they pay for.
    pub order_name: String,
    /// Through which gateway.
    pub gateway: Gateway,
    /// Whether the gateway is asked to hold the money in escrow.
    pub escrow: bool,
    /// When the window ends.
    pub expires_at: DateTime<Utc>,
}

/// Where the buyer pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayWindow {
    /// What a browser opens the gateway's window with, in the gateway's words.
    pub checkout: Value,
    /// A page to pay on, where the gateway has one.
    pub pay_url: Option<String>,
}

/// Makes the window of terms. Pure, like the decision it is part of.
#[derive(Clone)]
pub struct OpenWindow(Option<Arc<Open>>);

type Open = dyn Fn(&PaymentTerms) -> PayWindow + Send + Sync;

impl OpenWindow {
    /// Windows as `open` makes them.
    pub fn new(open: impl Fn(&PaymentTerms) -> PayWindow + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(open)))
    }

    /// No window: there is no account at the gateway. Said while the payment is decided, so that one that was begun
    /// while there was one answers as it did then.
    pub const fn closed() -> Self {
        Self(None)
    }

    pub(crate) fn of(&self, terms: &PaymentTerms) -> Result<PayWindow, CallerRefusal> {
        self.0.as_ref().map(|open| open(terms)).ok_or(CallerRefusal::NoSuchGateway { gateway: terms.gateway })
    }
}

impl Debug for OpenWindow {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenWindow(…)")
    }
}
