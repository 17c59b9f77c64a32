//! The storage format of claims.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Money,
    aggregate::Event,
    id::{ClaimId, CustomerId, DisputeId, EscrowId, OrderId, PaymentId, ProductId, RefundId, SellerId},
    order::Item,
};

/// What the buyer wants for the goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// The money back.
    Return,
    /// Other goods.
    Exchange,
}

/// Why the buyer gives the goods back. It decides whose fault it is, as long as nobody has looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimReason {
    /// They do not like it.
    ChangeOfMind,
    /// It is broken.
    Defective,
    /// It is not what was described.
    NotAsDescribed,
    /// Something else came.
    WrongItem,
    /// It broke on its way.
    DamagedInTransit,
}

/// Who bears the cost of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The buyer.
    Buyer,
    /// The seller.
    Seller,
}

impl ClaimReason {
    /// Whose fault that is.
    pub const fn fault(self) -> Fault {
        match self {
            Self::ChangeOfMind => Fault::Buyer,
            Self::Defective | Self::NotAsDescribed | Self::WrongItem | Self::DamagedInTransit => {
                Fault::Seller
            }
        }
    }
}

/// Who ended a claim, or decided it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimActor {
    /// The buyer.
    Buyer,
    /// The seller.
    Seller,
    /// An operator.
    Operator,
    /// A deadline passed.
    Clock,
}

/// Why a claim ended without a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// No parcel came back in time.
    NoParcel,
    /// A dispute took it over.
    Disputed,
    /// The order's money was lost: its deposit did not come again.
    MoneyLost,
}

/// What happened to a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClaimEvent {
    /// A buyer wants to give goods back; their money is locked in the same unit.
    ClaimOpened {
        /// The claim.
        claim_id: ClaimId,
        /// What they want for them.
        kind: ClaimKind,
        /// Of which order.
        order_id: OrderId,
        /// From which hold.
        escrow_id: EscrowId,
        /// Paid by which payment.
        payment_id: PaymentId,
        /// Whose goods.
        seller_id: SellerId,
        /// Who wants it.
        buyer_id: CustomerId,
        /// Which goods.
        items: Vec<Item>,
        /// What they are worth: locked, or released already.
        amount: Money,
        /// Whether their money was released already.
        released: bool,
        /// Why.
        reason: ClaimReason,
        /// For an exchange: what the buyer wants instead, at its price then.
        replacement: Option<Replacement>,
        /// When the claim ends by itself if no parcel comes back.
        close_by: DateTime<Utc>,
    },
    /// A carrier was told to collect the goods, or the buyer sent them.
    CollectionArranged {
        /// The carrier's code.
        carrier: String,
        /// The carrier's number.
        invoice_number: String,
    },
    /// The goods are back; the seller has until then to decide.
    GoodsReceived {
        /// When.
        received_at: DateTime<Utc>,
        /// When the claim is approved by itself.
        decide_by: DateTime<Utc>,
    },
    /// The seller keeps the money back until an extra charge is settled.
    ClaimWithheld {
        /// Why.
        reason: String,
        /// What the buyer is to bear.
        extra_charge: Money,
        /// When silence counts as consent.
        answer_by: DateTime<Utc>,
    },
    /// The money goes back, less the deduction.
    ReturnApproved {
        /// By whom.
        by: ClaimActor,
        /// Whose fault it was in the end.
        fault: Fault,
        /// By which refund; none where nothing is left to give back.
        refund_id: Option<RefundId>,
        /// What goes back.
        refund: Money,
        /// What the seller keeps for the buyer's part of the cost.
        deduction: Money,
    },
    /// Other goods are reserved and will be sent.
    ExchangeApproved {
        /// By whom.
        by: ClaimActor,
        /// What goes back because the other goods cost less.
        refund: Money,
        /// By which refund, if something does.
        refund_id: Option<RefundId>,
    },
    /// There are no other goods: the exchange becomes a return.
    ClaimConverted {},
    /// The other goods are on their way.
    GoodsRedispatched {
        /// The carrier's code.
        carrier: String,
        /// The carrier's number.
        invoice_number: String,
    },
    /// The other goods arrived; the claim is over.
    GoodsRedelivered {},
    /// The seller refuses, and sends the goods back to the buyer.
    ClaimRejected {
        /// By whom.
        by: ClaimActor,
        /// Why.
        reason: String,
        /// By which carrier they go back, if they had come.
        carrier: Option<String>,
        /// And under which number.
        invoice_number: Option<String>,
    },
    /// The buyer keeps the goods after all.
    ClaimWithdrawn {},
    /// The claim ended without a decision.
    ClaimClosed {
        /// Why.
        reason: CloseReason,
        /// The dispute that took it over, if one did.
        dispute_id: Option<DisputeId>,
    },
    /// The buyer has their money back; the claim is over.
    ClaimRefunded {
        /// By which refund.
        refund_id: RefundId,
    },
}

/// What a buyer wants instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// Which product, of the same seller.
    pub product_id: ProductId,
    /// How many.
    pub quantity: u32,
    /// What they cost together.
    pub amount: Money,
}

impl Event for ClaimEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::ClaimOpened { .. } => "ClaimOpened",
            Self::CollectionArranged { .. } => "CollectionArranged",
            Self::GoodsReceived { .. } => "GoodsReceived",
            Self::ClaimWithheld { .. } => "ClaimWithheld",
            Self::ReturnApproved { .. } => "ReturnApproved",
            Self::ExchangeApproved { .. } => "ExchangeApproved",
            Self::ClaimConverted {} => "ClaimConverted",
            Self::GoodsRedispatched { .. } => "GoodsRedispatched",
            Self::GoodsRedelivered {} => "GoodsRedelivered",
            Self::ClaimRejected { .. } => "ClaimRejected",
            Self::ClaimWithdrawn {} => "ClaimWithdrawn",
            Self::ClaimClosed { .. } => "ClaimClosed",
            Self::ClaimRefunded { .. } => "ClaimRefunded",
        }
    }
}
