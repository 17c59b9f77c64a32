//! Hashes as text.

use super::leaf::Hash;

/// In lower-case hexadecimal.
pub fn text(bytes: &[u8]) -> String {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
}

/// A hash from its text, in lower case only: each hash has one text.
pub fn hash(text: &str) -> Option<Hash> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> =
        pairs.0.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    bytes.filter(|_| pairs.1.is_empty())?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_has_one_text() {
        let bytes: Hash = std::array::from_fn(|index| u8::try_from(index * 8).unwrap());
        assert!(text(&bytes).starts_with("00081018"));
        assert_eq!(hash(&text(&bytes)), Some(bytes));
        for wrong in ["", "00", &text(&bytes).to_uppercase(), &format!("{}0", text(&bytes)), &"é".repeat(32)]
        {
            assert_eq!(hash(wrong), None, "{wrong}");
        }
    }
}
