//! `GET /health`

use axum::{http::StatusCode, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer;

/// The server is alive.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    status: &'static str,
    /// The program's version.
    version: &'static str,
}

/// Whether the server is alive.
#[utoipa::path(
    get, path = "/health", tag = "system",
    responses((status = OK, description = "It is alive", body = Health)),
)]
pub async fn health() -> Response {
    answer::json(StatusCode::OK, &Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}
