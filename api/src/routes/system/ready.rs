//! `GET /ready`

use std::time::Duration;

use axum::{extract::State, http::StatusCode, response::Response};
use projections::Status;
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use crate::{
    answer,
    problem::{Kind, Problem, ProblemBody},
    services::Services,
};

/// How long a database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(1);

/// The server takes work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ready {
    /// Always `ready`.
    status: &'static str,
    /// The log's last position.
    position: i64,
    /// How far the views are.
    views: Vec<Status>,
}

/// Whether the server takes work: the log answers, the views follow it and the processes run.
#[utoipa::path(
    get, path = "/ready", tag = "system",
    responses(
        (status = OK, description = "It takes work", body = Ready),
        (status = SERVICE_UNAVAILABLE, description = "It does not; `reasons` says why",
            body = ProblemBody<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn ready(State(services): State<Services>) -> Result<Response, Problem> {
    let mut reasons = vec![];
    let head = timeout(PATIENCE, services.log.head()).await;
    let position = head.ok().and_then(Result::ok).map(|head| head.position);
    if position.is_none() {
        reasons.push("the log does not answer".to_owned());
    }
    let views = timeout(PATIENCE, projections::status(&services.views)).await.ok().and_then(Result::ok);
    match &views {
        None => reasons.push("the views do not answer".to_owned()),
        Some(views) => reasons.extend(views.iter().filter_map(|view| {
            view.parked_position.map(|at| format!("{} is parked before position {at}", view.projection))
        })),
    }
    if !services.processes.is_running() {
        reasons.push("the processes do not run".to_owned());
    }
    match (position, views) {
        (Some(position), Some(views)) if reasons.is_empty() => {
            Ok(answer::json(StatusCode::OK, &Ready { status: "ready", position, views }))
        }
        (None | Some(_), None | Some(_)) => {
            Err(Problem::new(Kind::NotReady, reasons.join("; ")).with("reasons", reasons))
        }
    }
}
