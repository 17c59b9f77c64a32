//! The server itself.

mod health;
mod metrics;
mod problems;
mod ready;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::services::Services;

pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(health::health))
        .routes(routes!(ready::ready))
        .routes(routes!(metrics::metrics))
        .routes(routes!(problems::problem))
}
