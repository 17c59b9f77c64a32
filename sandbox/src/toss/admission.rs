//! Who calls, and under which idempotency key.

use axum::http::HeaderMap;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;

use super::Problem;
use crate::{
    app::App,
    call::{Answer, Call},
    idempotency::{Begun, Held},
};

/// The longest key, in characters.
const MAX_KEY: usize = 300;
/// How long a key's answer is kept.
const KEPT: TimeDelta = TimeDelta::days(15);

pub fn admit(app: &App, call: &Call) -> Result<Option<Held>, Answer> {
    authorize(app, call.header("authorization")).map_err(Problem::answer)?;
    if call.route.starts_with("GET") {
        // Asking twice is harmless: a key is passed over.
        return Ok(None);
    }
    let Some(key) = key_of(&call.headers) else {
        return Ok(None);
    };
    if key.chars().count() > MAX_KEY {
        return Err(Problem::KEY_TOO_LONG.answer());
    }
    match app.idempotency.begin(format!("toss {} {} {key}", call.route, call.id), KEPT, app.now()) {
        Begun::Outstanding => Err(Problem::OUTSTANDING.answer()),
        Begun::Done(answer) => Err(answer),
        Begun::Held(held) => Ok(Some(held)),
    }
}

/// A key may be any text, so also one that is not ASCII.
fn key_of(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("idempotency-key")?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned()).filter(|key| !key.is_empty())
}

/// The secret key is the user, and the password is empty.
fn authorize(app: &App, header: Option<&str>) -> Result<(), Problem> {
    let basic = header.and_then(|header| header.strip_prefix("Basic ")).ok_or(Problem::UNAUTHORIZED)?;
    let given = STANDARD.decode(basic.trim()).map_err(|_| Problem::UNAUTHORIZED)?;
    let given = String::from_utf8_lossy(&given);
    let user = given.strip_suffix(':').ok_or(Problem::NO_COLON)?;
    let secrets = &app.config.secrets;
    if user == secrets.toss_secret_key {
        Ok(())
    } else if user == secrets.toss_client_key {
        Err(Problem::CLIENT_KEY)
    } else {
        Err(Problem::UNAUTHORIZED)
    }
}
