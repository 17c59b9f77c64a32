//! The steps of a claim, by buyer, seller or operator.

use chrono::{DateTime, Utc};
use domain::{
    Money,
    claim::{Case, Claim, ClaimActor, ClaimEvent, ClaimKind, ClaimRefusal, Decision, Fault, Parcel, Stage},
    holidays::Term,
    id::{ClaimId, RefundId},
    order::{OrderRefusal, RefundCause},
    product::Product,
};
use store::Desk;

use super::{
    ClaimTold, actor,
    money::{Settlement, let_go, settle},
};
use crate::{Caller, CallerRefusal, Command, Policy, Step, Stop, draft::Draft};

/// How long a seller has to decide once the goods are back, and a buyer to answer an extra charge.
const DECIDE: Term = Term::BusinessDays(3);

/// Takes a claim one step on.
#[derive(Debug, Clone)]
pub struct AdvanceClaim {
    /// Which.
    pub claim_id: ClaimId,
    /// Who asks.
    pub caller: Caller,
    /// Which step.
    pub step: ClaimStep,
    /// The refund's id, should one be needed.
    pub refund_id: RefundId,
    /// The calendar, among others.
    pub policy: Policy,
}

/// One step of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimStep {
    /// The goods are on their way back.
    Collect(Parcel),
    /// The goods are back.
    Receive,
    /// The money goes back, or other goods are sent.
    Approve {
        /// Whose fault it was.
        fault: Option<Fault>,
        /// What the buyer is to bear.
        deduction: Option<Money>,
        /// Whether the goods return to the stock.
        restock: bool,
    },
    /// The seller wants an extra charge first.
    Withhold {
        /// How much.
        extra_charge: Money,
        /// Why.
        reason: String,
    },
    /// The buyer bears the extra charge.
    AcceptCharge,
    /// The seller refuses.
    Reject {
        /// Why.
        reason: String,
        /// How the goods go back to the buyer, if they had come.
        parcel: Option<Parcel>,
    },
    /// Other goods are on their way.
    Redispatch(Parcel),
    /// Other goods arrived.
    Redelivered,
    /// The buyer keeps the goods.
    Withdraw,
}

impl ClaimStep {
    /// Whether that is for them to do. An operator may do everything.
    fn is_for(&self, actor: ClaimActor) -> bool {
        let (buyer, seller) = match self {
            Self::Collect(_) | Self::Redelivered => (true, true),
            Self::AcceptCharge | Self::Withdraw => (true, false),
            Self::Receive
            | Self::Approve { .. }
            | Self::Withhold { .. }
            | Self::Reject { .. }
            | Self::Redispatch(_) => (false, true),
        };
        match actor {
            ClaimActor::Buyer => buyer,
            ClaimActor::Seller => seller,
            ClaimActor::Operator | ClaimActor::Clock => true,
        }
    }
}

impl Command for AdvanceClaim {
    type Answer = ClaimTold;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<ClaimTold>, Stop> {
        let mut claim = Draft::<Claim>::of(desk, self.claim_id)?;
        let case = claim.state.case()?.clone();
        let by = actor(&case, self.caller)?;
        if !self.step.is_for(by) {
            return Err(CallerRefusal::NotYours.into());
        }
        let deadline = self.policy.holidays.deadline(now, DECIDE).ok_or(OrderRefusal::DateOutOfRange)?;
        match &self.step {
            ClaimStep::Collect(parcel) => {
                claim.then(|claim| claim.arrange_collection(parcel.clone()))?;
                Ok(told(claim))
            }
            ClaimStep::Receive => {
                claim.then(|claim| claim.receive(now, deadline))?;
                Ok(told(claim))
            }
            ClaimStep::Withhold { extra_charge, reason } => {
                claim.then(|claim| claim.withhold((*extra_charge, reason.clone()), now, deadline))?;
                Ok(told(claim))
            }
            ClaimStep::Approve { fault, deduction, restock } => {
                let decision =
                    Decision { by, fault: *fault, deduction: *deduction, refund_id: self.refund_id };
                approve(desk, claim, (decision, *restock), now)
            }
            ClaimStep::AcceptCharge => {
                let (_, stage) = claim.state.stage()?;
                let Stage::Withheld { extra_charge, .. } = *stage else {
                    return Err(ClaimRefusal::NotWithheld.into());
                };
                let deduction = Some(extra_charge);
                let decision = Decision { by, fault: None, deduction, refund_id: self.refund_id };
                approve(desk, claim, (decision, false), now)
            }
            ClaimStep::Reject { reason, parcel } => {
                let why = (by, reason.clone());
                let events = claim.then(|claim| claim.reject(why, parcel.clone(), now))?;
                ended(desk, claim, &case, (&events, now, None))
            }
            ClaimStep::Redispatch(parcel) => redispatch(desk, claim, &case, parcel),
            ClaimStep::Redelivered => {
                let events = claim.then(Claim::redelivered)?;
                ended(desk, claim, &case, (&events, now, Some(self.policy.confirm_period())))
            }
            ClaimStep::Withdraw => {
                let events = claim.then(Claim::withdraw)?;
                ended(desk, claim, &case, (&events, now, None))
            }
        }
    }
}

fn told(claim: Draft<Claim>) -> Step<ClaimTold> {
    let claim_id = claim.id();
    let answer = ClaimTold::of(&claim.state, claim_id);
    claim.begin(answer)
}

/// A claim that ends with the goods at the buyer's; nothing where it had ended so before.
fn ended(
    desk: &Desk<'_>,
    claim: Draft<Claim>,
    case: &Case,
    (events, now, redelivered): (&[ClaimEvent], DateTime<Utc>, Option<domain::order::ConfirmPeriod>),
) -> Result<Step<ClaimTold>, Stop> {
    let is_news = !events.is_empty();
    let mut step = told(claim);
    if is_news {
        let_go(&mut step, desk, case, (now, redelivered))?;
    }
    Ok(step)
}

fn redispatch(
    desk: &Desk<'_>,
    mut claim: Draft<Claim>,
    case: &Case,
    parcel: &Parcel,
) -> Result<Step<ClaimTold>, Stop> {
    let events = claim.then(|claim| claim.redispatch(parcel.clone()))?;
    let mut step = told(claim);
    if let (false, Some(wanted)) = (events.is_empty(), case.replacement) {
        let mut product = Draft::<Product>::of(desk, wanted.product_id)?;
        product.then(|product| product.commit(case.order_id))?;
        product.into_step(&mut step);
    }
    Ok(step)
}

/// Approves a claim whose goods are back. An exchange reserves the other goods; if there are none any more it becomes a
/// return.
pub(super) fn approve(
    desk: &Desk<'_>,
    mut claim: Draft<Claim>,
    (decision, restock): (Decision, bool),
    now: DateTime<Utc>,
) -> Result<Step<ClaimTold>, Stop> {
    let case = claim.state.case()?.clone();
    let refund_id = decision.refund_id;
    if let (ClaimKind::Exchange, Some(wanted)) = (case.kind, case.replacement) {
        let mut product = Draft::<Product>::of(desk, wanted.product_id)?;
        let until = now + chrono::Duration::days(30);
        let reserved = product.then(|product| product.reserve(case.order_id, wanted.quantity, until));
        if reserved.is_ok_and(|events| !events.is_empty()) {
            let events = claim.then(|claim| claim.approve_exchange(decision.by, refund_id, now))?;
            let Some(ClaimEvent::ExchangeApproved { refund, .. }) = events.first().cloned() else {
                return Ok(told(claim));
            };
            let mut step = told(claim);
            product.into_step(&mut step);
            if refund.is_positive() {
                let deduction = Money::zero(refund.currency);
                let cause = RefundCause::Exchanged;
                let settlement = Settlement { refund_id, refund, deduction, cause, restock: false };
                settle(&mut step, desk, &case, &settlement, now)?;
            }
            return Ok(step);
        }
        claim.then(Claim::convert)?;
    }
    let events = claim.then(|claim| claim.approve_return(decision, now))?;
    let Some(ClaimEvent::ReturnApproved { refund, deduction, .. }) = events.first().cloned() else {
        return Ok(told(claim));
    };
    let mut step = told(claim);
    let cause = RefundCause::Returned;
    settle(&mut step, desk, &case, &Settlement { refund_id, refund, deduction, cause, restock }, now)?;
    Ok(step)
}
