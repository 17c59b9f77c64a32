//! Money in requests.

use domain::{Currency, Money};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::{Whole, only_objects, text::string};

/// The most a price or an amount can be: a hundred times a world's yearly product in won still fits.
pub const MOST: i64 = 1_000_000_000_000_000;

/// What an amount can be.
type Amount = Whole<1, MOST>;

/// An amount of at least one minor unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
#[schema(example = json!({"amount": 19_900, "currency": "KRW"}))]
pub struct Price {
    /// Whole minor units (won for KRW, cents for USD).
    #[schema(inline)]
    amount: Amount,
    /// ISO 4217 alphabetic code.
    currency: CurrencyCode,
}

only_objects!(Price);

impl From<Price> for Money {
    fn from(price: Price) -> Self {
        Self::new(price.amount.0, price.currency.0)
    }
}

/// An ISO 4217 alphabetic code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrencyCode(pub Currency);

impl<'de> Deserialize<'de> for CurrencyCode {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = String::deserialize(from)?;
        Currency::from_code(&code).map(Self).ok_or_else(|| {
            D::Error::custom(format!("{} is not an ISO 4217 code", code.chars().take(8).collect::<String>()))
        })
    }
}

impl PartialSchema for CurrencyCode {
    fn schema() -> RefOr<Schema> {
        let codes = <Currency as iso_currency::IntoEnumIterator>::iter();
        string().enum_values(Some(codes.map(|currency| Value::from(currency.code())))).build().into()
    }
}

impl ToSchema for CurrencyCode {
    fn name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }
}
