//! Whole numbers in a range. JSON Schema calls `786.0` an integer, so it is taken as one.

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type},
};

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole<const MIN: i64, const MAX: i64>(pub i64);

/// Up to here every whole number is a 64-bit float of its own (2^53).
const EXACT: f64 = 9_007_199_254_740_992.0;

impl<const MIN: i64, const MAX: i64> Whole<MIN, MAX> {
    fn checked<E: Error>(value: i64) -> Result<Self, E> {
        if (MIN..=MAX).contains(&value) {
            return Ok(Self(value));
        }
        Err(E::custom(format!("{MIN} to {MAX} is taken, not {value}")))
    }

    /// The number as 32 bits; a `MAX` beyond them saturates.
    pub fn as_u32(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Number<const MIN: i64, const MAX: i64>;
        impl<const MIN: i64, const MAX: i64> Visitor<'_> for Number<MIN, MAX> {
            type Value = Whole<MIN, MAX>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "a whole number from {MIN} to {MAX}")
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
                Whole::checked(value)
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
                let value = i64::try_from(value)
                    .map_err(|_| E::custom(format!("{MIN} to {MAX} is taken, not {value}")))?;
                Whole::checked(value)
            }
            #[expect(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
            fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
                if value.trunc().to_bits() != value.to_bits() || value.abs() > EXACT {
                    return Err(E::custom("a whole number is taken here"));
                }
                Whole::checked(value as i64)
            }
        }
        from.deserialize_i64(Number::<MIN, MAX>)
    }
}

impl<const MIN: i64, const MAX: i64> PartialSchema for Whole<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(MIN))
            .maximum(Some(MAX))
            .build()
            .into()
    }
}

impl<const MIN: i64, const MAX: i64> ToSchema for Whole<MIN, MAX> {}
