//! For auditors.

mod events;
mod past;
mod proofs;
mod refusals;
mod verification;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::services::Services;

pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(events::events))
        .routes(routes!(verification::verification))
        .routes(routes!(past::aggregate))
        .routes(routes!(past::diff))
        .routes(routes!(refusals::refusals))
        .routes(routes!(proofs::checkpoint))
        .routes(routes!(proofs::key))
        .routes(routes!(proofs::inclusion))
        .routes(routes!(proofs::consistency))
}
