//! Asking PortOne V1, and telling its answers apart: a 200 may be a no, and every answer has the same envelope.

use reqwest::{Method, RequestBuilder, StatusCode, Url, header::AUTHORIZATION};
use serde::{Serialize, de::DeserializeOwned};

use super::{PortoneV1, config, wire};
use crate::{
    answer::{Answer, LookupError, Refusal},
    config::behind,
    http::Reply,
    secret::Secret,
};

/// How a call that changes something came out.
pub(super) enum Outcome<T> {
    Done(T),
    /// The gateway said no, with this status.
    No(StatusCode, Refusal),
    InDoubt,
}

impl<T> Outcome<T> {
    pub(super) fn answer(self) -> Answer<T> {
        match self {
            Self::Done(done) => Answer::Done(done),
            Self::No(_, refusal) => Answer::Refused(refusal),
            Self::InDoubt => Answer::InDoubt,
        }
    }
}

impl PortoneV1 {
    pub(super) fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = behind(&self.base, path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    fn signed(&self, request: RequestBuilder, token: &Secret) -> RequestBuilder {
        let request = request.header(AUTHORIZATION, format!("Bearer {}", token.expose()));
        match &self.tier {
            Some(tier) => request.header("Tier", tier),
            None => request,
        }
    }

    /// Looks something up; `None` if PortOne says there is no such thing.
    pub(super) async fn look<T: DeserializeOwned>(&self, url: &Url) -> Result<Option<T>, LookupError> {
        let mut reply = self.look_once(url).await?;
        if reply.1.status == StatusCode::UNAUTHORIZED {
            // The token may have ended early; a second one that is refused is about us.
            self.tokens.forget(&reply.0).await;
            reply = self.look_once(url).await?;
        }
        let (_, reply) = reply;
        match reply.status {
            StatusCode::OK | StatusCode::MULTI_STATUS => wire::answer(&reply.body)
                .map_err(LookupError::Unreadable)?
                .map(Some)
                .map_err(|no| LookupError::Unavailable(no.to_string())),
            StatusCode::NOT_FOUND if wire::is_a_no(&reply.body) => Ok(None),
            StatusCode::UNAUTHORIZED => Err(LookupError::Unauthorized { setting: config::KEY_AND_SECRET }),
            status => Err(LookupError::Unavailable(status.to_string())),
        }
    }

    async fn look_once(&self, url: &Url) -> Result<(Secret, Reply), LookupError> {
        let token = self.tokens.get(&self.http, &self.base).await?;
        let reply = self
            .http
            .look_up(|client| self.signed(client.get(url.clone()), &token))
            .await
            .map_err(|lost| LookupError::Unavailable(lost.to_string()))?;
        Ok((token, reply))
    }

    /// Sends a call that changes something. Only a token that was not taken, which means that nothing was judged,
    /// lets it be sent a second time.
    pub(super) async fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        body: &impl Serialize,
    ) -> Outcome<T> {
        let url = behind(&self.base, path);
        for _ in 0..2 {
            let token = match self.tokens.get(&self.http, &self.base).await {
                Ok(token) => token,
                Err(error) => {
                    tracing::warn!(%error, "no token from PortOne V1");
                    return Outcome::InDoubt;
                }
            };
            let request = self.http.client().request(method.clone(), url.clone()).json(body);
            match self.http.change(self.signed(request, &token)).await {
                Ok(reply) if reply.status == StatusCode::UNAUTHORIZED => self.tokens.forget(&token).await,
                Ok(reply) => return judged(&reply),
                Err(lost) => {
                    tracing::warn!(%lost, "no answer from PortOne V1");
                    return Outcome::InDoubt;
                }
            }
        }
        tracing::error!("PortOne V1 refuses our credentials ({})", config::KEY_AND_SECRET);
        Outcome::InDoubt
    }
}

/// A no is only what PortOne says in its own envelope about this call.
fn judged<T: DeserializeOwned>(reply: &Reply) -> Outcome<T> {
    let refusable = reply.status.is_success() || reply.status.is_client_error();
    if !refusable || matches!(reply.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT) {
        return Outcome::InDoubt;
    }
    match wire::answer(&reply.body) {
        Ok(Ok(done)) if reply.status.is_success() => Outcome::Done(done),
        Ok(Err(no)) => Outcome::No(reply.status, no),
        Ok(Ok(_)) | Err(_) => Outcome::InDoubt,
    }
}
