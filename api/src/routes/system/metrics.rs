//! `GET /metrics`

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::{
    metrics,
    problem::{PageProblems, Problem},
    services::Services,
};

/// What Prometheus expects of its text.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How the server and its gateways do, in Prometheus' text form: no personal data, and as many series as there are
/// gateways, kinds of tasks and views.
#[utoipa::path(
    get, path = "/metrics", tag = "system",
    responses((status = OK, description = "The metrics", body = String, content_type = "text/plain"), PageProblems),
)]
pub async fn metrics(State(services): State<Services>) -> Result<Response, Problem> {
    let text = metrics::text(&services).await?;
    Ok(([(header::CONTENT_TYPE, TEXT)], text).into_response())
}
