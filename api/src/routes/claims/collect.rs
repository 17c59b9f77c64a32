//! `POST /claims/{claim_id}/collect`

use axum::extract::State;
use commands::ClaimStep;
use domain::id::ClaimId;

use super::{
    bodies::ParcelBody,
    step::{ClaimAnswer, advance},
};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Json, PathId, Trader},
    input::ClaimIdShape,
    problem::{CommandProblems, Problem},
    services::Services,
};

/// Records that the goods are on their way back, with which carrier.
#[utoipa::path(
    post, path = "/claims/{claim_id}/collect", tag = "claims", security(("token" = [])),
    params(("claim_id" = inline(ClaimIdShape), Path, description = "The claim")),
    request_body = ParcelBody,
    responses((status = OK, description = "Done", body = Told<ClaimAnswer>), CommandProblems),
)]
pub async fn collect(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(claim_id): PathId<ClaimId>,
    asking: Asking,
    body: Json<ParcelBody>,
) -> Result<Telling<ClaimAnswer>, Problem> {
    let context = asking.context(identity.customer_id, &body.raw);
    let step = ClaimStep::Collect(body.value.into());
    advance(&services, (&identity, context), (claim_id, step), "the goods are on their way back").await
}
