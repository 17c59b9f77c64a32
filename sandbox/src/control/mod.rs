//! The control plane: where a test, or a person with curl, plays the buyer, the bank, the PG's console and the
//! network. No authorization: it listens on this machine, and nothing here is money.

mod actions;
mod body;
mod settlement;

use std::{collections::BTreeMap, sync::Arc};

use ambient::Clock;
use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{app::App, faults::Rule, portone_v2::Problem, protocol::Protocol, request_log::Asked};

/// The control plane.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/payments/{id}/{action}", post(actions::act))
        .route("/payments/{id}/webhooks", get(actions::webhooks))
        .route("/{protocol}/payments/{id}/{action}", post(actions::act_in))
        .route("/{protocol}/payments/{id}/webhooks", get(actions::webhooks_in))
        .route("/{protocol}/settlement", get(settlement::file))
        .route("/clock", get(clock))
        .route("/clock/advance", post(advance))
        .route("/faults", post(add_fault).get(faults).delete(clear_faults))
        .route("/requests", get(requests).delete(clear_requests))
        .route("/webhook-urls", put(webhook_urls))
        .with_state(app)
}

/// An answer of the control plane.
type Answer = Result<Json<Value>, Refused>;

/// A refusal, in the protocol's own form.
struct Refused(Problem);

impl<P: Into<Problem>> From<P> for Refused {
    fn from(problem: P) -> Self {
        Self(problem.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.answer().response()
    }
}

async fn index() -> Json<Value> {
    Json(json!({
        "name": "escrow sandbox, control plane",
        "protocols": Protocol::ALL.map(Protocol::name),
        "actions": actions::NAMES.map(|name| format!("POST /{{protocol}}/payments/{{id}}/{name}")),
        "others": [
            "GET /{protocol}/payments/{id}/webhooks", "GET /{protocol}/settlement?date=", "GET /clock",
            "POST /clock/advance {seconds}", "POST|GET|DELETE /faults", "GET|DELETE /requests",
            "PUT /webhook-urls {protocol: url}",
        ],
    }))
}

async fn clock(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({ "now": app.now() }))
}

async fn advance(State(app): State<Arc<App>>, body: Bytes) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        seconds: u32,
    }
    let Body { seconds } = body::read(&body)?;
    let clock: &Clock = &app.config.clock;
    let before: DateTime<_> = clock.now();
    let by = TimeDelta::seconds(i64::from(seconds));
    clock.advance(by);
    let moved = clock.now() - before >= by;
    if !moved && seconds > 0 {
        return Err(Problem::invalid("the clock is the machine's and cannot be moved").into());
    }
    Ok(Json(json!({ "now": clock.now() })))
}

async fn add_fault(State(app): State<Arc<App>>, body: Bytes) -> Answer {
    let rule: Rule = body::read(&body)?;
    if !app.faults.add(rule) {
        return Err(Problem::invalid("the script is full").into());
    }
    Ok(Json(json!({})))
}

async fn faults(State(app): State<Arc<App>>) -> Json<Vec<Rule>> {
    Json(app.faults.all())
}

async fn clear_faults(State(app): State<Arc<App>>) -> Json<Value> {
    app.faults.clear();
    Json(json!({}))
}

async fn requests(State(app): State<Arc<App>>) -> Json<Vec<Asked>> {
    Json(app.log.all())
}

async fn clear_requests(State(app): State<Arc<App>>) -> Json<Value> {
    app.log.clear();
    Json(json!({}))
}

async fn webhook_urls(State(app): State<Arc<App>>, body: Bytes) -> Answer {
    let urls: BTreeMap<Protocol, Option<String>> = body::read(&body)?;
    for (protocol, url) in urls {
        app.set_webhook_url(protocol, url);
    }
    Ok(Json(json!({})))
}
