//! The way every call of every protocol takes: scripted fault, admission, operation, scripted fault, log. Bodies are
//! read as bytes whatever their content type says, because real clients say `text/plain`.

use std::sync::Arc;

use ambient::Clock;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{RawPathParams, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
    routing::{MethodFilter, on},
};
use bytes::Bytes;
use chrono::TimeDelta;
use reqwest::Url;

use crate::{
    app::App,
    faults::Fault,
    idempotency::Held,
    protocol::Protocol,
    request_log::{Asked, excerpt},
    serve::cut,
};

/// The largest body that is read.
const MAX_BODY: usize = 1 << 20;

/// What an operation is called with.
#[derive(Debug)]
pub struct Call {
    /// As in the fault script and the log.
    pub route: &'static str,
    /// What the path names: a payment's id, an order's. Empty if it names nothing.
    pub id: String,
    /// What the path names besides.
    pub rest: Vec<String>,
    /// The raw query.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The raw body.
    pub body: Bytes,
    /// A scripted fault that the operation itself has to play.
    pub fault: Option<Fault>,
}

impl Call {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The query's names and values, decoded.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        pairs(&self.query)
    }

    /// One value of the query.
    pub fn query_value(&self, name: &str) -> Option<String> {
        self.query_pairs().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// The names and values of a query or a form, decoded.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    let url = Url::parse(&format!("http://sandbox/?{text}"));
    url.map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default()
}

/// What a call is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: StatusCode,
    pub content_type: &'static str,
    pub body: Bytes,
}

impl Answer {
    pub fn json(status: StatusCode, body: String) -> Self {
        Self { status, content_type: "application/json", body: body.into() }
    }

    pub fn response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let kind = HeaderValue::from_static(self.content_type);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}

/// An operation: what it changes and what it answers. It writes down what it changed with [`App::remember`].
pub type Operation = fn(&App, &Call) -> Answer;

/// One line of a protocol.
#[derive(Clone, Copy)]
pub struct Route {
    /// As in the fault script and the log.
    pub name: &'static str,
    pub method: MethodFilter,
    pub path: &'static str,
    pub operation: Operation,
}

impl Route {
    pub const fn new(
        name: &'static str,
        method: MethodFilter,
        path: &'static str,
        operation: Operation,
    ) -> Self {
        Self { name, method, path, operation }
    }
}

/// A router for the lines of a protocol.
pub fn router(protocol: Protocol, lines: &'static [Route]) -> Router<Arc<App>> {
    lines.iter().fold(Router::new(), |router, line| {
        let handler = move |State(app): State<Arc<App>>, params: RawPathParams, request: Request| async move {
            let named = params.iter().map(|(_, value)| value.to_owned()).collect();
            run(app, protocol, *line, named, request).await
        };
        // Some clients end their paths with a slash.
        let slashed = format!("{}/", line.path);
        router.route(line.path, on(line.method, handler)).route(&slashed, on(line.method, handler))
    })
}

/// What the network carries back.
enum Given {
    Answer(Answer),
    Nothing,
    Cut,
}

async fn run(
    app: Arc<App>,
    protocol: Protocol,
    route: Route,
    named: Vec<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return protocol.dialect().scripted(StatusCode::PAYLOAD_TOO_LARGE.as_u16()).response();
    };
    let mut named = named.into_iter();
    let id = named.next().unwrap_or_default();
    let subjects = subjects(&app, protocol, &id, &parts.headers, &body);
    let fault = app.faults.of_call(protocol, route.name, &subjects);
    let call = Call {
        route: route.name,
        rest: named.collect(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        id,
        body,
        fault,
    };
    let asked = asked(&app, protocol, &call);
    let given = give(&app, protocol, route.operation, call).await;
    let status = match &given {
        Given::Answer(answer) => answer.status.as_u16(),
        Given::Nothing | Given::Cut => 0,
    };
    app.log.push(Asked { status, ..asked });
    match given {
        Given::Answer(answer) => answer.response(),
        Given::Cut => cut(),
        Given::Nothing => {
            app.silence().await;
            cut()
        }
    }
}

fn asked(app: &App, protocol: Protocol, call: &Call) -> Asked {
    Asked {
        at: app.now(),
        protocol,
        route: call.route,
        payment_id: call.id.clone(),
        query: call.query.clone(),
        body: excerpt(&call.body),
        idempotency_key: call.header("idempotency-key").map(ToOwned::to_owned),
        status: 0,
        fault: call.fault.map(|fault| format!("{fault:?}")),
    }
}

/// The names under which a fault script may mean this call: the payment's id and the order's, from the path or, if
/// the path has none, from the body.
fn subjects(app: &App, protocol: Protocol, id: &str, headers: &HeaderMap, body: &[u8]) -> Vec<String> {
    if !app.faults.any() {
        return Vec::new();
    }
    let mut names = vec![id.to_owned()];
    if id.is_empty() {
        let of_body = crate::body::fields(headers, body);
        let ids = ["imp_uid", "merchant_uid", "paymentKey", "orderId"];
        names = ids.iter().filter_map(|name| of_body.get(*name)?.as_str().map(ToOwned::to_owned)).collect();
    }
    let orders: Vec<_> = names.iter().filter_map(|name| app.book.order_of(protocol, name)).collect();
    names.extend(orders);
    names
}

/// Plays the scripted fault around the call.
async fn give(app: &Arc<App>, protocol: Protocol, operation: Operation, call: Call) -> Given {
    let dialect = protocol.dialect();
    match call.fault {
        None => Given::Answer(carry_out(app, protocol, operation, &call)),
        Some(Fault::TimeoutBefore) => Given::Nothing,
        Some(Fault::Reset) => Given::Cut,
        Some(Fault::Error { status }) => Given::Answer(dialect.scripted(status)),
        Some(Fault::PgRefuses) => Given::Answer(dialect.pg_refuses()),
        Some(Fault::Delay { millis }) => {
            // The gateway goes on when its client has gone: the work is a task of its own.
            let app = Arc::clone(app);
            let late = async move { carry_out_late(&app, protocol, operation, &call, millis).await };
            tokio::spawn(late).await.map_or(Given::Cut, Given::Answer)
        }
        Some(after) => spoil(after, protocol, carry_out(app, protocol, operation, &call)),
    }
}

fn spoil(fault: Fault, protocol: Protocol, answer: Answer) -> Given {
    match fault {
        Fault::TimeoutAfter => Given::Nothing,
        Fault::ResetAfter => Given::Cut,
        Fault::ErrorAfter { status } => Given::Answer(protocol.dialect().scripted(status)),
        Fault::Truncated => {
            Given::Answer(Answer { body: answer.body.slice(..answer.body.len() / 2), ..answer })
        }
        Fault::InvalidJson => {
            Given::Answer(Answer { body: Bytes::from_static(b"{\"code\":0,'response':}"), ..answer })
        }
        Fault::Html => Given::Answer(Answer {
            content_type: "text/html; charset=utf-8",
            body: Bytes::from_static(b"<html><body><h1>502 Bad Gateway</h1></body></html>"),
            ..answer
        }),
        // Played before the call, by the operation itself, by the pay window or by webhooks.
        Fault::Delay { .. }
        | Fault::TimeoutBefore
        | Fault::Error { .. }
        | Fault::Reset
        | Fault::PgRefuses
        | Fault::CancelRequested
        | Fault::CancelFailed
        | Fault::OtherAmount { .. }
        | Fault::LostEscrow
        | Fault::Drop
        | Fault::Duplicate
        | Fault::Reorder
        | Fault::Forge
        | Fault::Stale => Given::Answer(answer),
    }
}

/// A late call holds its idempotency key all the while, so that another with the same key is told to wait.
async fn carry_out_late(
    app: &App,
    protocol: Protocol,
    operation: Operation,
    call: &Call,
    millis: u32,
) -> Answer {
    let held = match protocol.dialect().admit(app, call) {
        Ok(held) => held,
        Err(answer) => return answer,
    };
    // The network's delays are the machine's time, also where the sandbox's clock is moved by hand.
    Clock::system().sleep(TimeDelta::milliseconds(i64::from(millis))).await;
    finish(app, operation, call, held)
}

fn carry_out(app: &App, protocol: Protocol, operation: Operation, call: &Call) -> Answer {
    match protocol.dialect().admit(app, call) {
        Ok(held) => finish(app, operation, call, held),
        Err(answer) => answer,
    }
}

fn finish(app: &App, operation: Operation, call: &Call, held: Option<Held>) -> Answer {
    let answer = operation(app, call);
    if let Some(held) = held {
        app.idempotency.end(held, &answer, app.now());
    }
    answer
}
