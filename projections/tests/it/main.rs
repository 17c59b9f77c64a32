//! The views on SQLite, PostgreSQL and MariaDB: every test runs on all three.

mod conflict;
mod history;
mod paging;
mod parking;
mod rebuild;
mod tables;
mod world;
