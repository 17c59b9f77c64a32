//! Why an order's command is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    Money,
    contest::Contest,
    id::{LineId, PaymentId, ProductId},
    money::MoneyError,
};

/// Why an order's command is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum OrderRefusal {
    /// The id names nothing.
    #[error("there is no such order")]
    UnknownOrder,
    /// The id is taken.
    #[error("the order exists already")]
    OrderAlreadyExists,
    /// An order needs a line.
    #[error("an order needs at least one line")]
    NoLines,
    /// A quantity must be at least one.
    #[error("a quantity must be at least one")]
    QuantityNotPositive,
    /// The lines are of different currencies.
    #[error("all lines of an order must be of one currency")]
    MixedCurrencies,
    /// A product stands in two lines; its reservation has room for one quantity.
    #[error("{product_id} stands in two lines; order it once, with the whole quantity")]
    ProductRepeated {
        /// Which.
        product_id: ProductId,
    },
    /// Nobody buys from themselves.
    #[error("a seller cannot buy their own product")]
    BuyerIsSeller,
    /// The price that was named is not the price.
    #[error("the price is {actual}, not {named}", actual = actual.amount, named = named.amount)]
    PriceChanged {
        /// What the caller expects.
        named: Money,
        /// What it is.
        actual: Money,
    },
    /// The order is not paid.
    #[error("the order is not paid")]
    NotPaid,
    /// The order is paid.
    #[error("the order is paid already, by {payment_id}")]
    AlreadyPaid {
        /// By which attempt.
        payment_id: PaymentId,
    },
    /// The order was never begun to be paid by this attempt.
    #[error("{payment_id} is no attempt to pay this order")]
    UnknownAttempt {
        /// Which.
        payment_id: PaymentId,
    },
    /// An attempt is being approved at the gateway and may be captured at any moment.
    #[error("{payment_id} is being approved at the gateway; ask again in a moment")]
    ApprovalUnderWay {
        /// Which.
        payment_id: PaymentId,
    },
    /// The payment window has not ended.
    #[error("the payment window has not ended")]
    WindowStillOpen,
    /// The payment window has ended.
    #[error("the payment window has ended")]
    WindowHasEnded,
    /// The order was never paid and is over.
    #[error("the order has expired")]
    OrderHasExpired,
    /// The order is cancelled, or being cancelled.
    #[error("the order is cancelled")]
    OrderIsCancelled,
    /// The order is not being cancelled.
    #[error("the order is not being cancelled")]
    NotCancelling,
    /// Something is shipped; a return is needed instead.
    #[error("goods of this order are with a carrier; it can be returned, not cancelled")]
    AlreadyShipped,
    /// Somebody's goods are confirmed and paid for.
    #[error("the order is confirmed")]
    AlreadyConfirmed,
    /// Nothing of the order has been shipped that is not confirmed.
    #[error("nothing that could be confirmed has been shipped")]
    NotShipped,
    /// Not all parcels have arrived.
    #[error("not everything has been delivered")]
    NotDelivered,
    /// The confirmation period has not ended.
    #[error("the confirmation period has not ended")]
    NotDueYet,
    /// The caller sells nothing in this order.
    #[error("nothing in this order is sold by this seller")]
    NotASellerOfThisOrder,
    /// Everything is shipped.
    #[error("everything in this order has been shipped")]
    NothingToShip,
    /// The line is not the seller's or has nothing left to ship.
    #[error("{line_id} has nothing left to ship")]
    UnknownLine {
        /// Which.
        line_id: LineId,
    },
    /// More units than are left, or none.
    #[error("more of {line_id} than is left to ship, or none")]
    QuantityExceedsUnshipped {
        /// Which.
        line_id: LineId,
    },
    /// The line is none of this order, or of this seller's in it.
    #[error("{line_id} is no line of this order")]
    NotALine {
        /// Which.
        line_id: LineId,
    },
    /// A line stands twice in what was asked for.
    #[error("{line_id} is named twice")]
    LineRepeated {
        /// Which.
        line_id: LineId,
    },
    /// All units of the line were given up or returned.
    #[error("nothing of {line_id} is left: its units were given up or returned")]
    LineIsOver {
        /// Which.
        line_id: LineId,
    },
    /// The line is confirmed and its money released.
    #[error("{line_id} is confirmed")]
    LineConfirmed {
        /// Which.
        line_id: LineId,
    },
    /// More units than are there, or none.
    #[error("of {line_id} there are {available} units to be had, {wanted} were named")]
    QuantityExceedsLine {
        /// Which.
        line_id: LineId,
        /// How many were named.
        wanted: u32,
        /// How many there are.
        available: u32,
    },
    /// A claim or a dispute is open on the line.
    #[error("{contest} is open on {line_id}; it has to come to an end first")]
    ContestIsOpen {
        /// Which line.
        line_id: LineId,
        /// Which claim or dispute.
        contest: Contest,
    },
    /// The confirmation was held back before.
    #[error("the confirmation of {line_id} was held back once already")]
    HeldBackAlready {
        /// Which line.
        line_id: LineId,
    },
    /// Not so many days.
    #[error("a confirmation can be held back for 1 to {most} days")]
    HoldTooLong {
        /// The most.
        most: u32,
    },
    /// The period in which goods may be given back has ended.
    #[error("the period in which {line_id} could be given back ended at {ended_at}")]
    ReturnPeriodEnded {
        /// Which line.
        line_id: LineId,
        /// When.
        ended_at: chrono::DateTime<chrono::Utc>,
    },
    /// A parcel needs a carrier and its number.
    #[error("a parcel needs a carrier and an invoice number")]
    InvoiceMissing,
    /// The id is taken by another seller's parcel.
    #[error("the shipment exists already")]
    ShipmentAlreadyExists,
    /// The id names no parcel of this order.
    #[error("there is no such shipment")]
    UnknownShipment,
    /// The date lies outside the calendar.
    #[error("the date is out of range")]
    DateOutOfRange,
    /// The amount cannot be computed or booked.
    #[error("{reason}")]
    AmountImpossible {
        /// Why.
        reason: MoneyError,
    },
}

impl From<MoneyError> for OrderRefusal {
    fn from(reason: MoneyError) -> Self {
        match reason {
            MoneyError::CurrencyMismatch => Self::MixedCurrencies,
            MoneyError::Overflow => Self::AmountImpossible { reason },
        }
    }
}
