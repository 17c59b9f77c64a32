//! `If-Match`: a change that is only good for the version the caller read.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

use super::Asking;
use crate::problem::{Kind, Problem};

/// What is asked, and the version it is only good for, if the caller names one.
#[derive(Debug, Clone)]
pub struct AskingIfMatch {
    /// What is asked.
    pub asking: Asking,
    /// The version that was read.
    pub expected_version: Option<i64>,
}

impl<S: Send + Sync> FromRequestParts<S> for AskingIfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let asking = Asking::from_request_parts(parts, state).await?;
        Ok(Self { asking, expected_version: expected(&parts.headers)? })
    }
}

fn expected(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text.is_empty() || text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let version = version.and_then(|version| version.parse::<i64>().ok()).filter(|version| *version >= 0);
    version.map(Some).ok_or_else(|| {
        Problem::new(
            Kind::InvalidHeader,
            "If-Match has to be an ETag as this server gave it, for example \"3\"",
        )
    })
}
