//! The storage format of orders.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Money, Sealed,
    aggregate::Event,
    contest::Contest,
    id::{CustomerId, EscrowId, LineId, OrderId, PaymentId, ProductId, RefundId, SellerId, ShipmentId},
};

/// One line as it was ordered; prices are a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The line.
    pub line_id: LineId,
    /// What.
    pub product_id: ProductId,
    /// From whom.
    pub seller_id: SellerId,
    /// The product's name at the time.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// Price of one unit at the time.
    pub unit_price: Money,
    /// Price of the line.
    pub amount: Money,
}

/// Part of a parcel's contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Of which line.
    pub line_id: LineId,
    /// How many units.
    pub quantity: u32,
}

/// Who asked for a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelledBy {
    /// The buyer.
    Buyer,
    /// The seller, who cannot deliver.
    Seller,
    /// An operator.
    Operator,
}

/// Who confirmed that the goods arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmedBy {
    /// The buyer.
    Buyer,
    /// The confirmation period ended.
    Clock,
    /// The buyer, on the gateway's own page.
    BuyerAtGateway,
}

/// Who says that a parcel arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliverySource {
    /// The carrier's tracking.
    Carrier,
    /// The seller.
    Seller,
    /// The buyer.
    Buyer,
    /// An operator.
    Operator,
    /// The payment gateway's escrow.
    Gateway,
}

/// Why money of single lines goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundCause {
    /// The buyer gave units up before they were shipped.
    Cancelled,
    /// The seller has none.
    OutOfStock,
    /// The price was reduced afterwards; the buyer keeps everything.
    Reduced,
    /// Somebody cancelled a part at the gateway.
    AtGateway,
    /// The goods came back.
    Returned,
    /// The goods were exchanged for cheaper ones.
    Exchanged,
    /// A dispute was decided so.
    Awarded,
}

/// What of a line goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundedLine {
    /// Which line.
    pub line_id: LineId,
    /// Units the buyer does not keep.
    pub quantity: u32,
    /// What of the line's money.
    pub amount: Money,
}

/// What happened to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderEvent {
    /// A buyer ordered; the stock is reserved in the same unit.
    OrderCreated {
        /// The order.
        order_id: OrderId,
        /// Whose.
        buyer_id: CustomerId,
        /// What.
        lines: Vec<Line>,
        /// The sum of the lines.
        total: Money,
        /// Where it goes, sealed under the buyer's key: a JSON object.
        delivery_address: Sealed,
        /// When the payment window ends.
        pay_by: DateTime<Utc>,
    },
    /// The buyer began to pay.
    PaymentStarted {
        /// By which attempt.
        payment_id: PaymentId,
    },
    /// An attempt came to nothing; another may follow.
    PaymentAttemptFailed {
        /// Which.
        payment_id: PaymentId,
    },
    /// The gateway may capture an attempt at any moment: until it has come to something the order waits for it, neither
    /// expires nor is cancelled, and no other attempt is approved.
    ApprovalBegun {
        /// Which attempt.
        payment_id: PaymentId,
        /// Until when at the latest, where the gateway captures by itself; until the outcome is known where we ask.
        until: Option<DateTime<Utc>>,
    },
    /// The gateway waits for a deposit instead of capturing: the order may expire or be cancelled again.
    ApprovalEnded {
        /// Which attempt.
        payment_id: PaymentId,
    },
    /// The window is moved, for example to a virtual account's due date.
    PaymentWindowExtended {
        /// When it ends now.
        pay_by: DateTime<Utc>,
    },
    /// The order is paid and the money held.
    OrderPaid {
        /// By which attempt.
        payment_id: PaymentId,
        /// When, by the gateway's clock.
        paid_at: DateTime<Utc>,
    },
    /// Nobody paid in time; the stock is on sale again.
    OrderExpired {},
    /// A seller handed a parcel to a carrier.
    ShipmentDispatched {
        /// The parcel.
        shipment_id: ShipmentId,
        /// Whose.
        seller_id: SellerId,
        /// The carrier's code.
        carrier: String,
        /// The carrier's number for the parcel.
        invoice_number: String,
        /// What is in it.
        items: Vec<Item>,
        /// When.
        shipped_at: DateTime<Utc>,
    },
    /// A parcel arrived.
    ShipmentDelivered {
        /// The parcel.
        shipment_id: ShipmentId,
        /// Whose.
        seller_id: SellerId,
        /// When.
        delivered_at: DateTime<Utc>,
        /// Who says so.
        source: DeliverySource,
    },
    /// Lines of a seller arrived in full; the buyer may confirm until then, after that the clock does.
    ConfirmationDue {
        /// For which seller's lines.
        seller_id: SellerId,
        /// When the clock confirms.
        due_at: DateTime<Utc>,
        /// Which lines; none named: all that have arrived and had no date yet.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines: Vec<LineId>,
    },
    /// The buyer asked, once, for more time before the clock confirms.
    ConfirmationHeld {
        /// For which seller's lines.
        seller_id: SellerId,
        /// Which lines.
        lines: Vec<LineId>,
        /// When the clock confirms now.
        due_at: DateTime<Utc>,
        /// Why.
        reason: String,
    },
    /// A claim or a dispute keeps lines from being confirmed; their money is locked in the same unit.
    LinesContested {
        /// Whose lines.
        seller_id: SellerId,
        /// By which.
        contest: Contest,
        /// How many units of which lines it is about.
        items: Vec<Item>,
    },
    /// A claim or a dispute is over.
    ContestEnded {
        /// Whose lines.
        seller_id: SellerId,
        /// Which.
        contest: Contest,
    },
    /// Money of single lines is to go back, and units with it; the rest of the order goes on.
    LinesRefundCommitted {
        /// Whose lines.
        seller_id: SellerId,
        /// By which refund.
        refund_id: RefundId,
        /// Why.
        cause: RefundCause,
        /// Why, as told.
        reason: String,
        /// What of which lines.
        parts: Vec<RefundedLine>,
        /// Whether the units return to the stock once the money is back.
        restock: bool,
        /// Because of which claim or dispute.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contest: Option<Contest>,
        /// Whether nothing of the seller's is left to be confirmed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        over: bool,
    },
    /// The money of single lines is back with the buyer.
    LinesRefunded {
        /// Whose lines.
        seller_id: SellerId,
        /// By which refund.
        refund_id: RefundId,
    },
    /// Goods are received and accepted; their part of the hold is released in the same unit.
    EscrowConfirmed {
        /// Which hold.
        escrow_id: EscrowId,
        /// For which seller's lines.
        seller_id: SellerId,
        /// By whom.
        by: ConfirmedBy,
        /// Which lines; none named: all of the seller's.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines: Vec<LineId>,
        /// Whether lines of the seller's are still to be confirmed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        others_open: bool,
    },
    /// The order is given up; paid money goes back first.
    CancelAccepted {
        /// By whom.
        by: CancelledBy,
        /// Why, from a fixed list of the caller's or as told.
        reason: String,
        /// By which refund.
        refund_id: RefundId,
        /// Whether the goods are still on the shelf.
        restock: bool,
    },
    /// The order is over and holds nothing.
    OrderCancelled {
        /// By whom.
        by: CancelledBy,
        /// Why.
        reason: String,
    },
}

impl Event for OrderEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::OrderCreated { .. } => "OrderCreated",
            Self::PaymentStarted { .. } => "PaymentStarted",
            Self::PaymentAttemptFailed { .. } => "PaymentAttemptFailed",
            Self::ApprovalBegun { .. } => "ApprovalBegun",
            Self::ApprovalEnded { .. } => "ApprovalEnded",
            Self::PaymentWindowExtended { .. } => "PaymentWindowExtended",
            Self::OrderPaid { .. } => "OrderPaid",
            Self::OrderExpired {} => "OrderExpired",
            Self::ShipmentDispatched { .. } => "ShipmentDispatched",
            Self::ShipmentDelivered { .. } => "ShipmentDelivered",
            Self::ConfirmationDue { .. } => "ConfirmationDue",
            Self::ConfirmationHeld { .. } => "ConfirmationHeld",
            Self::LinesContested { .. } => "LinesContested",
            Self::ContestEnded { .. } => "ContestEnded",
            Self::LinesRefundCommitted { .. } => "LinesRefundCommitted",
            Self::LinesRefunded { .. } => "LinesRefunded",
            Self::EscrowConfirmed { .. } => "EscrowConfirmed",
            Self::CancelAccepted { .. } => "CancelAccepted",
            Self::OrderCancelled { .. } => "OrderCancelled",
        }
    }
}
