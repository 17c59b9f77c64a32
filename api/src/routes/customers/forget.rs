//! `POST /customers/{customer_id}/forget`

use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use domain::id::CustomerId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    answer,
    erasure::Forgetting,
    extract::{Operator, PathId},
    input::CustomerIdShape,
    problem::{Problem, QueryProblems},
    services::Services,
};

/// That somebody was forgotten.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErasureShown {
    /// Always true.
    success: bool,
    /// What happened, in words.
    message: &'static str,
    /// Who.
    #[schema(value_type = String)]
    customer_id: CustomerId,
    /// When.
    forgotten_at: DateTime<Utc>,
    /// The receipt, signed with the key of the log's checkpoints.
    receipt: String,
}

/// Forgets a person for good: the key of their data, their credentials, and their clear text in the read models. The
/// log keeps its ciphertext, so every proof still holds. Asked again, it shows the same receipt.
#[utoipa::path(
    post, path = "/customers/{customer_id}/forget", tag = "auth", security(("token" = [])),
    params(("customer_id" = inline(CustomerIdShape), Path, description = "The customer")),
    responses((status = OK, description = "The person is forgotten", body = ErasureShown), QueryProblems),
)]
pub async fn forget(
    State(services): State<Services>,
    Operator(operator): Operator,
    PathId(customer_id): PathId<CustomerId>,
) -> Result<Response, Problem> {
    let forgetting = Forgetting {
        log: &services.log,
        vault: &services.vault,
        views: &services.views,
        key: &services.seal_key,
        clock: &services.clock,
    };
    let erasure = forgetting.forget(customer_id, &operator.customer_id.to_string()).await?;
    let shown = ErasureShown {
        success: true,
        message: "the customer is forgotten",
        customer_id,
        forgotten_at: erasure.forgotten_at,
        receipt: erasure.receipt,
    };
    Ok(answer::json(StatusCode::OK, &shown))
}
