//! `POST /claims/{claim_id}/redispatch`

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

/// Records that the other goods are on their way.
#[utoipa::path(
    post, path = "/claims/{claim_id}/redispatch", tag = "claims", security(("token" = [])),
    params(("claim_id" = inline(ClaimIdShape), Path, description = "The claim")),
    request_body = ParcelBody,
    responses((status = OK, description = "Done", body = Told<ClaimAnswer>), CommandProblems),
)]
pub async fn redispatch(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(claim_id): PathId<ClaimId>,
    asking: Asking,
    body: Json<ParcelBody>,
) -> Result<Telling<ClaimAnswer>, Problem> {
    let context = asking.context(identity.customer_id, &body.raw);
    let step = ClaimStep::Redispatch(body.value.into());
    advance(&services, (&identity, context), (claim_id, step), "the other goods are on their way").await
}
