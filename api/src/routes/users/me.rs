//! `GET /users/me`

use axum::extract::State;
use projections::{
    Projection,
    users::{self, User},
};

use crate::{
    answer::Shown,
    extract::{AnyOne, AtLeast, MinPosition},
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

/// The caller's own account. The password's hash is never shown.
#[utoipa::path(
    get, path = "/users/me", tag = "users", security(("token" = [])), params(MinPosition),
    responses((status = OK, description = "The account", body = User), QueryProblems),
)]
pub async fn me(
    State(services): State<Services>,
    AnyOne(identity): AnyOne,
    at_least: AtLeast,
) -> Result<Shown<User>, Problem> {
    let views = services.views_at(Projection::Users, at_least).await?;
    let user = users::find(views, identity.customer_id).await?;
    let user = user.ok_or_else(|| Problem::plain(Kind::UnknownCustomer))?;
    Ok(Shown { version: user.version, body: user })
}
