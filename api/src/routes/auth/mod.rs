//! Accounts.

mod login;
mod signup;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::services::Services;

pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(signup::signup)).routes(routes!(login::login))
}
