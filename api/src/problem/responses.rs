//! The problems of an operation as the OpenAPI document declares them, by the sort of operation.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use utoipa::{
    IntoResponses,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use super::PROBLEM_JSON;

/// Of an operation that changes something for somebody logged in.
pub struct CommandProblems;
/// Of an operation that reads for somebody logged in.
pub struct QueryProblems;
/// Of an operation with a body that needs no log-in.
pub struct PublicProblems;
/// Of a read that needs no log-in.
pub struct PageProblems;
/// Of a gateway's webhook.
pub struct WebhookProblems;

const COMMAND: &[StatusCode] = &[
    StatusCode::BAD_REQUEST,
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
    StatusCode::NOT_FOUND,
    StatusCode::CONFLICT,
    StatusCode::PRECONDITION_FAILED,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::INTERNAL_SERVER_ERROR,
    StatusCode::SERVICE_UNAVAILABLE,
];
const QUERY: &[StatusCode] = &[
    StatusCode::BAD_REQUEST,
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
    StatusCode::NOT_FOUND,
    StatusCode::INTERNAL_SERVER_ERROR,
    StatusCode::SERVICE_UNAVAILABLE,
    StatusCode::GATEWAY_TIMEOUT,
];
const PUBLIC: &[StatusCode] = &[
    StatusCode::BAD_REQUEST,
    StatusCode::UNAUTHORIZED,
    StatusCode::CONFLICT,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::INTERNAL_SERVER_ERROR,
    StatusCode::SERVICE_UNAVAILABLE,
];
const PAGE: &[StatusCode] = &[
    StatusCode::BAD_REQUEST,
    StatusCode::NOT_FOUND,
    StatusCode::CONFLICT,
    StatusCode::INTERNAL_SERVER_ERROR,
    StatusCode::SERVICE_UNAVAILABLE,
    StatusCode::GATEWAY_TIMEOUT,
];
const WEBHOOK: &[StatusCode] = &[
    StatusCode::BAD_REQUEST,
    StatusCode::UNAUTHORIZED,
    StatusCode::NOT_FOUND,
    StatusCode::CONFLICT,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::INTERNAL_SERVER_ERROR,
    StatusCode::SERVICE_UNAVAILABLE,
];

macro_rules! problems {
    ($($type:ident $statuses:ident),*) => {
        $(impl IntoResponses for $type {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                declare($statuses)
            }
        })*
    };
}

problems!(CommandProblems COMMAND, QueryProblems QUERY, PublicProblems PUBLIC, PageProblems PAGE, WebhookProblems WEBHOOK);

fn declare(statuses: &[StatusCode]) -> BTreeMap<String, RefOr<Response>> {
    let one = |status: &StatusCode| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new()
            .description(status.canonical_reason().unwrap_or("A problem"))
            .content(PROBLEM_JSON, content)
            .build();
        (status.as_u16().to_string(), RefOr::T(response))
    };
    statuses.iter().map(one).collect()
}
