//! One struct is a table's row, the fold's state and the response's body: `row!` writes the three from one list of
//! fields, so they cannot drift apart.
//!
//! Every column is one of four kinds, and each database has one type for each kind. Lists inside a row are JSON text.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use sea_query::Value;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{FromRow, mysql::MySqlRow, postgres::PgRow, sqlite::SqliteRow};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; ids and words too.
    Text,
    /// 64 bits; money in minor units.
    Integer,
    /// Yes or no.
    Flag,
    /// A moment in UTC, to the microsecond.
    Time,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// One table, as the fold and the rebuild need to know it.
#[derive(Debug)]
pub struct Table {
    /// The name that readers use: a view over the live generation.
    pub name: &'static str,
    /// The primary key.
    pub key: &'static [&'static str],
    /// All columns, in the order of the row's fields.
    pub columns: &'static [Column],
}

impl Table {
    /// The name of one generation's table.
    pub fn generation(&self, generation: i64) -> String {
        format!("{}_g{generation}", self.name)
    }
}

/// What can be read from any of the three databases.
pub trait Fetched:
    for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, MySqlRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin
{
}

impl<T> Fetched for T where
    T: for<'r> FromRow<'r, PgRow>
        + for<'r> FromRow<'r, MySqlRow>
        + for<'r> FromRow<'r, SqliteRow>
        + Send
        + Unpin
{
}

/// A row that a fold keeps.
pub trait Stored: Fetched {
    /// Its table.
    const TABLE: &'static Table;
    /// Its fields, in the order of the columns.
    fn into_values(self) -> Vec<Value>;
    /// Its fields in the binary form in which PostgreSQL copies.
    fn copy(&self, to: &mut Vec<u8>);
}

/// A type that is a column.
pub trait Field {
    /// The column's kind.
    const KIND: Kind;
    /// The field as a value.
    fn into_value(self) -> Value;
    /// The field in PostgreSQL's binary form: its length, then its bytes.
    fn copy(&self, to: &mut Vec<u8>);
}

macro_rules! field {
    ($type:ty, $kind:ident, |$value:ident, $to:ident| $copy:expr) => {
        impl Field for $type {
            const KIND: Kind = Kind::$kind;
            fn into_value(self) -> Value {
                self.into()
            }
            fn copy(&self, $to: &mut Vec<u8>) {
                let $value = self;
                $copy;
            }
        }

        impl Field for Option<$type> {
            const KIND: Kind = Kind::$kind;
            fn into_value(self) -> Value {
                self.into()
            }
            fn copy(&self, $to: &mut Vec<u8>) {
                match self {
                    Some($value) => $copy,
                    None => $to.extend_from_slice(&(-1_i32).to_be_bytes()),
                }
            }
        }
    };
}

field!(String, Text, |text, to| copy_text(text, to));
field!(i64, Integer, |integer, to| copy_integer(*integer, to));
field!(bool, Flag, |flag, to| copy_flag(*flag, to));
field!(DateTime<Utc>, Time, |time, to| copy_time(time, to));

/// PostgreSQL counts its time from the year 2000; this much later than we do, in microseconds.
const EPOCH: i64 = 946_684_800_000_000;

fn copy_text(text: &str, to: &mut Vec<u8>) {
    let clean = without_nul(text);
    to.extend_from_slice(&i32::try_from(clean.len()).unwrap_or(i32::MAX).to_be_bytes());
    to.extend_from_slice(clean.as_bytes());
}

fn copy_integer(integer: i64, to: &mut Vec<u8>) {
    to.extend_from_slice(&8_i32.to_be_bytes());
    to.extend_from_slice(&integer.to_be_bytes());
}

fn copy_flag(flag: bool, to: &mut Vec<u8>) {
    to.extend_from_slice(&1_i32.to_be_bytes());
    to.push(u8::from(flag));
}

fn copy_time(time: &DateTime<Utc>, to: &mut Vec<u8>) {
    copy_integer(time.timestamp_micros().saturating_sub(EPOCH), to);
}

/// PostgreSQL's text cannot hold U+0000; a reader sees a replacement character instead of a parked projection.
pub fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

/// A list that is kept as JSON text and answered as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Listed<T>(pub Vec<T>);

impl<T: DeserializeOwned> TryFrom<String> for Listed<T> {
    type Error = serde_json::Error;
    fn try_from(text: String) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&text).map(Self)
    }
}

impl<T: Serialize> Listed<T> {
    fn text(&self) -> String {
        // A list of plain data always serialises.
        serde_json::to_string(&self.0).unwrap_or_else(|_| "[]".to_owned())
    }
}

impl<T: Serialize> Field for Listed<T> {
    const KIND: Kind = Kind::Text;
    fn into_value(self) -> Value {
        self.text().into()
    }
    fn copy(&self, to: &mut Vec<u8>) {
        copy_text(&self.text(), to);
    }
}

macro_rules! row {
    ($(#[$meta:meta])* pub struct $name:ident in $table:literal keyed by [$($key:ident),+] {
        $( $(#[$field_meta:meta])* pub $field:ident: $type:ty ),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema, sqlx::FromRow)]
        pub struct $name { $( $(#[$field_meta])* pub $field: $type ),+ }

        impl $crate::row::Stored for $name {
            const TABLE: &'static $crate::row::Table = &$crate::row::Table {
                name: $table,
                key: &[$(stringify!($key)),+],
                columns: &[$($crate::row::Column {
                    name: stringify!($field),
                    kind: <$type as $crate::row::Field>::KIND,
                }),+],
            };
            fn into_values(self) -> Vec<sea_query::Value> {
                vec![$($crate::row::Field::into_value(self.$field)),+]
            }
            fn copy(&self, to: &mut Vec<u8>) {
                $($crate::row::Field::copy(&self.$field, to);)+
            }
        }
    };
}

pub(crate) use row;
