//! Text of a limited length, without control characters: no database keeps a NUL, and no label breaks a line.

use serde::{Deserialize, Deserializer, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

/// One line of `MIN` to `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<const MIN: usize, const MAX: usize>(pub String);

/// Several lines of at most `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongText<const MAX: usize>(pub String);

const ONE_LINE: &str = r"^[^\u0000-\u001f\u007f]+$";
const LINES: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$";

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// Reads a line, or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        // A pattern's `$` lets one line end pass; so do we, and drop it.
        let text = text.strip_suffix('\n').unwrap_or(text);
        within(text, MIN, MAX)?;
        if text.chars().any(|c| c.is_ascii_control()) {
            return Err("control characters are not taken here".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl<const MAX: usize> LongText<MAX> {
    /// Reads lines, or says what is wrong with them.
    pub fn parse(text: &str) -> Result<Self, String> {
        within(text, 0, MAX)?;
        if text.chars().any(|c| c.is_ascii_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err("control characters are not taken here".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

pub(super) fn within(text: &str, min: usize, max: usize) -> Result<(), String> {
    let length = text.chars().count();
    if (min..=max).contains(&length) {
        return Ok(());
    }
    Err(format!("{min} to {max} characters are taken, not {length}"))
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for LongText<MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

impl<const MIN: usize, const MAX: usize> PartialSchema for Text<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        let line = string().min_length(Some(MIN)).max_length(Some(MAX)).pattern(Some(ONE_LINE));
        line.build().into()
    }
}

impl<const MIN: usize, const MAX: usize> ToSchema for Text<MIN, MAX> {}

impl<const MAX: usize> PartialSchema for LongText<MAX> {
    fn schema() -> RefOr<Schema> {
        string().max_length(Some(MAX)).pattern(Some(LINES)).build().into()
    }
}

impl<const MAX: usize> ToSchema for LongText<MAX> {}

pub(super) fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}
