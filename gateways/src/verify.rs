//! The one place where a gateway's payment is compared with what was asked: the webhook, the browser's return, the
//! poller and an operator all end here. Everything is compared and everything wrong is listed, because an operator
//! who gives quarantined money back wants the whole list.

use chrono::{DateTime, Utc};
use domain::{
    Money,
    payment::{Custody, Mismatch},
};
use thiserror::Error;

use crate::snapshot::{Snapshot, Status};

/// Who we are at a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchant {
    /// Our store, where the gateway has stores.
    pub store: Option<String>,
    /// The channels our buyers may pay through.
    pub channels: Vec<String>,
    /// Whether real money moves.
    pub live: bool,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The payment's id at the gateway.
    pub id: &'a str,
    /// How much.
    pub amount: Money,
    /// Whether the gateway was asked to hold the money.
    pub escrow: bool,
    /// Who we are.
    pub merchant: &'a Merchant,
}

/// A captured payment that is exactly what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The gateway's transaction.
    pub transaction_id: String,
    /// What was captured.
    pub amount: Money,
    /// Card, transfer, virtual account …, in the gateway's word.
    pub method: String,
    /// Who holds the money.
    pub custody: Custody,
    /// When, by the gateway's clock.
    pub paid_at: DateTime<Utc>,
}

/// Why a payment is not verified.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    /// No money was captured, so there is nothing to verify: wait, or let it fail.
    #[error("nothing was captured ({0:?})")]
    NotCaptured(Status),
    /// Money was captured that is not what was asked for: it must not fund the order and goes back.
    #[error("the captured payment is not what was asked for: {0:?}")]
    Mismatched(Vec<Mismatch>),
}

/// Compares a gateway's payment with what was asked for.
pub fn verify(expected: &Expected<'_>, snapshot: &Snapshot) -> Result<Verified, Rejection> {
    let Some(paid_at) = snapshot.paid_at.filter(|_| snapshot.is_captured()) else {
        return Err(Rejection::NotCaptured(snapshot.status.clone()));
    };
    let mismatches = mismatches(expected, snapshot);
    if !mismatches.is_empty() {
        return Err(Rejection::Mismatched(mismatches));
    }
    Ok(Verified {
        transaction_id: snapshot.transaction_id.clone(),
        amount: snapshot.total,
        method: snapshot.method.clone(),
        custody: custody(snapshot),
        paid_at,
    })
}

/// Who holds a captured payment, verified or not.
pub(crate) const fn custody(snapshot: &Snapshot) -> Custody {
    if snapshot.escrow.is_some() { Custody::GatewayEscrow } else { Custody::Platform }
}

impl Snapshot {
    /// Who holds the money: the gateway only if its document says so, whatever was asked for.
    pub const fn custody(&self) -> Custody {
        custody(self)
    }
}

fn mismatches(expected: &Expected<'_>, snapshot: &Snapshot) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if snapshot.id != expected.id || snapshot.transaction_id.is_empty() {
        found.push(Mismatch::Identity { actual: snapshot.id.clone() });
    }
    if snapshot.total != expected.amount {
        found.push(Mismatch::Amount { expected: expected.amount, actual: snapshot.total });
    }
    if snapshot.escrow.is_some() != expected.escrow {
        found.push(Mismatch::EscrowFlag { expected: expected.escrow });
    }
    if snapshot.store != expected.merchant.store {
        found.push(Mismatch::Channel {
            actual: format!("store {}", snapshot.store.as_deref().unwrap_or("unnamed")),
        });
    }
    let key = snapshot.channel.as_ref().map_or("unnamed", |channel| channel.key.as_str());
    if !expected.merchant.channels.iter().any(|ours| ours == key) {
        found.push(Mismatch::Channel { actual: format!("channel {key}") });
    }
    if snapshot.channel.as_ref().is_none_or(|channel| channel.live != expected.merchant.live) {
        found.push(Mismatch::LiveFlag { expected_live: expected.merchant.live });
    }
    found
}

#[cfg(test)]
mod tests;
