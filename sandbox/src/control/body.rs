//! Bodies of the control plane: JSON, strict, so that a misspelt wish is not silently none.

use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    payment::{EscrowStatus, Terms},
    portone_v2::Problem,
    window::Wanted,
};

/// Reads a body; no body is an empty one.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let text = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(text).map_err(|error| Problem::invalid(&error.to_string()))
}

/// What the buyer does, and what comes out of it otherwise than asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pay {
    /// The window's arguments, if no browser opened it.
    pub checkout: Option<Wanted>,
    /// What is captured otherwise than asked.
    pub deviate: Deviation,
}

/// How a capture differs from what was asked.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Deviation {
    total_amount: Option<i64>,
    currency: Option<String>,
    escrow: Option<bool>,
    channel_key: Option<String>,
    store_id: Option<String>,
    live: Option<bool>,
    payment_id: Option<String>,
}

impl Deviation {
    /// Changes the terms.
    pub fn apply(self, terms: &mut Terms) {
        terms.total = self.total_amount.unwrap_or(terms.total);
        terms.escrow = self.escrow.unwrap_or(terms.escrow);
        terms.live = self.live.unwrap_or(terms.live);
        replace(&mut terms.currency, self.currency);
        replace(&mut terms.channel_key, self.channel_key);
        replace(&mut terms.store_id, self.store_id);
        terms.reported_id = self.payment_id.or(terms.reported_id.take());
    }
}

fn replace(field: &mut String, with: Option<String>) {
    if let Some(value) = with {
        *field = value;
    }
}

/// Why the PG says no.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Decline {
    pub checkout: Option<Wanted>,
    pub code: Option<String>,
    pub message: Option<String>,
}

/// A deposit to the virtual account.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deposit {
    /// Another amount than asked for.
    pub amount: Option<i64>,
    /// Taken although it is too late.
    pub late: bool,
}

/// A cancellation on the PG's console.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConsoleCancel {
    pub amount: Option<i64>,
    pub reason: Option<String>,
    /// Taken on, to be settled later.
    pub requested: bool,
    /// By the card holder's bank.
    pub chargeback: bool,
}

/// The end of a cancellation that was taken on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    pub succeeded: bool,
}

/// The next state of the gateway's escrow.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscrowMove {
    pub status: EscrowStatus,
    #[serde(default)]
    pub automatically: bool,
}

/// The card holder's bank takes the money back.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chargeback {
    pub amount: Option<i64>,
    pub reason: Option<String>,
}

/// The card holder's bank asks questions.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Disputing {
    pub reason: Option<String>,
    pub amount: Option<i64>,
}
