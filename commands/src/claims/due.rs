//! What the clock does with a claim: it ends one whose goods did not come, approves one that nobody decided, and takes
//! silence for consent to an extra charge.

use chrono::{DateTime, Utc};
use domain::{
    claim::{Claim, ClaimActor, ClaimRefusal, CloseReason, Decision, Stage},
    id::{ClaimId, RefundId},
};
use store::Desk;

use super::{ClaimTold, advance::approve, money::let_go};
use crate::{Command, Step, Stop, draft::Draft};

/// A claim's deadline may have passed.
#[derive(Debug, Clone, Copy)]
pub struct ClaimFallsDue {
    /// Which.
    pub claim_id: ClaimId,
    /// The refund's id, should one be needed.
    pub refund_id: RefundId,
}

impl Command for ClaimFallsDue {
    type Answer = ClaimTold;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<ClaimTold>, Stop> {
        let mut claim = Draft::<Claim>::of(desk, self.claim_id)?;
        let case = claim.state.case()?.clone();
        let (by, fault, refund_id) = (ClaimActor::Clock, None, self.refund_id);
        match claim.state.due(now)?.clone() {
            Stage::Requested { .. } | Stage::Collecting { .. } => {
                claim.then(|claim| claim.close(CloseReason::NoParcel, None))?;
                let told = ClaimTold::of(&claim.state, self.claim_id);
                let mut step = claim.begin(told);
                let_go(&mut step, desk, &case, (now, None))?;
                Ok(step)
            }
            Stage::Inspecting { .. } => {
                approve(desk, claim, (Decision { by, fault, deduction: None, refund_id }, false), now)
            }
            Stage::Withheld { extra_charge, .. } => {
                let deduction = Some(extra_charge);
                approve(desk, claim, (Decision { by, fault, deduction, refund_id }, false), now)
            }
            Stage::Refunding { .. } | Stage::Exchanging | Stage::Redelivering => {
                Err(ClaimRefusal::NotDueYet.into())
            }
        }
    }
}
