//! `POST /claims/{claim_id}/reject`

use axum::extract::State;
use domain::id::ClaimId;

use super::{
    bodies::RejectBody,
    step::{ClaimAnswer, advance},
};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Json, PathId, Trader},
    input::ClaimIdShape,
    problem::{CommandProblems, Problem},
    services::Services,
};

/// Refuses a claim; goods that had come back are sent to the buyer again.
#[utoipa::path(
    post, path = "/claims/{claim_id}/reject", tag = "claims", security(("token" = [])),
    params(("claim_id" = inline(ClaimIdShape), Path, description = "The claim")),
    request_body = RejectBody,
    responses((status = OK, description = "Done", body = Told<ClaimAnswer>), CommandProblems),
)]
pub async fn reject(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(claim_id): PathId<ClaimId>,
    asking: Asking,
    body: Json<RejectBody>,
) -> Result<Telling<ClaimAnswer>, Problem> {
    let context = asking.context(identity.customer_id, &body.raw);
    let step = body.value.into();
    advance(&services, (&identity, context), (claim_id, step), "the claim is rejected").await
}
