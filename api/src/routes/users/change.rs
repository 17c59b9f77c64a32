//! `PUT /users/me`

use axum::extract::State;
use domain::id::CustomerId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    answer::{Telling, Told},
    auth::Person,
    extract::{AnyOne, Asking, Json},
    input::{CustomerIdShape, PhoneNumber, Text},
    problem::{CommandProblems, Problem},
    services::Services,
};

/// Who one is. What one logs in with stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "홍길동", "phone": "010-1234-5678"}))]
pub struct ProfileBody {
    /// What one is called.
    #[schema(inline)]
    name: Text<1, 100>,
    /// Where one can be called.
    #[schema(inline)]
    phone: PhoneNumber,
}

/// A changed profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileChanged {
    /// Whose.
    #[schema(value_type = CustomerIdShape)]
    user_id: CustomerId,
}

/// Says anew what the caller is called and where to call them.
#[utoipa::path(
    put, path = "/users/me", tag = "users", security(("token" = [])),
    request_body = ProfileBody,
    responses((status = OK, description = "The profile is as said", body = Told<ProfileChanged>), CommandProblems),
)]
pub async fn change(
    State(services): State<Services>,
    AnyOne(identity): AnyOne,
    asking: Asking,
    body: Json<ProfileBody>,
) -> Result<Telling<ProfileChanged>, Problem> {
    let ProfileBody { name, phone } = body.value;
    let context = asking.context(identity.customer_id, &body.raw);
    let person = Person { name: name.0, phone: phone.0 };
    let done = services.accounts.describe(&context, identity.customer_id, &person).await?;
    let changed = ProfileChanged { user_id: done.answer.customer_id };
    Ok(Telling::done(&done, "the profile is changed", changed))
}
