//! Whoever asks, about themselves.

mod change;
mod me;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::services::Services;

pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(me::me, change::change))
}
