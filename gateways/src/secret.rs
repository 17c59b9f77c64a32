//! A text that must not be seen: it has no `Display`, its `Debug` says nothing, and it is never serialised.

use std::fmt::{Debug, Formatter};

/// An API key, a webhook secret, an account number.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one call that sends or checks it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Debug for Secret {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_in_its_debug_text() {
        assert!(!format!("{:?}", Secret::new("hunter2")).contains("hunter2"));
    }
}
