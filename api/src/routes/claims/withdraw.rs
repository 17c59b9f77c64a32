//! `POST /claims/{claim_id}/withdraw`

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

/// Ends a claim because the buyer keeps the goods.
#[utoipa::path(
    post, path = "/claims/{claim_id}/withdraw", tag = "claims", security(("token" = [])),
    params(("claim_id" = inline(ClaimIdShape), Path, description = "The claim")),
    responses((status = OK, description = "Done", body = Told<ClaimAnswer>), CommandProblems),
)]
pub async fn withdraw(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(claim_id): PathId<ClaimId>,
    asking: Asking,
) -> Result<Telling<ClaimAnswer>, Problem> {
    let context = asking.context(identity.customer_id, &[]);
    let step = ClaimStep::Withdraw;
    advance(&services, (&identity, context), (claim_id, step), "the claim is withdrawn").await
}
