//! What can go wrong beside the answers. All of these are faults: nobody's request is at fault for them.

use thiserror::Error;

use crate::{projection::Projection, rebuild::Difference};

/// Why the views could not be opened, read or folded.
#[derive(Debug, Error)]
pub enum ViewsError {
    /// The address names no database this program can use.
    #[error("the views live in postgres://, mysql:// or sqlite:, not in {0:?}")]
    UnknownScheme(String),
    /// The database did not do what it was asked.
    #[error("the views' database: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the views' migrations: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The log could not be read.
    #[error("the log: {0}")]
    Log(#[from] store::FeedError),
    /// The vault could not be asked.
    #[error("the vault: {0}")]
    Vault(#[from] store::vault::VaultError),
    /// Somebody else moved the checkpoint; nothing was written.
    #[error("the checkpoint of {projection} is no longer at {expected}")]
    Fenced {
        /// Whose.
        projection: Projection,
        /// Where it was.
        expected: i64,
    },
    /// An event could not be folded; the rows stop before it.
    #[error("{projection} is parked before position {position}: {reason}")]
    Parked {
        /// Which projection.
        projection: Projection,
        /// The position of the event.
        position: i64,
        /// Why it cannot be folded.
        reason: String,
    },
    /// What was folded anew is not what readers see, and nobody said that it may differ.
    #[error(
        "{projection} folded anew is not what readers see; rows that differ: {}",
        differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    )]
    Different {
        /// Which projection.
        projection: Projection,
        /// The rows that differ, table by table.
        differences: Vec<Difference>,
    },
    /// No generation was live before this one, or it is gone.
    #[error("{0} has no generation to go back to")]
    NoWayBack(Projection),
}

impl ViewsError {
    /// Whether the database refused the data itself, so that trying again changes nothing.
    pub(crate) fn is_about_data(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return matches!(self, Self::Database(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Encode(_)));
        };
        // Class 22 is "data exception", 23 "integrity constraint violation", in the SQL standard and here. SQLite has
        // codes of its own: 19 is "constraint", 20 "mismatch", 18 "too big", each with extended codes above 255.
        match error.code() {
            Some(code) if code.len() == 5 => code.starts_with("22") || code.starts_with("23"),
            Some(code) => code.parse::<u32>().is_ok_and(|code| (18..=20).contains(&(code & 0xff))),
            None => false,
        }
    }
}
