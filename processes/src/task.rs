//! What can be still to be done.

use chrono::{DateTime, Utc};
use domain::id::{ClaimId, OrderId, PaymentId, RefundId, SellerId, ShipmentId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One thing still to be done. It names what to look at, never what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Register a payment at its gateway.
    Prepare {
        /// Which.
        payment_id: PaymentId,
    },
    /// Look an unpaid payment up, in case nobody tells us.
    Poll {
        /// Which.
        payment_id: PaymentId,
    },
    /// Have what the buyer agreed to captured.
    Approve {
        /// Which payment.
        payment_id: PaymentId,
    },
    /// Tell the gateway's escrow of a parcel.
    Register {
        /// Of which order.
        order_id: OrderId,
        /// Whose.
        seller_id: SellerId,
        /// Which.
        shipment_id: ShipmentId,
    },
    /// See how far the gateway's escrow is.
    Mirror {
        /// Of which order.
        order_id: OrderId,
    },
    /// Tell the gateway's escrow that the purchase is confirmed.
    ConfirmAtGateway {
        /// Of which order.
        order_id: OrderId,
    },
    /// Process a webhook.
    Inbox {
        /// Which.
        inbox_id: Uuid,
    },
    /// Have a refund carried out.
    Refund {
        /// Of which payment.
        payment_id: PaymentId,
        /// Which.
        refund_id: RefundId,
    },
    /// End an unpaid order's window.
    Expire {
        /// Which.
        order_id: OrderId,
    },
    /// See whether a claim's deadline has passed.
    Claim {
        /// Which.
        claim_id: ClaimId,
    },
    /// Confirm a seller's part for a buyer who did not.
    Confirm {
        /// Of which order.
        order_id: OrderId,
        /// Whose.
        seller_id: SellerId,
    },
}

/// A task with its time. The id follows from the event that led to it, so it exists once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    /// Position of the event, and a number among its tasks.
    pub id: String,
    /// What.
    pub task: Task,
    /// When.
    pub due_at: DateTime<Utc>,
}
