//! `POST /claims/{claim_id}/approve`

use axum::extract::State;
use domain::id::ClaimId;

use super::{
    bodies::ApproveBody,
    step::{ClaimAnswer, advance},
};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Json, PathId, Trader},
    input::ClaimIdShape,
    problem::{CommandProblems, Problem},
    services::Services,
};

/// Approves a claim whose goods are back: the money goes back less a deduction, or other goods are reserved.
#[utoipa::path(
    post, path = "/claims/{claim_id}/approve", tag = "claims", security(("token" = [])),
    params(("claim_id" = inline(ClaimIdShape), Path, description = "The claim")),
    request_body = ApproveBody,
    responses((status = OK, description = "Done", body = Told<ClaimAnswer>), CommandProblems),
)]
pub async fn approve(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(claim_id): PathId<ClaimId>,
    asking: Asking,
    body: Json<ApproveBody>,
) -> Result<Telling<ClaimAnswer>, Problem> {
    let context = asking.context(identity.customer_id, &body.raw);
    let step = body.value.into();
    advance(&services, (&identity, context), (claim_id, step), "the claim is approved").await
}
