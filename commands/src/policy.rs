//! The rules of business that a marketplace sets for itself.

use chrono::Duration;
use domain::{payment::Gateway, seller::Commission};

/// What the marketplace has decided once for all orders to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How long a buyer has to pay.
    pub payment_window: Duration,
    /// How many full days after delivery the clock confirms.
    pub confirm_days: u32,
    /// The commission in a new seller's contract.
    pub commission: Commission,
    /// The gateway of new payments.
    pub gateway: Gateway,
}

impl Default for Policy {
    /// 15 minutes to pay, 7 full days to confirm, 10 % commission, PortOne V2.
    fn default() -> Self {
        Self {
            payment_window: Duration::minutes(15),
            confirm_days: 7,
            commission: Commission { rate: 10_000 },
            gateway: Gateway::PortoneV2,
        }
    }
}
