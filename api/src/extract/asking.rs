//! Under which key something is asked: the same key is the same request, whatever happened to the first answer.

use axum::{extract::FromRequestParts, http::request::Parts};
use commands::Context;
use domain::id::CustomerId;

use crate::problem::{Kind, Problem};

const HEADER: &str = "idempotency-key";
const KEY_MAX: usize = 200;

/// What is asked, and the caller's key for it.
#[derive(Debug, Clone)]
pub struct Asking {
    key: Option<String>,
    request: String,
}

impl Asking {
    /// The command's context for a caller and a body.
    pub fn context(&self, caller: CustomerId, body: &[u8]) -> Context {
        self.part(caller, body, "")
    }

    /// The context of one of several commands that a request becomes.
    pub fn part(&self, caller: CustomerId, body: &[u8], part: &str) -> Context {
        match &self.key {
            None => Context::fresh(caller.to_string()),
            Some(key) => Context::keyed(caller.to_string(), &format!("{key}{part}"), &self.request, body),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(HEADER).iter();
        let key = values.next().map(|value| value.to_str().ok().and_then(readable)).map(|key| {
            key.ok_or_else(|| {
                let taken = format!("Idempotency-Key has to be 1 to {KEY_MAX} printable ASCII characters");
                Problem::new(Kind::InvalidHeader, taken)
            })
        });
        if values.next().is_some() {
            return Err(Problem::new(Kind::InvalidHeader, "one Idempotency-Key is taken"));
        }
        Ok(Self { key: key.transpose()?, request: format!("{} {}", parts.method, parts.uri.path()) })
    }
}

fn readable(key: &str) -> Option<String> {
    let length_fits = (1..=KEY_MAX).contains(&key.len());
    (length_fits && key.bytes().all(|byte| (0x21..=0x7e).contains(&byte))).then(|| key.to_owned())
}
