//! Digests and forms, as more than one gateway uses them.

use reqwest::Url;
use sha2::{Digest, Sha256};

/// SHA-256 over `parts`, one after the other, in lower-case hexadecimal.
pub(crate) fn sha256_hex(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        for digit in [byte >> 4, byte & 15] {
            hex.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        hex
    })
}

/// The pairs of a form's body.
pub(crate) fn form(body: &str) -> Vec<(String, String)> {
    let Ok(mut url) = Url::parse("form:/") else { return Vec::new() };
    url.set_query(Some(body.trim()));
    url.query_pairs().into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_and_forms_are_what_the_world_says_they_are() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(&[b"a", b"bc"]), abc);
        let pairs = form("name=%EB%82%98%EB%AC%B4+%EC%9D%98%EC%9E%90&empty=&a=1&a=2");
        let wanted = [("name", "나무 의자"), ("empty", ""), ("a", "1"), ("a", "2")];
        assert_eq!(pairs, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
