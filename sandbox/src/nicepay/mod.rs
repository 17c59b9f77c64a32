//! NicePay on its own port: the API of start.nicepay, in the model where the shop's server approves.
//!
//! The window only authenticates the buyer; the shop is told so by a form that the buyer's browser posts, and takes
//! the money with `POST /v1/payments/{tid}`. Nearly every refusal is HTTP 200 with a `resultCode`: an HTTP error is
//! about the caller, not the payment. Times that did not happen are the text `"0"`, and what is signed is signed by
//! the SHA-256 of a few fields and the secret key. Parcels of escrow payments go to the older `/webapi`.

mod auth;
mod cancel;
mod document;
mod escrow;
mod payments;
mod refusal;
mod sign;
mod window;

use std::sync::Arc;

use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodFilter, get},
};
use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use auth::Memory;
use refusal::Refusal;

use crate::{
    app::App,
    call::{self, Answer, Call, Route},
    idempotency::Held,
    pages,
    payment::{No, Outcome, Payment, State},
    protocol::{Dialect, Left, News, Protocol},
    webhooks::Announcement,
    window::Wanted,
};

/// NicePay's words.
#[derive(Debug)]
pub struct Nicepay;

/// The name of the call that gives out tokens.
const LOGIN: &str = "POST /v1/access-token";

/// The protocol.
const OPERATIONS: &[Route] = &[
    Route::new(LOGIN, MethodFilter::POST, "/v1/access-token", |app, call| answer(auth::token(app, call))),
    Route::new("POST /v1/payments/{tid}", MethodFilter::POST, "/v1/payments/{tid}", |app, call| {
        answer(payments::approve(app, call))
    }),
    Route::new("GET /v1/payments/{tid}", MethodFilter::GET, "/v1/payments/{tid}", |app, call| {
        answer(payments::show(app, call))
    }),
    Route::new(
        "GET /v1/payments/find/{orderId}",
        MethodFilter::GET,
        "/v1/payments/find/{order_id}",
        |app, call| answer(payments::find(app, call)),
    ),
    Route::new(
        "POST /v1/payments/{tid}/cancel",
        MethodFilter::POST,
        "/v1/payments/{tid}/cancel",
        |app, call| answer(cancel::cancel(app, call)),
    ),
    Route::new("POST /v1/payments/netcancel", MethodFilter::POST, "/v1/payments/netcancel", |app, call| {
        answer(cancel::net_cancel(app, call))
    }),
    Route::new("POST /v1/check-amount/{tid}", MethodFilter::POST, "/v1/check-amount/{tid}", |app, call| {
        answer(payments::check_amount(app, call))
    }),
    Route::new(escrow::NAME, MethodFilter::POST, "/webapi/escrow_process.jsp", |app, call| {
        Answer::json(StatusCode::OK, escrow::process(app, call).to_string())
    }),
];

/// NicePay, with the script for browsers.
pub fn router(app: Arc<App>) -> Router {
    call::router(Protocol::Nicepay, OPERATIONS)
        .merge(pages::router(Protocol::Nicepay))
        .route("/v1/js", get(script))
        .route("/v1/js/", get(script))
        .fallback(|| async { Refusal::NO_SUCH_PAGE.answer().response() })
        .with_state(app)
}

async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("nicepay.js")).into_response()
}

fn answer(given: Result<Value, Refusal>) -> Answer {
    match given {
        Ok(document) => Answer::json(StatusCode::OK, document.to_string()),
        Err(refusal) => refusal.answer(),
    }
}

impl Dialect for Nicepay {
    fn admit(&self, app: &App, call: &Call) -> Result<Option<Held>, Answer> {
        auth::admit(app, call).map(|()| None).map_err(Refusal::answer)
    }

    fn scripted(&self, status: u16) -> Answer {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Refusal::SCRIPTED.with_status(status)
    }

    fn pg_refuses(&self) -> Answer {
        Refusal::ISSUER_SAYS_NO.answer()
    }

    fn document(&self, app: &App, payment: &Payment) -> Value {
        document::payment(app, payment, None)
    }

    fn tell(&self, app: &App, payment: &mut Payment, news: &News) {
        let (kind, cancelled) = match news {
            News::State => match payment.state {
                State::AccountIssued => ("ready", None),
                State::Paid { .. } => ("paid", None),
                // NicePay says nothing of what came to nothing.
                State::Ready
                | State::Pending
                | State::Authorised { .. }
                | State::Failed { .. }
                | State::Expired { .. } => return,
            },
            News::Cancellation(made) if made.outcome == Outcome::Succeeded => ("cancelled", Some(made)),
            News::Cancellation(_)
            | News::Opened
            | News::DisputeOpened
            | News::DisputeClosed
            | News::Escrow => return,
        };
        let mut document = document::payment(app, payment, cancelled);
        let body = Bytes::from(document.to_string());
        if let Some(fields) = document.as_object_mut() {
            fields.insert("signature".into(), sign::hex(&Sha256::digest("nobody's key")).into());
        }
        let said = Announcement {
            kind,
            status: document::status(app, payment),
            body,
            forged: Bytes::from(document.to_string()),
        };
        app.announce(payment, &said);
    }

    fn payment_id(&self, app: &App, order_id: &str, number: usize) -> String {
        document::tid(&app.ids.id("tid", order_id, number))
    }

    fn wanted(&self, query: &str) -> Result<Wanted, No> {
        window::wanted(query)
    }

    fn approves_itself(&self) -> bool {
        false
    }

    fn leave(&self, app: &App, payment: &Payment, left: Left) -> Option<Response> {
        window::leave(app, payment, left)
    }
}
