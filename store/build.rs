//! Rebuilds the crate when a migration changes: the migrations are compiled in.

fn main() {
    println!("cargo:rerun-if-changed=../migrations/postgres/log");
    println!("cargo:rerun-if-changed=../migrations/sqlite/log");
}
