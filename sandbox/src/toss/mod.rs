//! Toss Payments on its own port: the core API, version 2022-11-16.
//!
//! The window only authenticates the buyer and sends the browser to the shop's `successUrl`; the shop's server takes
//! the money with `POST /v1/payments/confirm`, within ten minutes, or it never was. Refusals are an HTTP status and
//! `{code, message}`. Webhooks are unsigned: the payment's `secret` in them is all there is to compare, and one
//! deposit is told twice, as `PAYMENT_STATUS_CHANGED` and as `DEPOSIT_CALLBACK`.

mod accounts;
mod admission;
mod cancel;
mod document;
mod money;
mod payments;
mod problem;
mod transactions;
mod webhooks;
mod window;

use std::sync::Arc;

use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodFilter, get},
};
use chrono::TimeDelta;
use problem::Problem;
use serde_json::Value;

use crate::{
    app::App,
    call::{self, Answer, Call, Route},
    idempotency::Held,
    pages,
    payment::{No, Payment},
    protocol::{Dialect, Left, News, Protocol},
    window::Wanted,
};

/// Toss Payments' words.
#[derive(Debug)]
pub struct Toss;

/// The protocol.
const OPERATIONS: &[Route] = &[
    Route::new("POST /v1/payments/confirm", MethodFilter::POST, "/v1/payments/confirm", |app, call| {
        answer(payments::confirm(app, call))
    }),
    Route::new("POST /v1/payments/key-in", MethodFilter::POST, "/v1/payments/key-in", |app, call| {
        answer(payments::key_in(app, call))
    }),
    Route::new(
        "GET /v1/payments/{paymentKey}",
        MethodFilter::GET,
        "/v1/payments/{payment_key}",
        |app, call| answer(payments::show(app, call)),
    ),
    Route::new(
        "GET /v1/payments/orders/{orderId}",
        MethodFilter::GET,
        "/v1/payments/orders/{order_id}",
        |app, call| answer(payments::find(app, call)),
    ),
    Route::new(
        "POST /v1/payments/{paymentKey}/cancel",
        MethodFilter::POST,
        "/v1/payments/{payment_key}/cancel",
        |app, call| answer(cancel::cancel(app, call)),
    ),
    Route::new("POST /v1/virtual-accounts", MethodFilter::POST, "/v1/virtual-accounts", |app, call| {
        answer(accounts::issue(app, call))
    }),
    Route::new("GET /v1/transactions", MethodFilter::GET, "/v1/transactions", |app, call| {
        answer(transactions::list(app, call))
    }),
];

/// Toss Payments, with the pay window and the script for browsers.
pub fn router(app: Arc<App>) -> Router {
    call::router(Protocol::Toss, OPERATIONS)
        .merge(pages::router(Protocol::Toss))
        .route("/v1", get(script))
        .route("/v1/payment", get(script))
        .route("/v2/standard", get(script))
        .fallback(|| async { Problem::NO_SUCH_PAGE.answer().response() })
        .with_state(app)
}

async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("toss.js")).into_response()
}

fn answer(given: Result<Value, Problem>) -> Answer {
    match given {
        Ok(document) => Answer::json(StatusCode::OK, document.to_string()),
        Err(problem) => problem.answer(),
    }
}

impl Dialect for Toss {
    fn admit(&self, app: &App, call: &Call) -> Result<Option<Held>, Answer> {
        admission::admit(app, call)
    }

    fn scripted(&self, status: u16) -> Answer {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Problem::SCRIPTED.with_status(status)
    }

    fn pg_refuses(&self) -> Answer {
        Problem::ISSUER_SAYS_NO.answer()
    }

    fn document(&self, app: &App, payment: &Payment) -> Value {
        document::payment(app, payment)
    }

    fn tell(&self, app: &App, payment: &mut Payment, news: &News) {
        webhooks::tell(app, payment, news);
    }

    fn payment_id(&self, app: &App, order_id: &str, number: usize) -> String {
        let id = app.ids.id("payment key", order_id, number);
        format!("tgen_{}", id.replace('-', ""))
    }

    fn wanted(&self, query: &str) -> Result<Wanted, No> {
        window::wanted(query)
    }

    fn leave(&self, _: &App, payment: &Payment, left: Left) -> Option<Response> {
        window::leave(payment, left)
    }

    fn approves_itself(&self) -> bool {
        false
    }

    fn approval_within(&self) -> TimeDelta {
        TimeDelta::minutes(10)
    }

    fn window_within(&self) -> Option<TimeDelta> {
        Some(TimeDelta::minutes(30))
    }
}
