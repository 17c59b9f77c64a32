//! `POST /claims/{claim_id}/receive`

use axum::extract::State;
use commands::ClaimStep;
use domain::id::ClaimId;

use super::step::{ClaimAnswer, advance};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, PathId, Trader},
    input::ClaimIdShape,
    problem::{CommandProblems, Problem},
    services::Services,
};

/// Records that the goods are back: the seller has three business days to decide.
#[utoipa::path(
    post, path = "/claims/{claim_id}/receive", tag = "claims", security(("token" = [])),
    params(("claim_id" = inline(ClaimIdShape), Path, description = "The claim")),
    responses((status = OK, description = "Done", body = Told<ClaimAnswer>), CommandProblems),
)]
pub async fn receive(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(claim_id): PathId<ClaimId>,
    asking: Asking,
) -> Result<Telling<ClaimAnswer>, Problem> {
    let context = asking.context(identity.customer_id, &[]);
    let step = ClaimStep::Receive;
    advance(&services, (&identity, context), (claim_id, step), "the goods are back").await
}
