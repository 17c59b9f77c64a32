//! The rules of business that a marketplace sets for itself.

use chrono::Duration;
use domain::{
    holidays::{Holidays, KOREA, Term},
    order::ConfirmPeriod,
    payment::Gateway,
    seller::Commission,
};

/// What the marketplace has decided once for all orders to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How long a buyer has to pay.
    pub payment_window: Duration,
    /// How long after delivery the clock confirms.
    pub confirm: Term,
    /// The days on which nobody works.
    pub holidays: &'static Holidays,
    /// The commission in a new seller's contract.
    pub commission: Commission,
    /// The gateway of new payments.
    pub gateway: Gateway,
}

impl Policy {
    /// How long a buyer has to confirm.
    pub const fn confirm_period(&self) -> ConfirmPeriod {
        ConfirmPeriod { term: self.confirm, holidays: self.holidays }
    }
}

impl Default for Policy {
    /// 15 minutes to pay, 7 full days to confirm, Korea's holidays, 10 % commission, PortOne V2.
    fn default() -> Self {
        Self {
            payment_window: Duration::minutes(15),
            confirm: Term::Days(7),
            holidays: &KOREA,
            commission: Commission { rate: 10_000 },
            gateway: Gateway::PortoneV2,
        }
    }
}
