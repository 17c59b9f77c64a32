//! Tokens: the same one for all of a shop's servers until its end, and a little longer for who asks in its last
//! minute.

use std::sync::Mutex;

use axum::http::header;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{
    GET_TOKEN,
    answer::{Outcome, Said, ok},
    input::Input,
};
use crate::{
    app::{App, hold},
    call::Call,
};

const LIFE: TimeDelta = TimeDelta::minutes(30);
const LAST_MINUTE: TimeDelta = TimeDelta::minutes(1);
const EXTENSION: TimeDelta = TimeDelta::minutes(5);

/// The token that is out.
#[derive(Debug, Default)]
pub struct Tokens(Mutex<Given>);

#[derive(Debug, Default)]
struct Given {
    number: usize,
    live: Option<(String, DateTime<Utc>)>,
}

/// Whether the call comes with the live token, bare or as `Bearer`.
pub fn is_authorized(app: &App, call: &Call) -> bool {
    if call.route == GET_TOKEN {
        return true;
    }
    let said = call.header(header::AUTHORIZATION.as_str()).unwrap_or_default();
    let token = said.strip_prefix("Bearer ").unwrap_or(said);
    let given = hold(&app.portone_v1.0);
    given.live.as_ref().is_some_and(|(live, end)| live == token && *end > app.now())
}

pub fn token(app: &App, call: &Call) -> Outcome {
    let input = Input::of(call);
    let (Some(key), Some(secret)) = (input.text("imp_key"), input.text("imp_secret")) else {
        return Err(Said::bad("imp_key, imp_secret 파라메터가 누락되었습니다."));
    };
    let secrets = &app.config.secrets;
    if key != secrets.imp_key || secret != secrets.imp_secret {
        return Err(Said::unauthorized());
    }
    let now = app.now();
    let given = &mut *hold(&app.portone_v1.0);
    let (token, end) = match given.live.take().filter(|(_, end)| *end > now) {
        Some((token, end)) if end - now < LAST_MINUTE => (token, end + EXTENSION),
        Some(live) => live,
        None => {
            given.number += 1;
            // The secret is part of what the token follows from, so that nobody without it can compute one.
            let token = app.ids.id("imp-token", &secrets.imp_secret, given.number).replace('-', "");
            (token, now + LIFE)
        }
    };
    given.live = Some((token.clone(), end));
    ok(json!({ "access_token": token, "now": now.timestamp(), "expired_at": end.timestamp() }))
}
