//! PortOne V2 on its own port. [`OPERATIONS`] is the whole of it: a further operation is a function and a line.

mod approve;
mod auth;
mod dialect;
mod document;
mod events;
mod instant;
mod lists;
mod logistics;
mod payments;
mod problem;
mod resend;
mod window;

use std::sync::Arc;

use axum::{
    Router,
    http::{Method, StatusCode, header},
    response::IntoResponse,
    routing::{MethodFilter, get},
};
use serde_json::Value;

pub use auth::Tokens;
pub use dialect::PortoneV2;
pub use problem::Problem;

use crate::{
    app::App,
    call::{self, Answer, Route},
    pages,
    protocol::Protocol,
};

/// A document, or what went wrong.
fn say(said: Result<Value, Problem>) -> Answer {
    match said {
        Ok(document) => Answer::json(StatusCode::OK, document.to_string()),
        Err(problem) => problem.answer(),
    }
}

/// The operations that give out tokens, and need none.
const OPEN: [&str; 2] = [LOGIN, REFRESH];
const LOGIN: &str = "POST /login/api-secret";
const REFRESH: &str = "POST /token/refresh";

/// The protocol.
const OPERATIONS: &[Route] = &[
    Route::new(LOGIN, MethodFilter::POST, "/login/api-secret", |app, call| say(auth::login(app, call))),
    Route::new(REFRESH, MethodFilter::POST, "/token/refresh", |app, call| say(auth::refresh(app, call))),
    Route::new("GET /payments/{id}", MethodFilter::GET, "/payments/{id}", |app, call| {
        say(payments::show(app, call))
    }),
    Route::new("GET /payments", MethodFilter::GET, "/payments", |app, call| say(lists::pages(app, call))),
    Route::new("GET /payments-by-cursor", MethodFilter::GET, "/payments-by-cursor", |app, call| {
        say(lists::by_cursor(app, call))
    }),
    Route::new(
        "GET /payment-events-by-cursor",
        MethodFilter::GET,
        "/payment-events-by-cursor",
        |app, call| say(events::by_cursor(app, call)),
    ),
    Route::new(
        "POST /payments/{id}/pre-register",
        MethodFilter::POST,
        "/payments/{id}/pre-register",
        |app, call| say(payments::pre_register(app, call)),
    ),
    Route::new("POST /payments/{id}/confirm", MethodFilter::POST, "/payments/{id}/confirm", |app, call| {
        say(approve::confirm(app, call))
    }),
    Route::new("POST /payments/{id}/instant", MethodFilter::POST, "/payments/{id}/instant", |app, call| {
        say(instant::pay(app, call))
    }),
    Route::new("POST /payments/{id}/cancel", MethodFilter::POST, "/payments/{id}/cancel", |app, call| {
        say(payments::cancel(app, call))
    }),
    Route::new(
        "POST /payments/{id}/virtual-account/close",
        MethodFilter::POST,
        "/payments/{id}/virtual-account/close",
        |app, call| say(approve::close_account(app, call)),
    ),
    Route::new(
        "POST /payments/{id}/escrow/logistics",
        MethodFilter::POST,
        "/payments/{id}/escrow/logistics",
        |app, call| say(logistics::apply(app, call)),
    ),
    Route::new(
        "PATCH /payments/{id}/escrow/logistics",
        MethodFilter::PATCH,
        "/payments/{id}/escrow/logistics",
        |app, call| say(logistics::modify(app, call)),
    ),
    Route::new(
        "POST /payments/{id}/escrow/complete",
        MethodFilter::POST,
        "/payments/{id}/escrow/complete",
        |app, call| say(logistics::complete(app, call)),
    ),
    Route::new(
        "POST /payments/{id}/resend-webhook",
        MethodFilter::POST,
        "/payments/{id}/resend-webhook",
        |app, call| say(resend::resend(app, call)),
    ),
];

/// PortOne V2, with the pay window and the script for browsers.
pub fn router(app: Arc<App>) -> Router {
    let unknown = |method: Method| async move {
        Problem::not_found(&format!("{method}: no such operation")).answer().response()
    };
    let script = get(|| async {
        let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
        (kind, include_str!("browser-sdk.js")).into_response()
    });
    call::router(Protocol::PortoneV2, OPERATIONS)
        .route("/v2/browser-sdk.js", script)
        .merge(pages::router(Protocol::PortoneV2))
        .fallback(unknown)
        .with_state(app)
}
