//! `sqlx::migrate!` reads the migrations when the crate is compiled: a new one must compile it again.

fn main() {
    for database in ["postgres", "sqlite", "mysql"] {
        println!("cargo:rerun-if-changed=../migrations/{database}/views");
    }
}
