//! What gateways tell us.

mod inbox;
mod receive;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::services::Services;

pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(receive::receive))
        .routes(routes!(inbox::list))
        .routes(routes!(inbox::replay))
}
