//! The views on SQLite, PostgreSQL and MariaDB: every test runs on all three.

#[cfg(test)]
mod conflict;
#[cfg(test)]
mod history;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod parking;
#[cfg(test)]
mod rebuild;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod way_back;
#[cfg(test)]
mod world;
