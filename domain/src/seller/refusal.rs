//! Why a seller's command is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::money::MoneyError;

/// Why a seller's command is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SellerRefusal {
    /// The id names nobody.
    #[error("there is no such seller")]
    UnknownSeller,
    /// The seller exists already.
    #[error("the seller is registered already")]
    SellerAlreadyRegistered,
    /// The seller does not take orders.
    #[error("the seller is not taking orders")]
    SellerNotActive,
    /// The amount cannot be computed or booked.
    #[error("{reason}")]
    AmountImpossible {
        /// Why.
        reason: MoneyError,
    },
}

impl From<MoneyError> for SellerRefusal {
    fn from(reason: MoneyError) -> Self {
        Self::AmountImpossible { reason }
    }
}
