//! Parcels.

mod delivered;
mod register;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::services::Services;

pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(delivered::delivered)).routes(routes!(register::register))
}
