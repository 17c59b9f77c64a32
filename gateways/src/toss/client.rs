//! Asking Toss, and telling its answers apart.

use reqwest::{StatusCode, Url, header::AUTHORIZATION};
use serde::Serialize;

use super::{Toss, config, wire};
use crate::{
    answer::{LookupError, Refusal},
    config::behind,
    http::{IdempotencyKey, Reply},
    snapshot::Snapshot,
};

/// How a call that changes something came out.
pub(super) enum Outcome {
    Done(Box<wire::Document>),
    No(Refusal),
    InDoubt,
}

impl Toss {
    /// Sends a call that changes something, once, under its key.
    pub(super) async fn change(&self, path: &[&str], key: &IdempotencyKey, body: &impl Serialize) -> Outcome {
        let request = self
            .http
            .client()
            .post(behind(&self.base, path))
            .header(AUTHORIZATION, self.authorization.expose())
            .header("Idempotency-Key", key.as_str())
            .json(body);
        let reply = match self.http.change(request).await {
            Ok(reply) => reply,
            Err(lost) => {
                tracing::warn!(%lost, "no answer from Toss Payments");
                return Outcome::InDoubt;
            }
        };
        if reply.status == StatusCode::OK {
            return wire::payment(&reply.body).map_or(Outcome::InDoubt, |it| Outcome::Done(Box::new(it)));
        }
        let Some(problem) = wire::problem(&reply.body) else { return Outcome::InDoubt };
        match reply.status {
            StatusCode::UNAUTHORIZED => {
                tracing::error!("Toss Payments refuses our key ({})", config::SECRET_KEY);
                Outcome::InDoubt
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Outcome::InDoubt,
            status if status.is_client_error() && !problem.is_undecided() => Outcome::No(problem.refusal()),
            _ => Outcome::InDoubt,
        }
    }

    pub(super) async fn get(&self, url: &Url) -> Result<Reply, LookupError> {
        self.http
            .look_up(|client| client.get(url.clone()).header(AUTHORIZATION, self.authorization.expose()))
            .await
            .map_err(|lost| LookupError::Unavailable(lost.to_string()))
    }

    pub(super) async fn look(&self, path: &[&str]) -> Result<Option<Snapshot>, LookupError> {
        let reply = self.get(&behind(&self.base, path)).await?;
        if reply.status == StatusCode::OK {
            let payment = wire::payment(&reply.body).and_then(|payment| payment.snapshot(self.account));
            return payment.map(Some).map_err(LookupError::Unreadable);
        }
        let problem = wire::problem(&reply.body);
        if reply.status == StatusCode::NOT_FOUND && problem.is_some_and(|it| it.is_unknown_payment()) {
            return Ok(None);
        }
        Err(failure(reply.status))
    }
}

/// What a look-up's failure says about us or about them.
pub(super) fn failure(status: StatusCode) -> LookupError {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            LookupError::Unauthorized { setting: config::SECRET_KEY }
        }
        status => LookupError::Unavailable(status.to_string()),
    }
}
