//! Claims: goods given back.

mod accept_charge;
mod approve;
mod bodies;
mod collect;
mod list;
mod open;
mod receive;
mod redelivered;
mod redispatch;
mod reject;
mod show;
mod step;
mod withdraw;
mod withhold;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::services::Services;

pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(open::open, list::list))
        .routes(routes!(show::show))
        .routes(routes!(collect::collect))
        .routes(routes!(receive::receive))
        .routes(routes!(approve::approve))
        .routes(routes!(withhold::withhold))
        .routes(routes!(accept_charge::accept_charge))
        .routes(routes!(reject::reject))
        .routes(routes!(redispatch::redispatch))
        .routes(routes!(redelivered::redelivered))
        .routes(routes!(withdraw::withdraw))
}
