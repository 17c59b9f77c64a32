//! `POST /auth/signup`

use axum::{
    extract::State,
    http::{HeaderName, StatusCode},
    response::{IntoResponse, Response},
};
use domain::{customer::Role, id::CustomerId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    answer,
    auth::{NewAccount, Person},
    extract::Json,
    input::{CustomerIdShape, EmailAddress, NewPassword, PhoneNumber, Text, Username, only_names},
    problem::{Problem, PublicProblems},
    services::Services,
};

/// An account to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "email": "hong@example.com", "password": "correct horse", "name": "홍길동", "phone": "010-1234-5678"
}))]
pub struct SignUp {
    /// What one logs in with; unique in any case.
    #[schema(inline)]
    email: EmailAddress,
    /// What one proves it with.
    #[schema(inline)]
    password: NewPassword,
    /// What one is called.
    #[schema(inline)]
    name: Text<1, 100>,
    /// Where one can be called.
    #[schema(inline)]
    phone: PhoneNumber,
    /// A unique name; the e-mail address where none is given.
    #[schema(inline)]
    username: Option<Username>,
    /// What the account is for, `buyer` where nothing is said.
    role: Option<OpenRole>,
}

/// A role that anybody may take.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", remote = "Self")]
pub enum OpenRole {
    /// Orders, pays, confirms.
    Buyer,
    /// Sells, ships, is paid.
    Seller,
}

only_names!(OpenRole);

/// An account that is open.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedUp {
    /// Always true.
    success: bool,
    /// What happened, in words.
    message: &'static str,
    /// The customer.
    #[schema(value_type = CustomerIdShape)]
    customer_id: CustomerId,
    /// The same; the name of the read model.
    #[schema(value_type = CustomerIdShape)]
    user_id: CustomerId,
    /// The position of the log at which a query sees this.
    position: i64,
}

/// Opens an account.
#[utoipa::path(
    post, path = "/auth/signup", tag = "auth",
    request_body = SignUp,
    responses((status = CREATED, description = "The account is open", body = SignedUp), PublicProblems),
)]
pub async fn signup(State(services): State<Services>, body: Json<SignUp>) -> Result<Response, Problem> {
    let wanted = body.value;
    let role = match wanted.role {
        None | Some(OpenRole::Buyer) => Role::Buyer,
        Some(OpenRole::Seller) => Role::Seller,
    };
    let account = NewAccount {
        email: wanted.email,
        password: wanted.password,
        username: wanted.username.map(|username| username.0),
        person: Person { name: wanted.name.0, phone: wanted.phone.0 },
        roles: vec![role],
    };
    let opened = services.accounts.open(account).await?;
    let told = SignedUp {
        success: true,
        message: "the account is open",
        customer_id: opened.customer_id,
        user_id: opened.customer_id,
        position: opened.position,
    };
    let position = [(HeaderName::from_static("x-position"), opened.position.to_string())];
    Ok((position, answer::json(StatusCode::CREATED, &told)).into_response())
}
