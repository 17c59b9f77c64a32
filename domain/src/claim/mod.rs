//! A claim: a buyer gives goods back, for their money or for other goods.
//!
//! Opening it locks the goods' money before anything else happens; the end unlocks it last. In between the goods come
//! back, the seller looks at them and decides, or a deadline decides: no parcel within 14 days ends the claim, no
//! decision within three business days of the goods' return approves it, no answer to an extra charge accepts it.

mod event;
mod refusal;
mod verbs;

use chrono::{DateTime, Utc};
pub use event::{ClaimActor, ClaimEvent, ClaimKind, ClaimReason, CloseReason, Fault, Replacement};
pub use refusal::ClaimRefusal;
use serde::Serialize;
pub use verbs::{Decision, OpenClaim, Parcel};

use crate::{
    Money,
    aggregate::Aggregate,
    id::{ClaimId, CustomerId, EscrowId, OrderId, PaymentId, RefundId, SellerId},
    order::Item,
};

/// The fold of a claim's events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub enum Claim {
    /// Never opened.
    #[default]
    Absent,
    /// Under way.
    Open(Case, Stage),
    /// Ended.
    Over(Case, Outcome),
}

/// What the claim is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Case {
    /// The claim.
    pub claim_id: ClaimId,
    /// What the buyer wants.
    pub kind: ClaimKind,
    /// Of which order.
    pub order_id: OrderId,
    /// From which hold.
    pub escrow_id: EscrowId,
    /// Paid by which payment.
    pub payment_id: PaymentId,
    /// Whose goods.
    pub seller_id: SellerId,
    /// Who claims.
    pub buyer_id: CustomerId,
    /// Which goods.
    pub items: Vec<Item>,
    /// What they are worth.
    pub amount: Money,
    /// Whether their money was released already.
    pub released: bool,
    /// Why.
    pub reason: ClaimReason,
    /// What the buyer wants instead.
    pub replacement: Option<Replacement>,
}

/// How far a claim has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Stage {
    /// The goods are with the buyer.
    Requested {
        /// When the claim ends by itself.
        close_by: DateTime<Utc>,
    },
    /// The goods are on their way back.
    Collecting {
        /// When the claim ends by itself.
        close_by: DateTime<Utc>,
    },
    /// The goods are with the seller, who looks at them.
    Inspecting {
        /// When it is approved by itself.
        decide_by: DateTime<Utc>,
    },
    /// The seller wants an extra charge first.
    Withheld {
        /// How much.
        extra_charge: Money,
        /// When silence counts as consent.
        answer_by: DateTime<Utc>,
    },
    /// The money is on its way back.
    Refunding {
        /// By which refund.
        refund_id: RefundId,
    },
    /// Other goods are reserved and are to be sent.
    Exchanging,
    /// Other goods are on their way.
    Redelivering,
}

/// How a claim ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// The buyer has their money.
    Refunded,
    /// The buyer has other goods.
    Exchanged,
    /// The seller refused.
    Rejected,
    /// The buyer kept the goods.
    Withdrawn,
    /// It ended without a decision.
    Closed(CloseReason),
}

impl Aggregate for Claim {
    const TYPE: &'static str = "claim";
    type Id = ClaimId;
    type Event = ClaimEvent;

    fn evolve(&mut self, event: &ClaimEvent) {
        match event {
            ClaimEvent::ClaimOpened { .. } => self.opened(event),
            ClaimEvent::CollectionArranged { .. } => {
                if let Self::Open(_, stage) = self
                    && let Stage::Requested { close_by } = *stage
                {
                    *stage = Stage::Collecting { close_by };
                }
            }
            ClaimEvent::GoodsReceived { decide_by, received_at: _ } => {
                self.become_at(Stage::Inspecting { decide_by: *decide_by });
            }
            ClaimEvent::ClaimWithheld { extra_charge, answer_by, reason: _ } => {
                self.become_at(Stage::Withheld { extra_charge: *extra_charge, answer_by: *answer_by });
            }
            ClaimEvent::ReturnApproved { refund_id: Some(refund_id), .. } => {
                self.become_at(Stage::Refunding { refund_id: *refund_id });
            }
            ClaimEvent::ReturnApproved { refund_id: None, .. } | ClaimEvent::ClaimRefunded { .. } => {
                self.end(Outcome::Refunded);
            }
            ClaimEvent::ExchangeApproved { .. } => self.become_at(Stage::Exchanging),
            ClaimEvent::ClaimConverted {} => {
                if let Self::Open(case, _) = self {
                    case.kind = ClaimKind::Return;
                }
            }
            ClaimEvent::GoodsRedispatched { .. } => self.become_at(Stage::Redelivering),
            ClaimEvent::GoodsRedelivered {} => self.end(Outcome::Exchanged),
            ClaimEvent::ClaimRejected { .. } => self.end(Outcome::Rejected),
            ClaimEvent::ClaimWithdrawn {} => self.end(Outcome::Withdrawn),
            ClaimEvent::ClaimClosed { reason, dispute_id: _ } => self.end(Outcome::Closed(*reason)),
        }
    }
}

impl Claim {
    /// What it is about.
    pub const fn case(&self) -> Result<&Case, ClaimRefusal> {
        match self {
            Self::Absent => Err(ClaimRefusal::UnknownClaim),
            Self::Open(case, _) | Self::Over(case, _) => Ok(case),
        }
    }

    fn opened(&mut self, event: &ClaimEvent) {
        let ClaimEvent::ClaimOpened {
            claim_id,
            kind,
            order_id,
            escrow_id,
            payment_id,
            seller_id,
            buyer_id,
            items,
            amount,
            released,
            reason,
            replacement,
            close_by,
        } = event
        else {
            return;
        };
        let case = Case {
            claim_id: *claim_id,
            kind: *kind,
            order_id: *order_id,
            escrow_id: *escrow_id,
            payment_id: *payment_id,
            seller_id: *seller_id,
            buyer_id: *buyer_id,
            items: items.clone(),
            amount: *amount,
            released: *released,
            reason: *reason,
            replacement: *replacement,
        };
        *self = Self::Open(case, Stage::Requested { close_by: *close_by });
    }

    fn become_at(&mut self, next: Stage) {
        if let Self::Open(_, stage) = self {
            *stage = next;
        }
    }

    fn end(&mut self, outcome: Outcome) {
        if let Self::Open(case, _) = self {
            *self = Self::Over(case.clone(), outcome);
        }
    }
}
