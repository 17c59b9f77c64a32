//! For auditors.

mod events;
mod proofs;
mod verification;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::services::Services;

pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(events::events))
        .routes(routes!(verification::verification))
        .routes(routes!(proofs::checkpoint))
        .routes(routes!(proofs::key))
        .routes(routes!(proofs::inclusion))
        .routes(routes!(proofs::consistency))
}
