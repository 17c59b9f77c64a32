//! The access token: fetched once for all who need it, kept until shortly before its end, and thrown away when the
//! gateway does not take it any more.

use std::time::{Duration, Instant};

use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;

use super::{config, wire};
use crate::{answer::LookupError, config::behind, http::Http, secret::Secret};

/// How long before its end a token is fetched anew. PortOne prolongs a token of which less than this is left.
const BEFORE_END: Duration = Duration::from_mins(1);
/// How long those who waited for a token share its failure, so that a silent gateway does not hold them in a row.
const FAILURE_LASTS: Duration = Duration::from_secs(1);

/// The credentials, and the token they got.
#[derive(Debug)]
pub(super) struct Tokens {
    key: Secret,
    secret: Secret,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    None,
    Live {
        token: Secret,
        until: Instant,
    },
    Failed {
        error: LookupError,
        at: Instant,
    },
}

#[derive(Deserialize)]
struct Given {
    access_token: String,
    now: i64,
    expired_at: i64,
}

impl Tokens {
    pub(super) fn new(key: Secret, secret: Secret) -> Self {
        Self { key, secret, state: Mutex::default() }
    }

    /// A live token. Whoever comes while it is fetched waits for the same one.
    pub(super) async fn get(&self, http: &Http, base: &Url) -> Result<Secret, LookupError> {
        let asked_at = Instant::now();
        let mut state = self.state.lock().await;
        match &*state {
            State::Live { token, until } if *until > Instant::now() => return Ok(token.clone()),
            // Who asked before this failure waited for the same answer.
            State::Failed { error, at } if asked_at < *at && at.elapsed() < FAILURE_LASTS => {
                return Err(error.clone());
            }
            State::None | State::Live { .. } | State::Failed { .. } => {}
        }
        match self.fetch(http, base).await {
            Ok((token, until)) => {
                *state = State::Live { token: token.clone(), until };
                Ok(token)
            }
            Err(error) => {
                *state = State::Failed { error: error.clone(), at: Instant::now() };
                Err(error)
            }
        }
    }

    /// The gateway did not take `token`: the next who asks gets another.
    pub(super) async fn forget(&self, token: &Secret) {
        let mut state = self.state.lock().await;
        if matches!(&*state, State::Live { token: live, .. } if live == token) {
            *state = State::None;
        }
    }

    async fn fetch(&self, http: &Http, base: &Url) -> Result<(Secret, Instant), LookupError> {
        let url = behind(base, &["users", "getToken"]);
        let body = json!({ "imp_key": self.key.expose(), "imp_secret": self.secret.expose() });
        let reply = http
            .look_up(|client| client.post(url.clone()).json(&body))
            .await
            .map_err(|lost| LookupError::Unavailable(lost.to_string()))?;
        match reply.status {
            StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN => {
                Err(LookupError::Unauthorized { setting: config::KEY_AND_SECRET })
            }
            StatusCode::OK => {
                let given: Given = wire::answer(&reply.body)
                    .map_err(LookupError::Unreadable)?
                    .map_err(|no| LookupError::Unavailable(no.to_string()))?;
                // By the gateway's own clock, so that ours may be wrong.
                let left = u64::try_from(given.expired_at - given.now).unwrap_or(0);
                let until = Instant::now() + Duration::from_secs(left).saturating_sub(BEFORE_END);
                Ok((Secret::new(given.access_token), until))
            }
            status => Err(LookupError::Unavailable(status.to_string())),
        }
    }
}
