//! How the house says no: RFC 9457 problems. This module alone knows status codes.
//!
//! `kind` is the table of everything that can be said, `refusals` sorts what commands refuse into it, `faults` what
//! went wrong. A refusal is the caller's business and is not logged; a fault is ours and is logged once, where it
//! becomes a problem, without bodies or personal data.

mod faults;
mod kind;
mod refusals;
mod responses;
#[cfg(test)]
mod tests;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
pub use faults::on_panic;
pub use kind::Kind;
pub use responses::{CommandProblems, PageProblems, PublicProblems, QueryProblems, WebhookProblems};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// After how many seconds it is worth asking again.
const RETRY_AFTER_SECONDS: &str = "1";

/// One no.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    kind: Kind,
    detail: String,
    members: Map<String, Value>,
}

/// A problem as it is sent. Further members carry the data of the refusal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// Names the kind of problem; the page behind it explains it.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/problems/out_of_stock")]
    kind: String,
    /// The kind in words.
    title: &'a str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong this time.
    detail: &'a str,
    /// Always false.
    success: bool,
    /// The same as `detail`.
    message: &'a str,
    /// The last part of `type`.
    #[schema(example = "out_of_stock")]
    code: &'a str,
    /// The place in the body, where one place is to blame (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
    #[serde(flatten)]
    #[schema(ignore)]
    members: &'a Map<String, Value>,
}

impl Problem {
    /// A problem of a kind, and what is wrong this time.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), members: Map::new() }
    }

    /// A problem of a kind whose title says everything.
    pub fn plain(kind: Kind) -> Self {
        Self::new(kind, kind.title())
    }

    /// Adds a member of data.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// What kind of problem it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What is wrong this time.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    fn body(&self) -> Vec<u8> {
        let body = ProblemBody {
            kind: format!("/problems/{}", self.kind.code()),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: &self.detail,
            success: false,
            message: &self.detail,
            code: self.kind.code(),
            pointer: None,
            members: &self.members,
        };
        // A map of plain values always serialises.
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.kind.status(), self.body()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if self.kind.is_worth_a_retry() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
        }
        if let Some(challenge) = self.kind.challenge() {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}
