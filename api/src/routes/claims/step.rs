//! One step of a claim, for whoever has a part in it.

use commands::{AdvanceClaim, Caller, ClaimStep, ClaimTold, Context};
use domain::{
    claim::Claim,
    customer::Role,
    id::{ClaimId, Id, RefundId, SellerId},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    answer::Telling,
    extract::Identity,
    input::{ClaimIdShape, RefundIdShape},
    problem::{Kind, Problem},
    services::Services,
};

/// A claim after something happened to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimAnswer {
    /// The claim.
    #[schema(value_type = ClaimIdShape)]
    claim_id: ClaimId,
    /// How far it has come.
    status: String,
    /// The refund that is under way, if one is.
    #[schema(value_type = Option<RefundIdShape>)]
    refund_id: Option<RefundId>,
}

impl From<ClaimTold> for ClaimAnswer {
    fn from(ClaimTold { claim_id, status, refund_id }: ClaimTold) -> Self {
        Self { claim_id, status, refund_id }
    }
}

/// As whom somebody acts on a claim; who has no part in it is refused.
pub fn party(identity: &Identity, claim: &Claim) -> Result<Caller, Problem> {
    let case = claim.case()?;
    let me = identity.customer_id;
    if case.buyer_id == me {
        Ok(Caller::Buyer(me))
    } else if case.seller_id == SellerId::of(me) {
        Ok(Caller::Seller(case.seller_id))
    } else if identity.is(Role::Operator) {
        Ok(Caller::Operator(me))
    } else {
        Err(Problem::plain(Kind::NotYours))
    }
}

/// Takes the step.
pub async fn advance(
    services: &Services,
    (identity, context): (&Identity, Context),
    (claim_id, step): (ClaimId, ClaimStep),
    message: &'static str,
) -> Result<Telling<ClaimAnswer>, Problem> {
    let (claim, _) = services.commands.load::<Claim>(claim_id).await?;
    let caller = party(identity, &claim)?;
    let refund_id = RefundId::from_uuid(ambient::fresh_id());
    let command = AdvanceClaim { claim_id, caller, step, refund_id, policy: services.policy };
    let done = services.commands.dispatch(&context, command).await?;
    let answer = ClaimAnswer::from(done.answer.clone());
    Ok(Telling::done(&done, message, answer))
}
