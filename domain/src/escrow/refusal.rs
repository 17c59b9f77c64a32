//! Why a hold's command is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Money, money::MoneyError};

/// Why a hold's command is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum EscrowRefusal {
    /// The hold was never funded.
    #[error("no money is held here")]
    NotFunded,
    /// The hold was funded before.
    #[error("the hold is funded already")]
    AlreadyFunded,
    /// The buyer refused the purchase on the gateway's page.
    #[error("the buyer refused the purchase at the gateway; the money is not released")]
    RefusedAtGateway,
    /// No parcel of this id could not be registered.
    #[error("telling the gateway of this parcel did not fail; there is nothing to ask anew")]
    NothingToRegister,
    /// The hold is closed.
    #[error("the hold is closed: everything has left it")]
    HoldClosed,
    /// More was asked for than may move.
    #[error("{wanted} was asked for, {movable} may move", wanted = wanted.amount, movable = movable.amount)]
    ExceedsHold {
        /// What was asked for.
        wanted: Money,
        /// What may move.
        movable: Money,
    },
    /// More was to be unlocked than is locked.
    #[error("{wanted} was to be unlocked, {locked} is locked", wanted = wanted.amount, locked = locked.amount)]
    ExceedsLock {
        /// What was asked for.
        wanted: Money,
        /// What is locked.
        locked: Money,
    },
    /// More was to be taken back than was released.
    #[error("{wanted} was to be taken back, {released} was released", wanted = wanted.amount, released = released.amount)]
    ExceedsReleased {
        /// What was asked for.
        wanted: Money,
        /// What was released and not taken back.
        released: Money,
    },
    /// Commission, tax and net do not make up what is released.
    #[error("the parts of a release do not sum to it")]
    SplitDiffers,
    /// An amount must be more than nothing.
    #[error("an amount must be more than nothing")]
    AmountNotPositive,
    /// The amount cannot be computed or booked.
    #[error("{reason}")]
    AmountImpossible {
        /// Why.
        reason: MoneyError,
    },
}

impl From<MoneyError> for EscrowRefusal {
    fn from(reason: MoneyError) -> Self {
        Self::AmountImpossible { reason }
    }
}
