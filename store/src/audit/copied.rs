//! Rows out of PostgreSQL's binary COPY: the cheapest way to get a row's bytes, because nothing is made of them.

use uuid::Uuid;

use super::leaf::{Hash, LeafFields};

/// Signature, flags and the length of an empty extension.
const HEADER: usize = 19;
/// PostgreSQL counts microseconds from the year 2000.
const YEAR_2000: i64 = 946_684_800_000_000;
const COLUMNS: i16 = 12;

/// Reads the rows of one COPY, their columns in the order of `EVENT_COLUMNS`.
pub(super) fn rows(copied: &[u8]) -> Result<Vec<(LeafFields<'_>, Hash)>, sqlx::Error> {
    let mut reader = Reader(copied);
    reader.take(HEADER)?;
    let mut rows = vec![];
    loop {
        match reader.i16()? {
            -1 => return Ok(rows),
            COLUMNS => rows.push(reader.row()?),
            _ => return Err(damaged()),
        }
    }
}

fn damaged() -> sqlx::Error {
    sqlx::Error::Decode("a COPY of events is not in its format".into())
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn row(&mut self) -> Result<(LeafFields<'a>, Hash), sqlx::Error> {
        let fields = LeafFields {
            position: self.number()?,
            aggregate_type: self.text()?,
            aggregate_id: self.text()?,
            sequence: self.number()?,
            event_type: self.text()?,
            event_version: self.text()?,
            payload: self.text()?,
            metadata: self.text()?,
            event_id: Uuid::from_bytes(self.array()?),
            command_id: Uuid::from_bytes(self.array()?),
            recorded_at: self.number()?.wrapping_add(YEAR_2000),
        };
        Ok((fields, self.array()?))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], sqlx::Error> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn i16(&mut self) -> Result<i16, sqlx::Error> {
        Ok(i16::from_be_bytes(self.take(2)?.try_into().map_err(|_| damaged())?))
    }

    /// One column's bytes; no column is null.
    fn column(&mut self) -> Result<&'a [u8], sqlx::Error> {
        let length = i32::from_be_bytes(self.take(4)?.try_into().map_err(|_| damaged())?);
        self.take(usize::try_from(length).map_err(|_| damaged())?)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], sqlx::Error> {
        self.column()?.try_into().map_err(|_| damaged())
    }

    fn number(&mut self) -> Result<i64, sqlx::Error> {
        Ok(i64::from_be_bytes(self.array()?))
    }

    fn text(&mut self) -> Result<&'a str, sqlx::Error> {
        std::str::from_utf8(self.column()?).map_err(|_| damaged())
    }
}
