//! Ids that follow from the seed and what they are for, not from the order of calls: the same run gives the same
//! ids, also when its calls race.

use sha2::{Digest, Sha256};
use uuid::Builder;

/// Makes ids.
#[derive(Debug)]
pub struct Ids {
    seed: u64,
}

impl Ids {
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The id of the `number`-th `kind` of something called `of`.
    pub fn id(&self, kind: &str, of: &str, number: usize) -> String {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(kind);
        hash.update([0]);
        hash.update(of);
        hash.update(number.to_be_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Builder::from_custom_bytes(bytes).into_uuid().hyphenated().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_from_the_seed_and_what_they_are_for() {
        let id = |seed, of, number| Ids::new(seed).id("transaction", of, number);
        assert_eq!(id(1, "p", 1), id(1, "p", 1));
        assert_ne!(id(1, "p", 1), id(2, "p", 1));
        assert_ne!(id(1, "p", 1), id(1, "q", 1));
        assert_ne!(id(1, "p", 1), id(1, "p", 2));
    }
}
