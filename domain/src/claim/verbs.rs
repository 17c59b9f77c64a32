//! What a claim can be asked. Deadlines are inclusive: what is decided at the last moment counts.

use chrono::{DateTime, Utc};

use super::{
    Case, Claim, ClaimActor, ClaimEvent, ClaimKind, ClaimReason, ClaimRefusal, CloseReason, Fault, Outcome,
    Replacement, Stage,
};
use crate::{
    Money,
    id::{ClaimId, CustomerId, DisputeId, EscrowId, OrderId, PaymentId, RefundId, SellerId},
    order::Item,
};

/// Opens a claim.
#[derive(Debug, Clone)]
pub struct OpenClaim {
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
    /// For an exchange: what the buyer wants instead.
    pub replacement: Option<Replacement>,
    /// When the claim ends by itself.
    pub close_by: DateTime<Utc>,
}

/// A parcel on its way, one way or the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The carrier's code.
    pub carrier: String,
    /// The carrier's number.
    pub invoice_number: String,
}

/// What is decided of a claim whose goods are back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// By whom.
    pub by: ClaimActor,
    /// Whose fault it was; the claim's reason says so where nobody does.
    pub fault: Option<Fault>,
    /// What the seller keeps for the buyer's part of the cost.
    pub deduction: Option<Money>,
    /// The refund's id, should one be needed.
    pub refund_id: RefundId,
}

impl Claim {
    /// Opens the claim.
    pub fn open(&self, command: OpenClaim) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        if *self != Self::Absent {
            return Err(ClaimRefusal::ClaimAlreadyExists);
        }
        let OpenClaim { claim_id, kind, order_id, escrow_id, payment_id, seller_id, buyer_id, .. } = command;
        let OpenClaim { items, amount, released, reason, replacement, close_by, .. } = command;
        if let Some(Replacement { amount: wanted, .. }) = replacement
            && wanted.compare(amount)?.is_gt()
        {
            return Err(ClaimRefusal::ExtraPaymentNeeded { extra: wanted.minus(amount)? });
        }
        Ok(vec![ClaimEvent::ClaimOpened {
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
        }])
    }

    /// Records that the goods are on their way back; arranged already changes nothing.
    pub fn arrange_collection(&self, parcel: Parcel) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        match self.stage()?.1 {
            Stage::Requested { .. } => {
                let Parcel { carrier, invoice_number } = parcel.checked()?;
                Ok(vec![ClaimEvent::CollectionArranged { carrier, invoice_number }])
            }
            Stage::Collecting { .. } => Ok(vec![]),
            Stage::Inspecting { .. } | Stage::Withheld { .. } => Err(ClaimRefusal::GoodsAreBack),
            Stage::Refunding { .. } | Stage::Exchanging | Stage::Redelivering => {
                Err(ClaimRefusal::ClaimIsDecided)
            }
        }
    }

    /// Records that the goods are back; recorded already changes nothing.
    pub fn receive(
        &self,
        received_at: DateTime<Utc>,
        decide_by: DateTime<Utc>,
    ) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        match self.stage()?.1 {
            Stage::Requested { .. } | Stage::Collecting { .. } => {
                Ok(vec![ClaimEvent::GoodsReceived { received_at, decide_by }])
            }
            Stage::Inspecting { .. } | Stage::Withheld { .. } => Ok(vec![]),
            Stage::Refunding { .. } | Stage::Exchanging | Stage::Redelivering => {
                Err(ClaimRefusal::ClaimIsDecided)
            }
        }
    }

    /// Keeps the money back until the buyer bears an extra charge; once.
    pub fn withhold(
        &self,
        (extra_charge, reason): (Money, String),
        now: DateTime<Utc>,
        answer_by: DateTime<Utc>,
    ) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        let (case, _) = self.to_decide(now)?;
        if case.reason.fault() == Fault::Seller {
            return Err(ClaimRefusal::SellerAtFault);
        }
        case.may_take(extra_charge)?;
        Ok(vec![ClaimEvent::ClaimWithheld { reason, extra_charge, answer_by }])
    }

    /// Gives the money back, less what the buyer is to bear. A seller who withholds may still approve.
    pub fn approve_return(
        &self,
        decision: Decision,
        now: DateTime<Utc>,
    ) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        let (case, stage) = self.stage()?;
        let Decision { by, fault, deduction, refund_id } = decision;
        match (stage, by) {
            (Stage::Inspecting { decide_by }, ClaimActor::Seller) if now > *decide_by => {
                return Err(ClaimRefusal::TooLate { ended_at: *decide_by });
            }
            (Stage::Inspecting { .. } | Stage::Withheld { .. }, _) => {}
            (Stage::Requested { .. } | Stage::Collecting { .. }, _) => {
                return Err(ClaimRefusal::GoodsNotReceived);
            }
            (Stage::Refunding { .. } | Stage::Exchanging | Stage::Redelivering, _) => {
                return Err(ClaimRefusal::ClaimIsDecided);
            }
        }
        let deduction = deduction.unwrap_or(Money::zero(case.amount.currency));
        case.may_take(deduction)?;
        let fault = fault.unwrap_or_else(|| case.reason.fault());
        if fault == Fault::Seller && deduction.is_positive() {
            return Err(ClaimRefusal::SellerAtFault);
        }
        let refund = case.amount.minus(deduction)?;
        let refund_id = refund.is_positive().then_some(refund_id);
        Ok(vec![ClaimEvent::ReturnApproved { by, fault, refund_id, refund, deduction }])
    }

    /// Sends other goods, which are reserved in the same unit; what they cost less goes back.
    pub fn approve_exchange(
        &self,
        by: ClaimActor,
        refund_id: RefundId,
        now: DateTime<Utc>,
    ) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        let (case, _) = match by {
            ClaimActor::Seller => self.to_decide(now)?,
            ClaimActor::Buyer | ClaimActor::Operator | ClaimActor::Clock => self.received()?,
        };
        let wanted = case.replacement.filter(|_| case.kind == ClaimKind::Exchange);
        let wanted = wanted.ok_or(ClaimRefusal::NotExchangeable)?;
        let refund = case.amount.minus(wanted.amount)?;
        let refund_id = refund.is_positive().then_some(refund_id);
        Ok(vec![ClaimEvent::ExchangeApproved { by, refund, refund_id }])
    }

    /// Makes an exchange a return, because there is nothing to send; a return changes nothing.
    pub fn convert(&self) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        let (case, _) = self.received()?;
        Ok(match case.kind {
            ClaimKind::Exchange => vec![ClaimEvent::ClaimConverted {}],
            ClaimKind::Return => vec![],
        })
    }

    /// Sends the other goods; sent already changes nothing.
    pub fn redispatch(&self, parcel: Parcel) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        match self.stage()?.1 {
            Stage::Exchanging => {
                let Parcel { carrier, invoice_number } = parcel.checked()?;
                Ok(vec![ClaimEvent::GoodsRedispatched { carrier, invoice_number }])
            }
            Stage::Redelivering => Ok(vec![]),
            Stage::Requested { .. }
            | Stage::Collecting { .. }
            | Stage::Inspecting { .. }
            | Stage::Withheld { .. }
            | Stage::Refunding { .. } => Err(ClaimRefusal::NoGoodsToSend),
        }
    }

    /// Records that the other goods arrived; recorded already changes nothing.
    pub fn redelivered(&self) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        if let Self::Over(_, Outcome::Exchanged) = self {
            return Ok(vec![]);
        }
        match self.stage()?.1 {
            Stage::Redelivering => Ok(vec![ClaimEvent::GoodsRedelivered {}]),
            Stage::Requested { .. }
            | Stage::Collecting { .. }
            | Stage::Inspecting { .. }
            | Stage::Withheld { .. }
            | Stage::Refunding { .. }
            | Stage::Exchanging => Err(ClaimRefusal::NoGoodsToSend),
        }
    }

    /// Refuses the claim; goods that had come back are sent to the buyer again. Refused already changes nothing.
    pub fn reject(
        &self,
        (by, reason): (ClaimActor, String),
        parcel: Option<Parcel>,
        now: DateTime<Utc>,
    ) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        if let Self::Over(_, Outcome::Rejected) = self {
            return Ok(vec![]);
        }
        let parcel = match (self.stage()?.1, by) {
            (Stage::Requested { .. } | Stage::Collecting { .. }, _) => None,
            (Stage::Inspecting { decide_by }, ClaimActor::Seller) if now > *decide_by => {
                return Err(ClaimRefusal::TooLate { ended_at: *decide_by });
            }
            (Stage::Inspecting { .. } | Stage::Withheld { .. }, _) => {
                Some(parcel.ok_or(ClaimRefusal::InvoiceMissing)?.checked()?)
            }
            (Stage::Refunding { .. } | Stage::Exchanging | Stage::Redelivering, _) => {
                return Err(ClaimRefusal::ClaimIsDecided);
            }
        };
        let (carrier, invoice_number) = parcel.map(|it| (it.carrier, it.invoice_number)).unzip();
        Ok(vec![ClaimEvent::ClaimRejected { by, reason, carrier, invoice_number }])
    }

    /// Ends the claim because the buyer keeps the goods; only while they have them. Withdrawn already changes nothing.
    pub fn withdraw(&self) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        if let Self::Over(_, Outcome::Withdrawn) = self {
            return Ok(vec![]);
        }
        match self.stage()?.1 {
            Stage::Requested { .. } => Ok(vec![ClaimEvent::ClaimWithdrawn {}]),
            Stage::Collecting { .. } | Stage::Inspecting { .. } | Stage::Withheld { .. } => {
                Err(ClaimRefusal::GoodsAreBack)
            }
            Stage::Refunding { .. } | Stage::Exchanging | Stage::Redelivering => {
                Err(ClaimRefusal::ClaimIsDecided)
            }
        }
    }

    /// Ends the claim without a decision; ended so already changes nothing.
    pub fn close(
        &self,
        reason: CloseReason,
        dispute_id: Option<DisputeId>,
    ) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        match self {
            Self::Absent => Err(ClaimRefusal::UnknownClaim),
            Self::Over(_, Outcome::Closed(before)) if *before == reason => Ok(vec![]),
            Self::Over(..) => Err(ClaimRefusal::ClaimIsDecided),
            Self::Open(..) => Ok(vec![ClaimEvent::ClaimClosed { reason, dispute_id }]),
        }
    }

    /// Records that the buyer has their money back; of another refund, or recorded already, changes nothing.
    pub fn refunded(&self, refund_id: RefundId) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        let waits = matches!(self, Self::Open(_, Stage::Refunding { refund_id: id }) if *id == refund_id);
        Ok(if waits { vec![ClaimEvent::ClaimRefunded { refund_id }] } else { vec![] })
    }

    /// What is due by then: the deadline of the stage it is at, if it has one and it has passed.
    pub fn due(&self, now: DateTime<Utc>) -> Result<&Stage, ClaimRefusal> {
        let (_, stage) = self.stage()?;
        let due = match stage {
            Stage::Requested { close_by } | Stage::Collecting { close_by } => *close_by,
            Stage::Inspecting { decide_by } => *decide_by,
            Stage::Withheld { answer_by, .. } => *answer_by,
            Stage::Refunding { .. } | Stage::Exchanging | Stage::Redelivering => {
                return Err(ClaimRefusal::NotDueYet);
            }
        };
        if now < due { Err(ClaimRefusal::NotDueYet) } else { Ok(stage) }
    }

    /// What it is about and how far it has come, if it is not over.
    pub const fn stage(&self) -> Result<(&Case, &Stage), ClaimRefusal> {
        match self {
            Self::Absent => Err(ClaimRefusal::UnknownClaim),
            Self::Open(case, stage) => Ok((case, stage)),
            Self::Over(..) => Err(ClaimRefusal::ClaimIsDecided),
        }
    }

    fn received(&self) -> Result<(&Case, &Stage), ClaimRefusal> {
        let (case, stage) = self.stage()?;
        match stage {
            Stage::Inspecting { .. } | Stage::Withheld { .. } => Ok((case, stage)),
            Stage::Requested { .. } | Stage::Collecting { .. } => Err(ClaimRefusal::GoodsNotReceived),
            Stage::Refunding { .. } | Stage::Exchanging | Stage::Redelivering => {
                Err(ClaimRefusal::ClaimIsDecided)
            }
        }
    }

    /// What the seller may still decide.
    fn to_decide(&self, now: DateTime<Utc>) -> Result<(&Case, &Stage), ClaimRefusal> {
        let (case, stage) = self.received()?;
        match stage {
            Stage::Inspecting { decide_by } if now > *decide_by => {
                Err(ClaimRefusal::TooLate { ended_at: *decide_by })
            }
            Stage::Inspecting { .. } => Ok((case, stage)),
            Stage::Requested { .. }
            | Stage::Collecting { .. }
            | Stage::Withheld { .. }
            | Stage::Refunding { .. }
            | Stage::Exchanging
            | Stage::Redelivering => Err(ClaimRefusal::ClaimIsDecided),
        }
    }
}

impl Case {
    fn may_take(&self, wanted: Money) -> Result<(), ClaimRefusal> {
        if wanted.amount < 0 || wanted.compare(self.amount)?.is_gt() {
            return Err(ClaimRefusal::DeductionTooLarge { wanted, worth: self.amount });
        }
        Ok(())
    }
}

impl Parcel {
    fn checked(self) -> Result<Self, ClaimRefusal> {
        if self.carrier.trim().is_empty() || self.invoice_number.trim().is_empty() {
            return Err(ClaimRefusal::InvoiceMissing);
        }
        Ok(self)
    }
}
