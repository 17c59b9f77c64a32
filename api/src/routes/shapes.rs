//! Shapes that several endpoints share.

use domain::{Money, id::CustomerId};
use projections::{BadPage, PageRequest};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::vault::Vault;
use utoipa::{IntoParams, ToSchema};

use crate::{
    input::{CurrencyCode, PhoneNumber, Text, only_objects},
    problem::{Kind, Problem},
};

/// An amount of money.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Money)]
pub struct MoneyShape {
    /// Whole minor units (won for KRW, cents for USD).
    amount: i64,
    /// ISO 4217 alphabetic code.
    #[schema(value_type = CurrencyCode)]
    currency: domain::Currency,
}

impl From<Money> for MoneyShape {
    fn from(money: Money) -> Self {
        Self { amount: money.amount, currency: money.currency }
    }
}

/// Where a parcel goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
#[schema(example = json!({
    "recipient": "홍길동", "phone": "010-1234-5678", "line1": "서울특별시 중구 세종대로 110",
    "postcode": "04524", "country": "KR"
}))]
pub struct Address {
    /// Who receives it.
    #[schema(inline)]
    recipient: Text<1, 100>,
    /// Where to call them.
    #[schema(inline)]
    phone: PhoneNumber,
    /// Street and number.
    #[schema(inline)]
    line1: Text<1, 200>,
    /// Flat, floor, building.
    #[schema(inline)]
    line2: Option<Text<1, 200>>,
    /// Postal code.
    #[schema(inline)]
    postcode: Text<1, 20>,
    /// Town.
    #[schema(inline)]
    city: Option<Text<1, 100>>,
    /// ISO 3166-1 alpha-2 code.
    #[schema(inline)]
    country: Text<2, 2>,
}

only_objects!(Address);

impl Address {
    /// Seals the address for the buyer it belongs to.
    pub async fn seal(&self, vault: &Vault, buyer: CustomerId) -> Result<domain::Sealed, Problem> {
        let text = |text: &Option<Text<1, 200>>| text.as_ref().map(|text| text.0.clone());
        let plain = json!({
            "recipient": self.recipient.0,
            "phone": self.phone.0,
            "line1": self.line1.0,
            "line2": text(&self.line2),
            "postcode": self.postcode.0,
            "city": self.city.as_ref().map(|city| &city.0),
            "country": self.country.0,
        });
        Ok(vault.seal(domain::id::Id::uuid(&buyer), &plain.to_string()).await?)
    }
}

/// Which page of a list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many rows, 20 where nobody says.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[param(pattern = "^[A-Za-f][A-Za-z0-9_-]{9}[AEIMQUYcgkosw048]$", min_length = 11, max_length = 11)]
    pub cursor: Option<String>,
}

impl Paging {
    /// The page, if it can be one.
    pub fn request(&self) -> Result<PageRequest, Problem> {
        page(self.cursor.as_deref(), self.limit)
    }
}

/// The page, if it can be one.
pub fn page(cursor: Option<&str>, limit: Option<u32>) -> Result<PageRequest, Problem> {
    PageRequest::new(cursor, limit).map_err(|bad: BadPage| Problem::new(Kind::InvalidQuery, bad.to_string()))
}
