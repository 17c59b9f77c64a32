//! `GET /problems/{code}`

use axum::{http::StatusCode, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    answer,
    extract::PathText,
    problem::{Kind, PageProblems, Problem},
};

/// What a kind of problem means.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemKind {
    /// Its type, as problems name it.
    #[serde(rename = "type")]
    kind: String,
    /// Its code.
    code: &'static str,
    /// The kind in words.
    title: &'static str,
    /// The HTTP status it comes with.
    status: u16,
    /// What it means and what to do about it.
    text: &'static str,
}

/// What a kind of problem means.
#[utoipa::path(
    get, path = "/problems/{code}", tag = "system",
    params(("code" = String, Path, description = "The problem's code", max_length = 64, pattern = "^[a-z_]+$")),
    responses((status = OK, description = "The kind", body = ProblemKind), PageProblems),
)]
pub async fn problem(PathText(code): PathText) -> Result<Response, Problem> {
    let kind = Kind::of_code(&code).ok_or_else(|| Problem::plain(Kind::UnknownProblem))?;
    let told = ProblemKind {
        kind: format!("/problems/{}", kind.code()),
        code: kind.code(),
        title: kind.title(),
        status: kind.status().as_u16(),
        text: kind.text(),
    };
    Ok(answer::json(StatusCode::OK, &told))
}
