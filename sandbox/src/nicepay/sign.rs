//! NicePay's signatures: the hexadecimal SHA-256 of a few fields and the secret key, one after the other.

use sha2::{Digest, Sha256};

use super::Refusal;
use crate::app::App;

/// Signs `parts`.
pub fn sign(app: &App, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.update(&app.config.secrets.nicepay_secret_key);
    hex(&hash.finalize())
}

/// Whether `given`, if anything was given, signs `parts`.
pub fn check(app: &App, given: Option<&str>, parts: &[&str]) -> Result<(), Refusal> {
    match given {
        Some(signature) if !signature.eq_ignore_ascii_case(&sign(app, parts)) => Err(Refusal::SIGNATURE),
        Some(_) | None => Ok(()),
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
