//! `POST /claims/{claim_id}/withhold`

use axum::extract::State;
use domain::id::ClaimId;

use super::{
    bodies::WithholdBody,
    step::{ClaimAnswer, advance},
};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Json, PathId, Trader},
    input::ClaimIdShape,
    problem::{CommandProblems, Problem},
    services::Services,
};

/// Keeps the money back until the buyer bears an extra charge. Silence for three business days accepts it.
#[utoipa::path(
    post, path = "/claims/{claim_id}/withhold", tag = "claims", security(("token" = [])),
    params(("claim_id" = inline(ClaimIdShape), Path, description = "The claim")),
    request_body = WithholdBody,
    responses((status = OK, description = "Done", body = Told<ClaimAnswer>), CommandProblems),
)]
pub async fn withhold(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(claim_id): PathId<ClaimId>,
    asking: Asking,
    body: Json<WithholdBody>,
) -> Result<Telling<ClaimAnswer>, Problem> {
    let context = asking.context(identity.customer_id, &body.raw);
    let step = body.value.into();
    advance(&services, (&identity, context), (claim_id, step), "the money is withheld").await
}
