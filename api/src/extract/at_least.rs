//! Reading one's own writes: a command answers a position, a query waits for it.

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Query;
use crate::problem::{Kind, Problem};

const HEADER: &str = "x-min-position";

/// The position a view must have reached before it answers; nought does not wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtLeast(pub i64);

/// The parameter, for the OpenAPI document and for reading it.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MinPosition {
    /// Waits until the view has come to this position, as told by `X-Position`. `X-Min-Position` does the same.
    #[param(minimum = 0)]
    min_position: Option<i64>,
}

impl<S: Send + Sync> FromRequestParts<S> for AtLeast {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(parameter) = Query::<MinPosition>::from_request_parts(parts, state).await?;
        let header = parts.headers.get(HEADER).map(|value| {
            let number = value.to_str().ok().and_then(|text| text.parse::<i64>().ok());
            number.ok_or_else(|| Problem::new(Kind::InvalidHeader, "X-Min-Position has to be a position"))
        });
        let position = header.transpose()?.or(parameter.min_position).unwrap_or(0);
        if position < 0 {
            return Err(Problem::new(Kind::InvalidQuery, "a position is never negative"));
        }
        Ok(Self(position))
    }
}
