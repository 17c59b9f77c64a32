//! Why a claim's command is refused.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Money, money::MoneyError};

/// Why a claim's command is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ClaimRefusal {
    /// The id names nothing.
    #[error("there is no such claim")]
    UnknownClaim,
    /// The id is taken.
    #[error("the claim exists already")]
    ClaimAlreadyExists,
    /// The claim was decided, or has ended.
    #[error("the claim is decided or over")]
    ClaimIsDecided,
    /// The goods have not come back.
    #[error("the goods have not come back yet")]
    GoodsNotReceived,
    /// The goods are back; only a decision ends the claim now.
    #[error("the goods are back with the seller; the claim can only be decided")]
    GoodsAreBack,
    /// Nothing is withheld.
    #[error("the money is not withheld")]
    NotWithheld,
    /// The exchange was not approved, or its goods are not on their way.
    #[error("no other goods are to be sent")]
    NoGoodsToSend,
    /// The deadline has passed.
    #[error("the time for it ended at {ended_at}")]
    TooLate {
        /// When.
        ended_at: DateTime<Utc>,
    },
    /// The deadline has not come.
    #[error("nothing is due yet")]
    NotDueYet,
    /// A deduction or a charge is more than the goods are worth, or less than nothing.
    #[error("{wanted} cannot be taken of {worth}", wanted = wanted.amount, worth = worth.amount)]
    DeductionTooLarge {
        /// What was to be taken.
        wanted: Money,
        /// What the goods are worth.
        worth: Money,
    },
    /// The seller bears the cost of what is the seller's fault.
    #[error("the seller is at fault; nothing is deducted from the buyer's money")]
    SellerAtFault,
    /// The other goods cost more.
    #[error("the other goods cost {extra} more; return these and order those", extra = extra.amount)]
    ExtraPaymentNeeded {
        /// How much more.
        extra: Money,
    },
    /// The other goods are another seller's, or none are named.
    #[error("goods are exchanged for goods of the same seller and currency")]
    NotExchangeable,
    /// A parcel needs a carrier and its number.
    #[error("a parcel needs a carrier and an invoice number")]
    InvoiceMissing,
    /// The amount cannot be computed or booked.
    #[error("{reason}")]
    AmountImpossible {
        /// Why.
        reason: MoneyError,
    },
}

impl From<MoneyError> for ClaimRefusal {
    fn from(reason: MoneyError) -> Self {
        Self::AmountImpossible { reason }
    }
}
