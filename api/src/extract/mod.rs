//! What handlers take from a request. Every rejection is a problem.

mod asking;
mod at_least;
mod identity;
mod if_match;
mod json;
mod path;
mod query;

pub use asking::Asking;
pub use at_least::{AtLeast, MinPosition};
pub use identity::{AnyOne, Buyer, Identity, Operator, Reviewer, Seller, Trader};
pub use if_match::AskingIfMatch;
pub use json::{BODY_MAX, Json, raw_body};
pub use path::{PathId, PathIds, PathStream, PathText};
pub use query::Query;
