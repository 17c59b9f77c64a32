//! How a refund can be carried out: by the gateway, or by the platform from its own bank account.
//!
//! The rules for escrow are `NicePay`'s table, which the notices of the other PGs agree with: all of it before and
//! after the delivery was registered and after the buyer refused, nothing once the buyer has confirmed, and never
//! a part.

use chrono::{DateTime, Datelike, Months, TimeDelta, Utc};
use domain::Money;

use super::Capabilities;
use crate::snapshot::{EscrowState, Snapshot};

/// Korea has no daylight saving time.
const SEOUL: TimeDelta = TimeDelta::hours(9);
/// How long a card payment can be cancelled.
const CARD_MONTHS: Months = Months::new(12);
/// How long the deposit to a virtual account can be given back by the PG.
const DEPOSIT_REFUND_DAYS: TimeDelta = TimeDelta::days(180);

/// Who carries a refund out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundRoute {
    /// The gateway can.
    Gateway,
    /// The gateway will not: the platform pays back by bank transfer.
    Bank(BankRefund),
}

/// Why the gateway will not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BankRefund {
    /// A part of an escrow payment.
    PartOfEscrow,
    /// The buyer confirmed the purchase: the PG's escrow is over.
    PurchaseConfirmed,
    /// On the phone bill, and the month is over.
    MonthIsOver,
    /// The card's year, or the deposit's half-year, is over.
    TooLate,
}

impl Capabilities {
    /// How `amount` of a captured payment can go back now.
    pub fn refund_route(&self, payment: &Snapshot, amount: Money, now: DateTime<Utc>) -> RefundRoute {
        self.bank_refund(payment, amount, now).map_or(RefundRoute::Gateway, RefundRoute::Bank)
    }

    fn bank_refund(&self, payment: &Snapshot, amount: Money, now: DateTime<Utc>) -> Option<BankRefund> {
        if let Some(escrow) = &payment.escrow {
            let is_part = amount != payment.total || payment.cancelled.is_positive();
            if is_part && !self.partial_cancel_of_escrow {
                return Some(BankRefund::PartOfEscrow);
            }
            if matches!(escrow, EscrowState::Confirmed { .. }) {
                return Some(BankRefund::PurchaseConfirmed);
            }
        }
        let paid_at = payment.paid_at?;
        match payment.method.as_str() {
            "mobile" if month(paid_at) != month(now) => Some(BankRefund::MonthIsOver),
            "card" if now > paid_at + CARD_MONTHS => Some(BankRefund::TooLate),
            "virtual_account" if now > paid_at + DEPOSIT_REFUND_DAYS => Some(BankRefund::TooLate),
            _ => None,
        }
    }
}

fn month(at: DateTime<Utc>) -> (i32, u32) {
    let there = at + SEOUL;
    (there.year(), there.month())
}
