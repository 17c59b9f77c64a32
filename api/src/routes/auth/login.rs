//! `POST /auth/login`

use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use domain::{customer::Role, id::CustomerId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    answer,
    extract::Json,
    input::{CustomerIdShape, EmailAddress, LongText},
    problem::{Problem, PublicProblems},
    services::Services,
};

/// Who one says one is, and the proof.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "buyer@demo.escrow", "password": "escrow-demo"}))]
pub struct LogIn {
    /// The account's e-mail address.
    #[schema(inline)]
    email: EmailAddress,
    /// The account's password.
    #[schema(inline)]
    password: LongText<128>,
}

/// A token for `Authorization: Bearer`.
#[derive(Serialize, ToSchema)]
pub struct LoggedIn {
    /// Always true.
    success: bool,
    /// What happened, in words.
    message: &'static str,
    /// A JSON Web Token.
    token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Until when the token is good.
    expires_at: DateTime<Utc>,
    /// Whose it is.
    #[schema(value_type = CustomerIdShape)]
    customer_id: CustomerId,
    /// What it lets one do: `buyer`, `seller`, `operator`, `auditor`.
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
}

/// Logs in. Which of the two was wrong is not told.
#[utoipa::path(
    post, path = "/auth/login", tag = "auth",
    request_body = LogIn,
    responses((status = OK, description = "A token", body = LoggedIn), PublicProblems),
)]
pub async fn login(State(services): State<Services>, body: Json<LogIn>) -> Result<Response, Problem> {
    let LogIn { email, password } = body.value;
    let (customer_id, roles) = services.accounts.enter(&email.0, &password.0).await?;
    let (token, expires_at) = services.tokens.issue(customer_id, &roles)?;
    let told = LoggedIn {
        success: true,
        message: "logged in",
        token,
        token_type: "Bearer",
        expires_at,
        customer_id,
        roles,
    };
    Ok(answer::json(StatusCode::OK, &told))
}
