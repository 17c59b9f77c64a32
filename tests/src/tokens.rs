//! Tokens made with the program's own key, and with others.

use std::{fs, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// Makes tokens by the newest key of a data directory.
#[derive(Debug, Clone)]
pub struct Mint {
    kid: String,
    secret: Vec<u8>,
}

impl Mint {
    /// The key of a program's data directory.
    pub fn of(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("jwt-keys.json")).unwrap();
        let file: Value = serde_json::from_str(&text).unwrap();
        let newest = file["keys"].as_array().unwrap().last().unwrap().clone();
        let secret = STANDARD.decode(newest["secret"].as_str().unwrap()).unwrap();
        Self { kid: newest["kid"].as_str().unwrap().to_owned(), secret }
    }

    /// The same key's name over another secret.
    #[must_use]
    pub fn forged(&self) -> Self {
        Self { kid: self.kid.clone(), secret: vec![7; 32] }
    }

    /// A token for somebody with these roles, made at `now`.
    pub fn token(&self, customer: &str, roles: &[&str], now: DateTime<Utc>) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::HS256) };
        let expires = now + Duration::days(400);
        let claims = json!({
            "iss": "escrow", "sub": customer, "roles": roles,
            "iat": now.timestamp(), "exp": expires.timestamp(),
        });
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&self.secret)).unwrap()
    }
}
