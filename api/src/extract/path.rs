//! Ids and names in the path.

use std::collections::HashMap;

use axum::{
    RequestPartsExt,
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::id::Id;

use crate::problem::{Kind, Problem};

/// The id in the path, in exactly the form it is written in.
#[derive(Debug, Clone, Copy)]
pub struct PathId<T>(pub T);

/// Two ids in the path, in the path's order.
#[derive(Debug, Clone, Copy)]
pub struct PathIds<A, B>(pub A, pub B);

/// The text in the path.
#[derive(Debug, Clone)]
pub struct PathText(pub String);

/// The type and the id of an aggregate in the path.
#[derive(Debug, Clone)]
pub struct PathStream(pub String, pub String);

impl<S: Send + Sync> FromRequestParts<S> for PathStream {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Path((kind, id)) = parts
            .extract::<Path<(String, String)>>()
            .await
            .map_err(|error| Problem::new(Kind::InvalidPath, error.body_text()))?;
        Ok(Self(kind, id))
    }
}

impl<T: Id, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        id(&only(parts).await?).map(Self)
    }
}

impl<A: Id, B: Id, S: Send + Sync> FromRequestParts<S> for PathIds<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Path((first, second)) = parts
            .extract::<Path<(String, String)>>()
            .await
            .map_err(|error| Problem::new(Kind::InvalidPath, error.body_text()))?;
        Ok(Self(id(&first)?, id(&second)?))
    }
}

fn id<T: Id>(text: &str) -> Result<T, Problem> {
    let id: T = text
        .parse()
        .map_err(|error: domain::id::NotAnId| Problem::new(Kind::InvalidPath, error.to_string()))?;
    if id.to_string() == text {
        return Ok(id);
    }
    Err(Problem::new(Kind::InvalidPath, "ids are written in lower case"))
}

impl<S: Send + Sync> FromRequestParts<S> for PathText {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        only(parts).await.map(Self)
    }
}

async fn only(parts: &mut Parts) -> Result<String, Problem> {
    let Path(values) = parts
        .extract::<Path<HashMap<String, String>>>()
        .await
        .map_err(|error| Problem::new(Kind::InvalidPath, error.body_text()))?;
    values.into_values().next().ok_or_else(|| Problem::plain(Kind::InvalidPath))
}
