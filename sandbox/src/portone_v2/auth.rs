//! Who calls: `PortOne <API secret>`, or `Bearer <token>` for a token that was given for the secret.

use std::{collections::HashMap, sync::Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use crate::{
    app::{App, hold},
    call::Call,
};

const ACCESS: TimeDelta = TimeDelta::minutes(30);
const REFRESH: TimeDelta = TimeDelta::days(1);
/// How many log-ins are remembered.
const MAX_TOKENS: usize = 10_000;

/// The tokens that were given out, with their ends.
#[derive(Debug, Default)]
pub struct Tokens(Mutex<Given>);

#[derive(Debug, Default)]
struct Given {
    number: usize,
    access: HashMap<String, DateTime<Utc>>,
    refresh: HashMap<String, DateTime<Utc>>,
}

impl App {
    pub fn is_authorized(&self, header: Option<&str>) -> bool {
        match header.and_then(|header| header.split_once(' ')) {
            Some(("PortOne", secret)) => secret == self.config.secrets.api_secret,
            Some(("Bearer", token)) => {
                hold(&self.tokens.0).access.get(token).is_some_and(|end| *end > self.now())
            }
            Some(_) | None => false,
        }
    }

    fn grant(&self) -> Value {
        let now = self.now();
        let mut given = hold(&self.tokens.0);
        if given.access.len() >= MAX_TOKENS {
            given.access.clear();
        }
        given.number += 1;
        // The secret is part of what the token follows from, so that nobody without it can compute one.
        let of = |kind| self.ids.id(kind, &self.config.secrets.api_secret, given.number);
        let (access, refresh) = (of("access"), of("refresh"));
        given.access.insert(access.clone(), now + ACCESS);
        given.refresh.clear();
        given.refresh.insert(refresh.clone(), now + REFRESH);
        json!({ "accessToken": access, "refreshToken": refresh })
    }
}

pub fn login(app: &App, call: &Call) -> Result<Value, Problem> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        api_secret: String,
    }
    let body: Body = super::payments::read(&call.body)?;
    if body.api_secret != app.config.secrets.api_secret {
        return Err(Problem::unauthorized());
    }
    Ok(app.grant())
}

pub fn refresh(app: &App, call: &Call) -> Result<Value, Problem> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        refresh_token: String,
    }
    let body: Body = super::payments::read(&call.body)?;
    let end = hold(&app.tokens.0).refresh.remove(&body.refresh_token);
    if end.is_none_or(|end| end <= app.now()) {
        return Err(Problem::unauthorized());
    }
    Ok(app.grant())
}
