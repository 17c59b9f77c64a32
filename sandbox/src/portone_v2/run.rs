//! The way every call takes.

use std::sync::Arc;

use ambient::Clock;
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use bytes::Bytes;
use chrono::TimeDelta;

use super::{Call, Problem, Route, idempotency::Begun};
use crate::{
    app::{App, hold},
    faults::Fault,
    request_log::{Asked, excerpt},
    serve::cut,
};

/// The operations that give out tokens, and need none.
const OPEN: [&str; 2] = [LOGIN, REFRESH];
/// The first of them.
pub const LOGIN: &str = "POST /login/api-secret";
/// The second of them.
pub const REFRESH: &str = "POST /token/refresh";

/// The largest body that is read.
const MAX_BODY: usize = 1 << 20;

/// What is answered: a status and JSON, or nothing at all.
enum Given {
    Answer(StatusCode, Bytes),
    Nothing,
    Cut,
}

pub async fn run(app: Arc<App>, route: Route, payment_id: String, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return Problem::invalid("the body is too large").response();
    };
    let fault = app.faults.of_call(route.name, &payment_id);
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let mut asked = Asked {
        at: app.now(),
        route: route.name,
        payment_id: payment_id.clone(),
        query: query.clone(),
        body: excerpt(&body),
        idempotency_key: text(&parts.headers, "idempotency-key").map(ToOwned::to_owned),
        status: 0,
        fault: fault.map(|fault| format!("{fault:?}")),
    };
    let call = Call { payment_id, query, body, fault };
    let given = give(Arc::clone(&app), route, parts.headers, call).await;
    if let Given::Answer(status, _) = &given {
        asked.status = status.as_u16();
    }
    app.log.push(asked);
    match given {
        Given::Answer(status, body) => answer(status, body),
        Given::Cut => cut(),
        Given::Nothing => {
            app.silence().await;
            cut()
        }
    }
}

/// Plays the scripted fault around the call.
async fn give(app: Arc<App>, route: Route, headers: HeaderMap, call: Call) -> Given {
    match call.fault {
        None => given(carry_out(&app, route, &headers, &call)),
        Some(Fault::TimeoutBefore) => Given::Nothing,
        Some(Fault::Reset) => Given::Cut,
        Some(Fault::Error { status }) => given(Problem::scripted(status).answer()),
        Some(Fault::Delay { millis }) => {
            // The gateway goes on when its client has gone: the work is a task of its own.
            let late =
                tokio::spawn(async move { carry_out_late(&app, route, &headers, &call, millis).await });
            late.await.map_or(Given::Cut, given)
        }
        Some(Fault::PgRefuses) => given(Problem::pg("9999", "scripted refusal of the PG").answer()),
        Some(after) => {
            let (status, body) = carry_out(&app, route, &headers, &call);
            spoil(after, status, body)
        }
    }
}

fn spoil(fault: Fault, status: StatusCode, body: Bytes) -> Given {
    match fault {
        Fault::TimeoutAfter => Given::Nothing,
        Fault::ResetAfter => Given::Cut,
        Fault::ErrorAfter { status } => given(Problem::scripted(status).answer()),
        Fault::Truncated => Given::Answer(status, body.slice(..body.len() / 2)),
        Fault::InvalidJson => Given::Answer(status, Bytes::from_static(b"<html>upstream error</html>")),
        // Played before the call, by the operation itself, or by webhooks.
        Fault::Delay { .. }
        | Fault::TimeoutBefore
        | Fault::Error { .. }
        | Fault::Reset
        | Fault::CancelRequested
        | Fault::CancelFailed
        | Fault::PgRefuses
        | Fault::Drop
        | Fault::Duplicate
        | Fault::Reorder
        | Fault::Forge
        | Fault::Stale => Given::Answer(status, body),
    }
}

fn given((status, body): (StatusCode, Bytes)) -> Given {
    Given::Answer(status, body)
}

/// A late call holds its idempotency key all the while, so that another with the same key is told to wait.
async fn carry_out_late(
    app: &App,
    route: Route,
    headers: &HeaderMap,
    call: &Call,
    millis: u32,
) -> (StatusCode, Bytes) {
    let held = match admit(app, route, headers, call) {
        Ok(held) => held,
        Err(answer) => return answer,
    };
    // The network's delays are the machine's time, also where the sandbox's clock is moved by hand.
    Clock::system().sleep(TimeDelta::milliseconds(i64::from(millis))).await;
    finish(app, route, call, held)
}

fn carry_out(app: &App, route: Route, headers: &HeaderMap, call: &Call) -> (StatusCode, Bytes) {
    match admit(app, route, headers, call) {
        Ok(held) => finish(app, route, call, held),
        Err(answer) => answer,
    }
}

/// Whether the call is let in; if it has a key, the key is now held.
fn admit(
    app: &App,
    route: Route,
    headers: &HeaderMap,
    call: &Call,
) -> Result<Option<String>, (StatusCode, Bytes)> {
    if !OPEN.contains(&route.name) && !app.is_authorized(text(headers, header::AUTHORIZATION.as_str())) {
        return Err(Problem::unauthorized().answer());
    }
    let key = match text(headers, "idempotency-key") {
        Some(header) if !route.name.starts_with("GET") => header,
        Some(_) | None => return Ok(None),
    };
    match app.idempotency.begin(route.name, &call.payment_id, key, app.now()) {
        Begun::Malformed => {
            Err(Problem::invalid("Idempotency-Key must be a quoted string of 16 to 256 characters").answer())
        }
        Begun::Outstanding => Err(Problem::outstanding().answer()),
        Begun::Done(status, body) => Err((status, body)),
        Begun::Held(key) => Ok(Some(key)),
    }
}

fn finish(app: &App, route: Route, call: &Call, held: Option<String>) -> (StatusCode, Bytes) {
    let answer = match (route.operation)(app, call) {
        Ok(document) => (StatusCode::OK, Bytes::from(document.to_string())),
        Err(problem) => problem.answer(),
    };
    if answer.0.is_success()
        && !route.name.starts_with("GET")
        && let Some(slot) = app.book.find(&call.payment_id)
    {
        app.remember(&call.payment_id, &hold(&slot));
    }
    if let Some(key) = held {
        app.idempotency.end(key, &answer, app.now());
    }
    answer
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// An answer in JSON.
pub(super) fn answer(status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}
