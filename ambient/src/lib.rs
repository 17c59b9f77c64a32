//! What the machine gives: time, fresh ids, randomness, settings. Nothing else in the house asks the machine for
//! them, so a test can move the clock and a reader can find every such place here.

mod clock;

pub use clock::Clock;
use uuid::Uuid;

/// A new id, ordered by time (UUID version 7).
#[expect(clippy::disallowed_methods, reason = "this is the one home of fresh ids")]
pub fn fresh_id() -> Uuid {
    Uuid::now_v7()
}

/// `N` bytes from the operating system's generator.
///
/// # Errors
/// Where the operating system has none to give.
pub fn random_bytes<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes)
}

/// The value of an environment variable that is set and not empty.
#[expect(clippy::disallowed_methods, reason = "this is the one home of settings")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
