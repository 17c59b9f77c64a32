//! The endpoints, one per file: request, handler, what the OpenAPI document says of it.

mod audit;
mod auth;
mod claims;
mod gateway_name;
mod ledger;
mod orders;
mod payments;
mod products;
mod shapes;
mod shipments;
mod system;
mod webhooks;

use utoipa_axum::router::OpenApiRouter;

use crate::services::Services;

/// All endpoints that the OpenAPI document describes.
pub fn all() -> OpenApiRouter<Services> {
    OpenApiRouter::default()
        .merge(auth::routes())
        .merge(products::routes())
        .merge(orders::routes())
        .merge(shipments::routes())
        .merge(claims::routes())
        .merge(payments::routes())
        .merge(webhooks::routes())
        .merge(ledger::routes())
        .merge(audit::routes())
        .merge(system::routes())
}
