//! Why a payment's command is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Gateway;
use crate::{Money, money::MoneyError};

/// Why a payment's command is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PaymentRefusal {
    /// The id names nothing.
    #[error("there is no such payment")]
    UnknownPayment,
    /// The id is taken.
    #[error("the payment exists already")]
    PaymentAlreadyExists,
    /// A payment must be of more than nothing.
    #[error("an amount must be more than nothing")]
    AmountNotPositive,
    /// Nothing was captured.
    #[error("nothing has been paid by this payment")]
    NothingCaptured,
    /// The money is captured; it can only be refunded.
    #[error("the payment is captured already")]
    AlreadyCaptured,
    /// Another amount or another custody was captured than was asked for.
    #[error("the capture is not what was asked for")]
    CaptureDiffers,
    /// The attempt is over.
    #[error("the payment is over")]
    PaymentIsOver,
    /// What the buyer agreed to is being approved at the gateway.
    #[error("the payment is being approved; ask again in a moment")]
    ApprovalUnderWay,
    /// The bank took the deposit back.
    #[error("the bank took the deposit back; nothing is shipped until it is there again")]
    DepositTakenBack,
    /// A deposit goes back to an account, and none is named.
    #[error("the payment was made by virtual account: {} gives it back to an account of the buyer's only; name one", gateway.name())]
    RefundAccountMissing {
        /// Which gateway wants it.
        gateway: Gateway,
    },
    /// An account is named, and the money goes back the way it came.
    #[error("the money goes back the way it came; no account is taken")]
    RefundAccountNotTaken,
    /// The deposit was not taken back.
    #[error("the deposit was not taken back")]
    DepositIsThere,
    /// The gateway says that nothing was paid yet.
    #[error("the gateway does not say that the payment is paid")]
    NotPaidAtGateway,
    /// More was to be refunded than is left.
    #[error("{wanted} was to be refunded, {refundable} is left", wanted = wanted.amount, refundable = refundable.amount)]
    ExceedsRefundable {
        /// What was asked for.
        wanted: Money,
        /// What is left.
        refundable: Money,
    },
    /// A refused refund is asked for anew with another amount.
    #[error("the refund is of {fixed}, not of {wanted}", fixed = fixed.amount, wanted = wanted.amount)]
    RefundAmountFixed {
        /// What it was of, and what the holds have committed to it.
        fixed: Money,
        /// What was asked for.
        wanted: Money,
    },
    /// The refund is under way at the gateway; paying it by bank too would pay it twice.
    #[error("the refund is under way at the gateway; only one that it refused is paid by bank")]
    RefundUnderWay,
    /// The id names no refund of this payment.
    #[error("there is no such refund")]
    UnknownRefund,
    /// The amount cannot be computed or booked.
    #[error("{reason}")]
    AmountImpossible {
        /// Why.
        reason: MoneyError,
    },
}

impl From<MoneyError> for PaymentRefusal {
    fn from(reason: MoneyError) -> Self {
        Self::AmountImpossible { reason }
    }
}
