//! Orders.

mod access;
pub mod cancel;
mod causes;
mod confirm;
mod export;
pub mod give_up;
mod hold_back;
mod line;
mod list;
pub mod place;
pub mod ship;
mod show;
mod timeline;

pub use access::party;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::services::Services;

pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(place::place, list::list))
        .routes(routes!(show::show))
        .routes(routes!(timeline::timeline))
        .routes(routes!(causes::causes))
        .routes(routes!(export::export))
        .routes(routes!(confirm::confirm))
        .routes(routes!(cancel::cancel))
        .routes(routes!(give_up::give_up))
        .routes(routes!(hold_back::hold_back))
        .routes(routes!(ship::ship))
}
