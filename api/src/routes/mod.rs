//! The endpoints, one per file: request, handler, what the OpenAPI document says of it.

mod audit;
mod auth;
mod claims;
mod customers;
mod gateway_name;
mod ledger;
pub mod live;
mod orders;
mod payments;
mod products;
mod refund_account;
mod shapes;
mod shipments;
mod system;
mod users;
mod webhooks;

use utoipa_axum::router::OpenApiRouter;

use crate::services::Services;

/// All endpoints that the OpenAPI document describes.
pub fn all() -> OpenApiRouter<Services> {
    OpenApiRouter::default()
        .merge(auth::routes())
        .merge(users::routes())
        .merge(customers::routes())
        .merge(products::routes())
        .merge(orders::routes())
        .merge(shipments::routes())
        .merge(claims::routes())
        .merge(payments::routes())
        .merge(webhooks::routes())
        .merge(ledger::routes())
        .merge(audit::routes())
        .merge(live::routes())
        .merge(system::routes())
}
