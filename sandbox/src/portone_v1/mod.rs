//! PortOne V1, once called Iamport, on its own port. [`OPERATIONS`] is the whole of it.
//!
//! Every answer is `{code, message, response}`, and a failure may come with HTTP 200. Bodies are JSON or forms, times
//! are seconds, and nought is a time that has not come.

mod answer;
mod auth;
mod cancel;
mod dialect;
mod document;
mod escrows;
mod find;
mod input;
mod prepare;
mod receipts;
mod vbanks;
mod webhooks;
mod window;

use std::sync::Arc;

use axum::{
    Router,
    http::header,
    response::IntoResponse,
    routing::{MethodFilter, get},
};

use answer::{Said, say};
pub use auth::Tokens;
pub use dialect::PortoneV1;
pub use document::pg_code;

use crate::{
    app::App,
    call::{self, Route},
    pages,
    protocol::Protocol,
};

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const PUT: MethodFilter = MethodFilter::PUT;
const DELETE: MethodFilter = MethodFilter::DELETE;
/// The operation that gives out tokens, and needs none.
const GET_TOKEN: &str = "POST /users/getToken";

/// The protocol.
const OPERATIONS: &[Route] = &[
    Route::new(GET_TOKEN, POST, "/users/getToken", |app, call| say(auth::token(app, call))),
    Route::new("GET /payments/{imp_uid}", GET, "/payments/{imp_uid}", |app, call| say(find::one(app, call))),
    Route::new("GET /payments?imp_uid", GET, "/payments", |app, call| say(find::several(app, call))),
    Route::new("GET /payments/find/{merchant_uid}", GET, "/payments/find/{merchant_uid}", |app, call| {
        say(find::first(app, call))
    }),
    Route::new(
        "GET /payments/find/{merchant_uid}/{status}",
        GET,
        "/payments/find/{merchant_uid}/{status}",
        |app, call| say(find::first(app, call)),
    ),
    Route::new(
        "GET /payments/findAll/{merchant_uid}",
        GET,
        "/payments/findAll/{merchant_uid}",
        |app, call| say(find::all(app, call)),
    ),
    Route::new(
        "GET /payments/findAll/{merchant_uid}/{status}",
        GET,
        "/payments/findAll/{merchant_uid}/{status}",
        |app, call| say(find::all(app, call)),
    ),
    Route::new("GET /payments/status/{status}", GET, "/payments/status/{status}", |app, call| {
        say(find::by_status(app, call))
    }),
    Route::new("POST /payments/prepare", POST, "/payments/prepare", |app, call| {
        say(prepare::register(app, call))
    }),
    Route::new("PUT /payments/prepare", PUT, "/payments/prepare", |app, call| {
        say(prepare::change(app, call))
    }),
    Route::new(
        "GET /payments/prepare/{merchant_uid}",
        GET,
        "/payments/prepare/{merchant_uid}",
        |app, call| say(prepare::show(app, call)),
    ),
    Route::new("POST /payments/cancel", POST, "/payments/cancel", |app, call| say(cancel::cancel(app, call))),
    Route::new("GET /escrows/logis/{imp_uid}", GET, "/escrows/logis/{imp_uid}", |app, call| {
        say(escrows::show(app, call))
    }),
    Route::new("POST /escrows/logis/{imp_uid}", POST, "/escrows/logis/{imp_uid}", |app, call| {
        say(escrows::register(app, call))
    }),
    Route::new("PUT /escrows/logis/{imp_uid}", PUT, "/escrows/logis/{imp_uid}", |app, call| {
        say(escrows::modify(app, call))
    }),
    Route::new("POST /vbanks", POST, "/vbanks", |app, call| say(vbanks::issue(app, call))),
    Route::new("GET /vbanks/holder", GET, "/vbanks/holder", |app, call| say(vbanks::holder(app, call))),
    Route::new("PUT /vbanks/{imp_uid}", PUT, "/vbanks/{imp_uid}", |app, call| say(vbanks::alter(app, call))),
    Route::new("DELETE /vbanks/{imp_uid}", DELETE, "/vbanks/{imp_uid}", |app, call| {
        say(vbanks::revoke(app, call))
    }),
    Route::new("POST /receipts/{imp_uid}", POST, "/receipts/{imp_uid}", |app, call| {
        say(receipts::issue(app, call))
    }),
    Route::new("GET /receipts/{imp_uid}", GET, "/receipts/{imp_uid}", |app, call| {
        say(receipts::show(app, call))
    }),
    Route::new("DELETE /receipts/{imp_uid}", DELETE, "/receipts/{imp_uid}", |app, call| {
        say(receipts::revoke(app, call))
    }),
];

/// PortOne V1, with the pay window and the script for browsers.
pub fn router(app: Arc<App>) -> Router {
    let script = get(|| async {
        let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
        (kind, include_str!("iamport.js")).into_response()
    });
    let unknown =
        || async { say(Err(Said::not_found("요청하신 API가 존재하지 않습니다."))).response() };
    call::router(Protocol::PortoneV1, OPERATIONS)
        .route("/v1/iamport.js", script)
        .merge(pages::router(Protocol::PortoneV1))
        .fallback(unknown)
        .with_state(app)
}
