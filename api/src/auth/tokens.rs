//! JSON Web Tokens, signed with HS256 by keys from a file.
//!
//! The file holds any number of keys, each with its id. The last one signs; all of them verify. To rotate, append a
//! key and restart; to end old tokens, remove theirs.

use std::{
    collections::HashMap,
    fs,
    io::{Error, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use ambient::Clock;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Duration, Utc};
use domain::{customer::Role, id::CustomerId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    extract::Identity,
    problem::{Kind, Problem},
};

/// The keys' file in the data directory.
pub const FILE_NAME: &str = "jwt-keys.json";
const ISSUER: &str = "escrow";
const LIFETIME: Duration = Duration::hours(12);
const SECRET_BYTES: usize = 32;
const SECRET_LEAST: usize = 32;
const TOKEN_MAX: usize = 4096;
const KNOWN_MAX: usize = 10_000;

/// Signs and verifies tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens(Arc<Keys>);

struct Keys {
    newest: (String, EncodingKey),
    all: HashMap<String, DecodingKey>,
    validation: Validation,
    clock: Clock,
    /// Tokens whose signature was checked, and when they expire: a client sends the same one again and again.
    known: RwLock<HashMap<String, (Identity, i64)>>,
}

/// Why the keys' file cannot be used.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// It cannot be read or written.
    #[error("the token keys' file: {0}")]
    Io(#[from] Error),
    /// It does not hold keys.
    #[error("the token keys' file: {0}")]
    Form(#[from] serde_json::Error),
    /// It holds no key, or one that is too short or not base64.
    #[error("the token keys' file needs at least one key of {SECRET_LEAST} bytes or more, in base64")]
    Weak,
}

#[derive(Serialize, Deserialize)]
struct KeyFile {
    keys: Vec<KeyEntry>,
}

#[derive(Serialize, Deserialize)]
struct KeyEntry {
    kid: String,
    secret: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: CustomerId,
    roles: Vec<Role>,
    iat: i64,
    exp: i64,
}

impl Tokens {
    /// Reads the keys from the data directory; the first start makes one.
    pub fn open(data_dir: &Path, clock: Clock) -> Result<Self, KeyFileError> {
        let path = data_dir.join(FILE_NAME);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => create(&path)?,
            Err(error) => return Err(error.into()),
        };
        Self::of_file(&serde_json::from_str(&text)?, clock)
    }

    fn of_file(file: &KeyFile, clock: Clock) -> Result<Self, KeyFileError> {
        let mut all = HashMap::new();
        let mut newest = None;
        for entry in &file.keys {
            let secret = STANDARD.decode(&entry.secret).map_err(|_| KeyFileError::Weak)?;
            if secret.len() < SECRET_LEAST {
                return Err(KeyFileError::Weak);
            }
            all.insert(entry.kid.clone(), DecodingKey::from_secret(&secret));
            newest = Some((entry.kid.clone(), EncodingKey::from_secret(&secret)));
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        validation.validate_aud = false;
        // The expiry is compared with our own clock, which a test can move.
        validation.validate_exp = false;
        let newest = newest.ok_or(KeyFileError::Weak)?;
        let known = RwLock::default();
        Ok(Self(Arc::new(Keys { newest, all, validation, clock, known })))
    }

    /// A token for a customer, and when it expires.
    pub fn issue(&self, customer: CustomerId, roles: &[Role]) -> Result<(String, DateTime<Utc>), Problem> {
        let now = self.0.clock.now();
        let expires_at = now + LIFETIME;
        let (kid, key) = &self.0.newest;
        let header = Header { kid: Some(kid.clone()), ..Header::new(Algorithm::HS256) };
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: customer,
            roles: roles.to_vec(),
            iat: now.timestamp(),
            exp: expires_at.timestamp(),
        };
        let token = jsonwebtoken::encode(&header, &claims, key).map_err(|why| {
            tracing::error!(%why, "a token could not be signed");
            Problem::plain(Kind::Fault)
        })?;
        Ok((token, expires_at))
    }

    /// Who a token is for.
    pub fn verify(&self, token: &str) -> Result<Identity, Problem> {
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned();
        let (identity, expires) = match known {
            Some(known) => known,
            None => self.check(token)?,
        };
        if expires <= self.0.clock.now().timestamp() {
            return Err(Problem::plain(Kind::TokenExpired));
        }
        Ok(identity)
    }

    fn check(&self, token: &str) -> Result<(Identity, i64), Problem> {
        let invalid = || Problem::plain(Kind::TokenInvalid);
        if token.len() > TOKEN_MAX {
            return Err(invalid());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid())?;
        let key = header.kid.and_then(|kid| self.0.all.get(&kid)).ok_or_else(invalid)?;
        let Claims { sub, roles, exp, .. } =
            jsonwebtoken::decode(token, key, &self.0.validation).map_err(|_| invalid())?.claims;
        let checked = (Identity { customer_id: sub, roles }, exp);
        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN_MAX {
            known.clear();
        }
        known.insert(token.to_owned(), checked.clone());
        Ok(checked)
    }
}

/// Two first starts at once agree: the file appears whole, by a hard link that fails where one is there already.
fn create(path: &Path) -> Result<String, KeyFileError> {
    let secret = STANDARD.encode(ambient::random_bytes::<SECRET_BYTES>()?);
    let kid = ambient::fresh_id().simple().to_string();
    let text = serde_json::to_string_pretty(&KeyFile { keys: vec![KeyEntry { kid, secret }] })?;
    let draft = path.with_extension(format!("draft-{}", ambient::fresh_id().simple()));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error.into()),
        Ok(()) | Err(_) => Ok(fs::read_to_string(path)?),
    }
}

#[cfg(test)]
mod tests {
    use domain::id::Id;

    use super::*;

    fn key(kid: &str) -> KeyEntry {
        let secret = STANDARD.encode(ambient::random_bytes::<SECRET_BYTES>().unwrap());
        KeyEntry { kid: kid.to_owned(), secret }
    }

    fn somebody() -> CustomerId {
        CustomerId::from_uuid(ambient::fresh_id())
    }

    #[test]
    fn a_token_is_good_until_it_expires() {
        let clock = Clock::virtual_at(DateTime::UNIX_EPOCH);
        let tokens = Tokens::of_file(&KeyFile { keys: vec![key("a")] }, clock.clone()).unwrap();
        let customer_id = somebody();
        let (token, expires_at) = tokens.issue(customer_id, &[Role::Buyer]).unwrap();
        let identity = tokens.verify(&token).unwrap();
        assert_eq!(identity, Identity { customer_id, roles: vec![Role::Buyer] });
        clock.advance(expires_at - clock.now());
        assert_eq!(tokens.verify(&token).unwrap_err().kind(), Kind::TokenExpired);
    }

    #[test]
    fn the_newest_key_signs_and_the_older_ones_verify() {
        let clock = Clock::system();
        let mut file = KeyFile { keys: vec![key("old")] };
        let before = Tokens::of_file(&file, clock.clone()).unwrap();
        let (old, _) = before.issue(somebody(), &[]).unwrap();
        file.keys.push(key("new"));
        let after = Tokens::of_file(&file, clock).unwrap();
        let (new, _) = after.issue(somebody(), &[]).unwrap();
        assert!(after.verify(&old).is_ok());
        assert!(after.verify(&new).is_ok());
        assert_eq!(before.verify(&new).unwrap_err().kind(), Kind::TokenInvalid);
    }

    #[test]
    fn what_is_forged_is_invalid() {
        let tokens = Tokens::of_file(&KeyFile { keys: vec![key("a")] }, Clock::system()).unwrap();
        let others = Tokens::of_file(&KeyFile { keys: vec![key("a")] }, Clock::system()).unwrap();
        let (forged, _) = others.issue(somebody(), &[Role::Operator]).unwrap();
        // {"alg":"none","kid":"a"} with no signature
        let unsigned = format!("eyJhbGciOiJub25lIiwia2lkIjoiYSJ9.{}.", forged.split('.').nth(1).unwrap());
        for token in [forged.as_str(), unsigned.as_str(), "", "a.b.c", &"x".repeat(5000)] {
            assert_eq!(tokens.verify(token).unwrap_err().kind(), Kind::TokenInvalid, "{token}");
        }
    }
}
