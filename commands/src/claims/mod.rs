//! Claims: goods given back for money or for other goods. The first thing a claim does is lock the goods' money, the last
//! is to unlock it; what happens in between is one unit a step.

mod advance;
mod due;
mod money;
mod open;

pub use advance::{AdvanceClaim, ClaimStep};
use domain::{
    claim::{Case, Claim, ClaimActor, Outcome, Stage},
    contest::Contest,
    id::{ClaimId, RefundId},
};
pub use due::ClaimFallsDue;
pub(crate) use money::close_for_lost_money;
pub use open::OpenClaim;
use serde::{Deserialize, Serialize};

use crate::{Caller, CallerRefusal};

/// Where a claim stands after a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimTold {
    /// Which.
    pub claim_id: ClaimId,
    /// How far it has come.
    pub status: String,
    /// The refund, if one is under way.
    pub refund_id: Option<RefundId>,
}

impl ClaimTold {
    fn of(claim: &Claim, claim_id: ClaimId) -> Self {
        let refund_id = match claim {
            Claim::Open(_, Stage::Refunding { refund_id }) => Some(*refund_id),
            Claim::Absent | Claim::Open(..) | Claim::Over(..) => None,
        };
        Self { claim_id, status: status(claim).to_owned(), refund_id }
    }
}

/// A claim's status in one word, as it is written down.
pub const fn status(claim: &Claim) -> &'static str {
    match claim {
        Claim::Absent => "unknown",
        Claim::Open(_, stage) => match stage {
            Stage::Requested { .. } => "requested",
            Stage::Collecting { .. } => "collecting",
            Stage::Inspecting { .. } => "inspecting",
            Stage::Withheld { .. } => "withheld",
            Stage::Refunding { .. } => "refunding",
            Stage::Exchanging => "exchanging",
            Stage::Redelivering => "redelivering",
        },
        Claim::Over(_, outcome) => match outcome {
            Outcome::Refunded => "refunded",
            Outcome::Exchanged => "exchanged",
            Outcome::Rejected => "rejected",
            Outcome::Withdrawn => "withdrawn",
            Outcome::Closed(_) => "closed",
        },
    }
}

/// The claim as what contests lines and locks money.
const fn contest(claim_id: ClaimId) -> Contest {
    Contest::Claim { claim_id }
}

/// As whom somebody acts on a claim, if they have a part in it.
fn actor(case: &Case, caller: Caller) -> Result<ClaimActor, CallerRefusal> {
    match caller {
        Caller::Buyer(buyer) if case.buyer_id == buyer => Ok(ClaimActor::Buyer),
        Caller::Seller(seller) if case.seller_id == seller => Ok(ClaimActor::Seller),
        Caller::Operator(_) => Ok(ClaimActor::Operator),
        Caller::Buyer(_) | Caller::Seller(_) => Err(CallerRefusal::NotYours),
    }
}
