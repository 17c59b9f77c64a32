//! Who is who: passwords, tokens, and opening accounts.

mod accounts;
mod passwords;
mod tokens;

pub use accounts::{Accounts, NewAccount, Opened, Person};
pub use passwords::Passwords;
pub use tokens::{KeyFileError, Tokens};
