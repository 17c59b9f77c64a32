//! `GET /ledger/accounts/{account}`

use axum::{extract::State, http::StatusCode, response::Response};
use domain::{customer::Role, id::SellerId, ledger::Account};
use projections::{
    Page, Projection,
    balances::{self, Balance},
    journal::{self, StatementLine},
};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use super::super::shapes::Paging;
use crate::{
    answer,
    extract::{AnyOne, AtLeast, Identity, MinPosition, PathText, Query},
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

const NAME_MIN: usize = 4;
const NAME_MAX: usize = 60;

/// An account's name: its number, and its sub-account where it has one.
#[derive(Debug, Clone)]
pub struct AccountName(pub String);

impl AccountName {
    fn parse(text: &str) -> Option<Self> {
        let (code, rest) = text.split_once('/').map_or((text, None), |(code, rest)| (code, Some(rest)));
        let is_code = code.len() == NAME_MIN && code.bytes().all(|byte| byte.is_ascii_digit());
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        let is_sub = rest.is_none_or(|rest| !rest.is_empty() && rest.bytes().all(plain));
        (is_code && is_sub && text.len() <= NAME_MAX).then(|| Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for AccountName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?)
            .ok_or_else(|| D::Error::custom("this is not an account's name"))
    }
}

impl PartialSchema for AccountName {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[0-9]{4}(/[a-z0-9_-]+)?$"))
            .min_length(Some(NAME_MIN))
            .max_length(Some(NAME_MAX))
            .build()
            .into()
    }
}

impl ToSchema for AccountName {}

/// What stands in an account, and how it came about.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountShown {
    /// The account.
    account: String,
    /// What stands in it, per currency; of a bare number, per account.
    balances: Vec<Balance>,
    /// Its entries, newest first.
    entries: Page<StatementLine>,
}

/// One account, `2100/esc_…` (the slash as `%2F`), or all of a number, `2100`. A seller sees what they are owed,
/// `2200/sel_…`.
#[utoipa::path(
    get, path = "/ledger/accounts/{account}", tag = "ledger", security(("token" = [])),
    params(("account" = inline(AccountName), Path, description = "The account"), Paging, MinPosition),
    responses((status = OK, description = "The account", body = AccountShown), QueryProblems),
)]
pub async fn account(
    State(services): State<Services>,
    AnyOne(identity): AnyOne,
    PathText(name): PathText,
    Query(paging): Query<Paging>,
    at_least: AtLeast,
) -> Result<Response, Problem> {
    may_see(&identity, &name)?;
    let page = paging.request()?;
    let name = AccountName::parse(&name).ok_or_else(|| {
        Problem::new(Kind::InvalidPath, "an account is four digits, or four digits/sub-account")
    })?;
    let views = services.views_at(Projection::Journal, at_least).await?;
    services.views_at(Projection::Balances, at_least).await?;
    let balances = match name.0.parse::<u16>() {
        Ok(code) => balances::of_code(views, code, projections::PageRequest::first()).await?.items,
        Err(_) => balances::of_account(views, &name.0).await?,
    };
    if balances.is_empty() {
        return Err(Problem::plain(Kind::UnknownAccount));
    }
    let entries = journal::statement(views, &name.0, page).await?;
    Ok(answer::json(StatusCode::OK, &AccountShown { account: name.0, balances, entries }))
}

fn may_see(identity: &Identity, name: &str) -> Result<(), Problem> {
    let own = Account::SellerPayable(SellerId::of(identity.customer_id)).to_string();
    if identity.sees_all() || (identity.is(Role::Seller) && name == own) {
        return Ok(());
    }
    Err(Problem::new(Kind::RoleMissing, "the books are for operators and auditors"))
}
