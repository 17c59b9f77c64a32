//! How people are reached and what they log in with.

use std::fmt::{Debug, Formatter};

use serde::{Deserialize, Deserializer, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat},
};

use super::text::{string, within};

macro_rules! contact {
    ($(#[$doc:meta])* $name:ident: $parse:path, $schema:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(pub String);

        impl Debug for $name {
            fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $parse(&String::deserialize(from)?).map(Self).map_err(D::Error::custom)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let schema: ObjectBuilder = $schema;
                schema.build().into()
            }
        }

        impl ToSchema for $name {}
    };
}

const EMAIL_MAX: usize = 254;
const LOCAL_MAX: usize = 64;
const PASSWORD: (usize, usize) = (8, 128);
const USERNAME: (usize, usize) = (3, 40);
const PHONE: (usize, usize) = (5, 30);

contact!(
    /// An e-mail address; kept in lower case.
    EmailAddress: email,
    string()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
        .max_length(Some(EMAIL_MAX))
);
contact!(
    /// A password to be.
    NewPassword: password,
    string()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
        .min_length(Some(PASSWORD.0))
        .max_length(Some(PASSWORD.1))
);
contact!(
    /// A name to log in with, unique, in lower case.
    Username: username,
    string().pattern(Some("^[a-z0-9._-]+$")).min_length(Some(USERNAME.0)).max_length(Some(USERNAME.1))
);
contact!(
    /// A telephone number.
    PhoneNumber: phone,
    string().pattern(Some("^[0-9+() -]+$")).min_length(Some(PHONE.0)).max_length(Some(PHONE.1))
);

fn email(text: &str) -> Result<String, String> {
    within(text, 3, EMAIL_MAX)?;
    let refusal = || "an e-mail address is taken here".to_owned();
    let (local, domain) = text.rsplit_once('@').ok_or_else(refusal)?;
    let whole = !local.is_empty() && local.len() <= LOCAL_MAX && domain.contains('.');
    let dotted = domain.split('.').all(|label| !label.is_empty());
    let clean = !text.chars().any(|c| c.is_whitespace() || c.is_control()) && !local.contains('@');
    if whole && dotted && clean { Ok(text.to_lowercase()) } else { Err(refusal()) }
}

fn password(text: &str) -> Result<String, String> {
    within(text, PASSWORD.0, PASSWORD.1)?;
    Ok(text.to_owned())
}

fn username(text: &str) -> Result<String, String> {
    of_letters(text, USERNAME, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
}

fn phone(text: &str) -> Result<String, String> {
    of_letters(text, PHONE, |c| c.is_ascii_digit() || "+() -".contains(c))
}

fn of_letters(text: &str, (min, max): (usize, usize), taken: fn(char) -> bool) -> Result<String, String> {
    // A pattern's `$` lets one line end pass; so do we, and drop it.
    let text = text.strip_suffix('\n').unwrap_or(text);
    within(text, min, max)?;
    match text.chars().find(|c| !taken(*c)) {
        None => Ok(text.to_owned()),
        Some(_) => Err("it holds a character that is not taken here".to_owned()),
    }
}
