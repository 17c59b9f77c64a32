//! `POST /claims/{claim_id}/accept-charge`

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

/// Accepts the extra charge: the rest of the money goes back.
#[utoipa::path(
    post, path = "/claims/{claim_id}/accept-charge", tag = "claims", security(("token" = [])),
    params(("claim_id" = inline(ClaimIdShape), Path, description = "The claim")),
    responses((status = OK, description = "Done", body = Told<ClaimAnswer>), CommandProblems),
)]
pub async fn accept_charge(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(claim_id): PathId<ClaimId>,
    asking: Asking,
) -> Result<Telling<ClaimAnswer>, Problem> {
    let context = asking.context(identity.customer_id, &[]);
    let step = ClaimStep::AcceptCharge;
    advance(&services, (&identity, context), (claim_id, step), "the charge is accepted").await
}
