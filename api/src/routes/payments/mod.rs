//! Payments.

mod by_bank;
mod cancel;
mod checkout;
mod confirm;
mod owned;
mod refund;
mod retry;
mod returned;
mod start;
mod status;
mod sync;
mod verify;
mod wanted;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::services::Services;

pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(start::start))
        .routes(routes!(returned::returned, returned::posted))
        .routes(routes!(status::status))
        .routes(routes!(confirm::confirm))
        .routes(routes!(refund::refund))
        .routes(routes!(by_bank::by_bank))
        .routes(routes!(retry::retry))
        .routes(routes!(cancel::cancel))
        .routes(routes!(verify::verify))
}
