//! The pay window that a person can click, the same for all protocols.
//!
//! A shop sends the browser to `GET /pay/{the shop's id}?…`, mostly by the protocol's own script; a button posts
//! back here; then the browser returns to the shop as from the gateway's own window, and the webhook goes its own
//! way, before or after.

mod html;

pub use html::escape;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, RawQuery, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::Value;

use crate::{
    app::{App, hold},
    book::Slot,
    buyer::{Deed, as_asked},
    payment::{No, Payment},
    protocol::{Left, News, Protocol},
    window::open,
};

/// A posted form is one word.
const MAX_FORM: usize = 4_096;
const DEPOSIT: &[u8] = b"action=deposit";

/// The pages.
pub fn router(protocol: Protocol) -> Router<Arc<App>> {
    let see = move |State(app): State<Arc<App>>, Path(id): Path<String>, RawQuery(query): RawQuery| async move {
        show(&app, protocol, &id, &query.unwrap_or_default())
    };
    let click = move |State(app): State<Arc<App>>, Path(id): Path<String>, request: Request| async move {
        click(&app, protocol, &id, request).await
    };
    Router::new().route("/pay/{id}", get(see).post(click))
}

fn show(app: &App, protocol: Protocol, id: &str, query: &str) -> Response {
    let wanted = match protocol.dialect().wanted(query) {
        Ok(wanted) => wanted,
        Err(no) => return page(StatusCode::BAD_REQUEST, html::refused(&no)),
    };
    let embedded = wanted.extra.contains_key("embedded");
    let known = app.book.payment(protocol, id);
    // Without arguments the page shows a payment that is there already, as a bookmark of a virtual account does.
    let slot = match (known, wanted.total_amount) {
        (Some(known), None) => Ok(known),
        (known, _) => match (open(app, protocol, id, wanted, true), known) {
            (Err(No::AlreadyPaid), Some(known)) => Ok(known),
            (opened, _) => opened,
        },
    };
    match slot {
        Ok(slot) => window(app, &slot),
        Err(no) if embedded => tell_opener(&protocol.dialect().shut(id, no)),
        Err(no) => page(StatusCode::CONFLICT, html::refused(&no)),
    }
}

/// The window of a payment, as far as it is.
fn window(app: &App, slot: &Slot) -> Response {
    let mut entry = hold(slot);
    match entry.payment.as_mut() {
        Some(payment) => {
            payment.pass(app.now());
            page(StatusCode::OK, html::window(payment))
        }
        None => page(StatusCode::NOT_FOUND, html::refused(&No::NothingRequested)),
    }
}

async fn click(app: &App, protocol: Protocol, id: &str, request: Request) -> Response {
    let form = to_bytes(request.into_body(), MAX_FORM).await.unwrap_or_default();
    let Some(slot) = app.book.payment(protocol, id) else {
        return page(StatusCode::NOT_FOUND, html::refused(&No::NothingRequested));
    };
    let embedded = is_over_the_shops_page(&slot);
    match act(app, &slot, &form).await {
        // By the time of the deposit the shop's page is gone: the bookmark stands alone.
        Ok(_) if embedded && *form == *DEPOSIT => window(app, &slot),
        Ok(left) => leave(app, &slot, left),
        Err(no) if embedded => tell_opener(&protocol.dialect().shut(id, no)),
        Err(no) => page(StatusCode::CONFLICT, html::refused(&no)),
    }
}

fn is_over_the_shops_page(slot: &Slot) -> bool {
    hold(slot).payment.as_ref().is_some_and(|payment| payment.terms.extra.contains_key("embedded"))
}

async fn act(app: &App, slot: &Slot, form: &[u8]) -> Result<Left, No> {
    let now = app.now();
    let done = |payment: &mut Payment, left| {
        payment.protocol.dialect().tell(app, payment, &News::State);
        Ok(left)
    };
    match form {
        b"action=approve" => app.play(slot, Deed::Approve(as_asked())).await,
        b"action=issue" => app.play(slot, Deed::Issue(as_asked())).await,
        DEPOSIT => app.change(slot, |payment| {
            payment.deposit(None, false, now)?;
            done(payment, Left::Done)
        }),
        b"action=decline" => app.change(slot, |payment| {
            payment.decline("3011", "카드사 승인 거절", now)?;
            done(payment, Left::Declined)
        }),
        // The window is closed: nothing happened to the payment, and nobody is told.
        _ => Ok(Left::Abandoned),
    }
}

/// Back to the shop, or, if the shop gave no address, to a page that says what happened.
fn leave(app: &App, slot: &Slot, left: Left) -> Response {
    let back =
        hold(slot).payment.as_ref().and_then(|payment| payment.protocol.dialect().leave(app, payment, left));
    back.unwrap_or_else(|| window(app, slot))
}

/// A page that closes a window which was opened over the shop's page: it tells the shop's page how it went. What is
/// told is no secret, and the shop looks it up anyway.
pub fn tell_opener(result: &Value) -> Response {
    // JSON in a script must not end the script.
    let safe = result.to_string().replace('<', "\\u003c");
    let html = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Sandbox</title><script>parent.postMessage({safe}, \"*\");</script>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors *",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Body::from(html)).into_response()
}

/// A page: no script, nothing from elsewhere. Shops show it over their own.
fn page(status: StatusCode, html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, Body::from(html)).into_response()
}
