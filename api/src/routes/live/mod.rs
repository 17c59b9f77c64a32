//! What happens, as it happens.

mod parties;
mod stream;

pub use parties::Parties;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::services::Services;

/// How many pages may listen at once.
pub const LISTENERS_MAX: usize = 2_000;

pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(stream::stream))
}
