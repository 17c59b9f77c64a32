//! The parts of a bank account. None of them shows itself when it is written down by accident.

use std::fmt::{Debug, Formatter};

use serde::{Deserialize, Deserializer, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::text::{string, within};

const BANK: usize = 3;
const HOLDER: (usize, usize) = (1, 30);
const NUMBER: (usize, usize) = (6, 24);
/// How many digits every gateway takes.
const DIGITS: (usize, usize) = (6, 16);

macro_rules! part {
    ($(#[$doc:meta])* $name:ident: $parse:path, $min:expr, $max:expr, $pattern:literal) => {
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
                let text = string().min_length(Some($min)).max_length(Some($max)).pattern(Some($pattern));
                text.build().into()
            }
        }

        impl ToSchema for $name {}
    };
}

part!(
    /// A bank's code: three digits.
    BankCode: bank, BANK, BANK, "^[0-9]{3}$"
);
part!(
    /// An account's number; kept without its dashes.
    AccountNumber: number, NUMBER.0, NUMBER.1, "^[0-9](-?[0-9]){5,15}$"
);
part!(
    /// The name an account is under.
    AccountHolder: holder, HOLDER.0, HOLDER.1, r"^[^\u0000-\u001f\u007f]+$"
);

/// A pattern's `$` lets one line end pass; so do we, and drop it.
fn line(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
}

fn bank(text: &str) -> Result<String, String> {
    let text = line(text);
    let fits = text.len() == BANK && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(text.to_owned()) } else { Err("a bank's code is three digits".to_owned()) }
}

fn number(text: &str) -> Result<String, String> {
    let text = line(text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let dashed = text.split('-').all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()));
    if dashed && (DIGITS.0..=DIGITS.1).contains(&digits.len()) {
        return Ok(digits);
    }
    Err(format!("an account's number is {} to {} digits, with single dashes between", DIGITS.0, DIGITS.1))
}

fn holder(text: &str) -> Result<String, String> {
    let text = line(text);
    within(text, HOLDER.0, HOLDER.1)?;
    if text.chars().any(|c| c.is_ascii_control()) {
        return Err("control characters are not taken here".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_without_its_dashes_and_never_shown() {
        let read = |text: &str| serde_json::from_value::<AccountNumber>(text.into());
        assert_eq!(read("110-123-456789").unwrap().0, "110123456789");
        assert_eq!(format!("{:?}", read("110123456789").unwrap()), "AccountNumber(…)");
        for wrong in
            ["12345", "12345678901234567", "-123456", "12--3456", "123456-", "１２３４５６", "12 3456"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
