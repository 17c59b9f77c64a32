//! The form of answers: a command's carries `success`, `message`, version and position; a resource its ETag.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use commands::Executed;
use serde::Serialize;
use utoipa::ToSchema;

const POSITION: HeaderName = HeaderName::from_static("x-position");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The answer to a command that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Told<T> {
    /// Always true.
    success: bool,
    /// What happened, in words.
    message: &'static str,
    /// What the operation adds.
    #[serde(flatten)]
    body: T,
    /// The version of what was changed; its ETag.
    version: i64,
    /// The position of the log at which a query sees this.
    position: i64,
}

/// What a command's answer is made of.
#[derive(Debug)]
pub struct Telling<T> {
    status: StatusCode,
    told: Told<T>,
    replayed: bool,
}

impl<T: Serialize> Telling<T> {
    /// Something new was made.
    pub fn created<A>(done: &Executed<A>, message: &'static str, body: T) -> Self {
        Self::with(StatusCode::CREATED, done, message, body)
    }

    /// Something happened to what was there.
    pub fn done<A>(done: &Executed<A>, message: &'static str, body: T) -> Self {
        Self::with(StatusCode::OK, done, message, body)
    }

    /// Something happened that was no single command.
    pub fn at(version: i64, position: i64, message: &'static str, body: T) -> Self {
        let told = Told { success: true, message, body, version, position };
        Self { status: StatusCode::OK, told, replayed: false }
    }

    fn with<A>(status: StatusCode, done: &Executed<A>, message: &'static str, body: T) -> Self {
        let told = Told { success: true, message, body, version: done.version, position: done.position };
        Self { status, told, replayed: done.replayed }
    }
}

impl<T: Serialize> IntoResponse for Telling<T> {
    fn into_response(self) -> Response {
        let mut response = json(self.status, &self.told);
        let headers = response.headers_mut();
        headers.insert(POSITION, self.told.position.into());
        headers.extend(etag(self.told.version).map(|value| (header::ETAG, value)));
        if self.replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

/// A resource at a version.
#[derive(Debug)]
pub struct Shown<T> {
    /// The resource.
    pub body: T,
    /// Its version.
    pub version: i64,
}

impl<T: Serialize> IntoResponse for Shown<T> {
    fn into_response(self) -> Response {
        let mut response = json(StatusCode::OK, &self.body);
        response.headers_mut().extend(etag(self.version).map(|value| (header::ETAG, value)));
        response
    }
}

/// JSON with a status.
pub fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => {
            let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
            (status, content_type, bytes).into_response()
        }
        Err(why) => {
            tracing::error!(%why, "an answer could not be written");
            crate::problem::Problem::plain(crate::problem::Kind::Fault).into_response()
        }
    }
}

fn etag(version: i64) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("\"{version}\"")).ok()
}
