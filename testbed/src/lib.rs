//! Private throw-away servers for tests and benchmarks: PostgreSQL, MariaDB; and where Chromium, npm and Python are.
//!
//! A server listens on a free loopback port, keeps its files under the temp directory and is gone, files and all,
//! when its value is dropped. A process that is killed drops nothing; so every server is the child of a small
//! shell, its guardian, that waits for the end of a pipe we hold and then stops the server ([`guardian`]).
//!
//! `initdb` takes half a second, a copy less: the first start on a machine makes a template under a file lock, all
//! others copy it ([`place`]). PostgreSQL refuses to be root, so root starts servers as an account of less power
//! ([`account`]). What is not installed is installed, if we are root and the machine has `apt-get`; if not, the
//! error says which package to install ([`install`]).

mod account;
mod error;
mod guardian;
mod install;
mod mariadb;
mod place;
mod port;
mod postgres;
mod server;
#[cfg(test)]
mod tests;

pub use error::TestbedError;
pub use install::{find_chromium, find_mariadb, find_npm, find_postgres, find_python};
pub use mariadb::MariaDb;
pub use port::free as free_port;
pub use postgres::Postgres;
