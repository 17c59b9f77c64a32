//! The answers: tables folded from the log, and their queries.
//!
//! One question is one file: its table, its fold and its queries stand together, and the row that leaves SQL is the
//! body that leaves HTTP. SQL is written once for PostgreSQL, MySQL/MariaDB and SQLite; where they differ is in `tx`,
//! `bulk` and `generation`, and nowhere else.
//!
//! Rows and checkpoint move in one transaction, so every crash point is between two of them. The read database can be
//! thrown away at any time: it is a fold of the log.

pub mod balances;
mod bulk;
mod checkpoint;
pub mod claims;
mod error;
mod follow;
mod generation;
pub mod journal;
pub mod orders;
mod page;
pub mod payments;
mod pools;
pub mod products;
mod projection;
mod read;
mod rebuild;
mod row;
pub mod timeline;
mod tx;
pub mod users;
mod views;
mod words;

pub use error::ViewsError;
pub use follow::{Follower, Step};
pub use page::{BadPage, PAGE_DEFAULT, PAGE_MAX, Page, PageRequest};
pub use projection::{NoProjection, Projection};
pub use rebuild::{
    Audited, Cell, Comparison, Difference, Progress, Rebuilt, Returned, Wanted, audit, back, rebuild,
};
pub use row::Listed;
pub use views::{Behind, Status, Views, resume, status};
