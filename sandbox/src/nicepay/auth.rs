//! Who calls: the client key and the secret key, or a token that was given out for them.

use std::sync::Mutex;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{LOGIN, Refusal, document::time, escrow, sign::hex};
use crate::{
    app::{App, hold},
    call::Call,
};

/// How long a token lives; it is given out again until then, and never prolonged.
const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(30);

/// What NicePay remembers besides payments.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Token>);

#[derive(Debug, Default)]
struct Token {
    number: usize,
    live: Option<(String, DateTime<Utc>)>,
}

/// Whether the call is let in.
pub fn admit(app: &App, call: &Call) -> Result<(), Refusal> {
    if call.route == escrow::NAME {
        // The older API proves the caller by its signature alone.
        return Ok(());
    }
    let header = call.header("authorization").unwrap_or_default();
    if let Some(token) = header.strip_prefix("Bearer ").filter(|_| call.route != LOGIN) {
        let memory = hold(&app.nicepay.0);
        let live = memory.live.as_ref().is_some_and(|(known, end)| known == token.trim() && *end > app.now());
        return if live { Ok(()) } else { Err(Refusal::TOKEN_EXPIRED) };
    }
    let secrets = &app.config.secrets;
    let wanted = format!("{}:{}", secrets.nicepay_client_key, secrets.nicepay_secret_key);
    let given = header.strip_prefix("Basic ").and_then(|basic| STANDARD.decode(basic.trim()).ok());
    if given.is_some_and(|given| given == wanted.as_bytes()) { Ok(()) } else { Err(Refusal::UNAUTHORIZED) }
}

/// Gives out the token.
#[expect(clippy::unnecessary_wraps, reason = "every operation answers like this")]
pub fn token(app: &App, _: &Call) -> Result<Value, Refusal> {
    let now = app.now();
    let memory = &mut *hold(&app.nicepay.0);
    let live = memory.live.take().filter(|(_, end)| *end > now);
    let (token, end) = live.unwrap_or_else(|| {
        memory.number += 1;
        let id = app.ids.id("nicepay token", &now.to_rfc3339(), memory.number);
        (hex(&Sha256::digest(id)), now + TOKEN_LIFE)
    });
    memory.live = Some((token.clone(), end));
    Ok(json!({
        "resultCode": "0000",
        "resultMsg": "정상 처리되었습니다.",
        "accessToken": token,
        "tokenType": "Bearer",
        // The manual's table and its example call it differently.
        "expiredAt": time(end),
        "expireAt": time(end),
        "now": time(now),
    }))
}
