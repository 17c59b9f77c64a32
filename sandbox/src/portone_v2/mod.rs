//! PortOne V2 on its own port. [`OPERATIONS`] is the whole of it: a further operation is a function and a line.
//!
//! Every call takes the same way: scripted fault, authorization, idempotency key, operation, scripted fault, log.
//! Bodies are read as bytes whatever their content type says, because real clients say `text/plain`.

mod auth;
mod document;
mod events;
mod idempotency;
mod lists;
mod logistics;
mod payments;
mod problem;
mod resend;
mod run;
mod window;

use std::sync::Arc;

use axum::{
    Router,
    extract::{RawPathParams, Request, State},
    http::Method,
    routing::{MethodFilter, on},
};
use bytes::Bytes;
use serde_json::Value;

pub use auth::Tokens;
pub use document::document;
pub use events::tell;
pub use idempotency::Idempotency;
pub use problem::Problem;
use run::{LOGIN, REFRESH};
pub use window::{Wanted, open};

use crate::{app::App, faults::Fault, pages};

/// What an operation is called with.
#[derive(Debug)]
pub struct Call {
    /// The payment of the path, if the path has one.
    pub payment_id: String,
    /// The raw query.
    pub query: String,
    /// The raw body.
    pub body: Bytes,
    /// A scripted fault that the operation itself has to play.
    pub fault: Option<Fault>,
}

/// An operation: what it changes and what it answers.
pub type Operation = fn(&App, &Call) -> Result<Value, Problem>;

/// One line of the protocol.
#[derive(Clone, Copy)]
pub struct Route {
    /// As in the fault script and the log.
    pub name: &'static str,
    method: MethodFilter,
    path: &'static str,
    operation: Operation,
}

const fn route(name: &'static str, method: MethodFilter, path: &'static str, operation: Operation) -> Route {
    Route { name, method, path, operation }
}

/// The protocol.
const OPERATIONS: &[Route] = &[
    route(LOGIN, MethodFilter::POST, "/login/api-secret", auth::login),
    route(REFRESH, MethodFilter::POST, "/token/refresh", auth::refresh),
    route("GET /payments/{id}", MethodFilter::GET, "/payments/{id}", payments::show),
    route("GET /payments", MethodFilter::GET, "/payments", lists::pages),
    route("GET /payments-by-cursor", MethodFilter::GET, "/payments-by-cursor", lists::by_cursor),
    route(
        "POST /payments/{id}/pre-register",
        MethodFilter::POST,
        "/payments/{id}/pre-register",
        payments::pre_register,
    ),
    route("POST /payments/{id}/cancel", MethodFilter::POST, "/payments/{id}/cancel", payments::cancel),
    route(
        "POST /payments/{id}/escrow/logistics",
        MethodFilter::POST,
        "/payments/{id}/escrow/logistics",
        logistics::apply,
    ),
    route(
        "PATCH /payments/{id}/escrow/logistics",
        MethodFilter::PATCH,
        "/payments/{id}/escrow/logistics",
        logistics::modify,
    ),
    route(
        "POST /payments/{id}/escrow/complete",
        MethodFilter::POST,
        "/payments/{id}/escrow/complete",
        logistics::complete,
    ),
    route(
        "POST /payments/{id}/resend-webhook",
        MethodFilter::POST,
        "/payments/{id}/resend-webhook",
        resend::resend,
    ),
];

/// PortOne V2, with the pay window and the script for browsers.
pub fn router(app: Arc<App>) -> Router {
    let protocol = OPERATIONS.iter().fold(Router::new(), |router, route| {
        let handler = move |State(app): State<Arc<App>>, params: RawPathParams, request: Request| async move {
            let id = params.iter().next().map(|(_, value)| value.to_owned()).unwrap_or_default();
            run::run(app, *route, id, request).await
        };
        router.route(route.path, on(route.method, handler))
    });
    let unknown = |method: Method| async move {
        Problem::not_found(&format!("{method}: no such operation")).response()
    };
    protocol.merge(pages::router()).fallback(unknown).with_state(app)
}
