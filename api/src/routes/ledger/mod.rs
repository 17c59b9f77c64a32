//! The books.

mod account;
mod journal;
mod trial_balance;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::services::Services;

pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(trial_balance::trial_balance))
        .routes(routes!(journal::journal))
        .routes(routes!(account::account))
}
