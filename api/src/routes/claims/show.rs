//! `GET /claims/{claim_id}`

use axum::extract::State;
use domain::id::ClaimId;
use projections::{
    Projection,
    claims::{self, Claim},
};

use super::step::party;
use crate::{
    answer::Shown,
    extract::{AnyOne, AtLeast, MinPosition, PathId},
    input::ClaimIdShape,
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

/// One claim: for its buyer, its seller, operators and auditors.
#[utoipa::path(
    get, path = "/claims/{claim_id}", tag = "claims", security(("token" = [])),
    params(("claim_id" = inline(ClaimIdShape), Path, description = "The claim"), MinPosition),
    responses((status = OK, description = "The claim", body = Claim), QueryProblems),
)]
pub async fn show(
    State(services): State<Services>,
    AnyOne(identity): AnyOne,
    PathId(claim_id): PathId<ClaimId>,
    at_least: AtLeast,
) -> Result<Shown<Claim>, Problem> {
    let (claim, _) = services.commands.load::<domain::claim::Claim>(claim_id).await?;
    claim.case()?;
    if !identity.sees_all() {
        party(&identity, &claim)?;
    }
    let views = services.views_at(Projection::Claims, at_least).await?;
    let claim = claims::find(views, claim_id).await?;
    let claim = claim.ok_or_else(|| Problem::plain(Kind::UnknownClaim))?;
    Ok(Shown { version: claim.version, body: claim })
}
