//! Asking `PortOne`, and telling its answers apart.

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::{
    Method, RequestBuilder, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::{PortoneV2, config, wire};
use crate::{
    answer::{Answer, LookupError, Page, Refusal},
    calls::RefundAccount,
    config::behind,
    http::{IdempotencyKey, Lost, Reply},
};

/// How many payments a page of a list has.
const PAGE_SIZE: usize = 100;

impl PortoneV2 {
    fn changing(&self, method: Method, path: &[&str], key: &IdempotencyKey, body: &Value) -> RequestBuilder {
        self.http
            .client()
            .request(method, behind(&self.base, path))
            .header(AUTHORIZATION, self.authorization.expose())
            .header("Idempotency-Key", key.header())
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_string())
    }

    pub(super) async fn post(
        &self,
        path: &[&str],
        key: &IdempotencyKey,
        body: &Value,
    ) -> Result<Bytes, Otherwise> {
        answered(self.http.change(self.changing(Method::POST, path, key, body)).await)
    }

    /// A POST of whose answer only the success counts.
    pub(super) async fn tell(&self, path: &[&str], key: &IdempotencyKey, body: &Value) -> Answer<()> {
        done(self.post(path, key, body).await)
    }

    /// The same as a PATCH.
    pub(super) async fn correct(&self, path: &[&str], key: &IdempotencyKey, body: &Value) -> Answer<()> {
        done(answered(self.http.change(self.changing(Method::PATCH, path, key, body)).await))
    }

    pub(super) async fn get_payment(&self, id: &str) -> Result<Reply, Lost> {
        let mut url = behind(&self.base, &["payments", id]);
        url.query_pairs_mut().append_pair("storeId", &self.store);
        self.http
            .look_up(|client| client.get(url.clone()).header(AUTHORIZATION, self.authorization.expose()))
            .await
    }

    /// By the time of creation, so `from` has to reach as far back as a payment may be under way.
    pub(super) async fn list(&self, from: DateTime<Utc>, cursor: Option<&str>) -> Result<Page, LookupError> {
        let mut wanted = json!({
            "storeId": self.store,
            "from": from.to_rfc3339_opts(SecondsFormat::Millis, true),
            "size": PAGE_SIZE,
        });
        if let (Some(cursor), Some(fields)) = (cursor, wanted.as_object_mut()) {
            fields.insert("cursor".into(), cursor.into());
        }
        // A GET's body goes into its query.
        let mut url = behind(&self.base, &["payments-by-cursor"]);
        url.query_pairs_mut().append_pair("requestBody", &wanted.to_string());
        let reply = self
            .http
            .look_up(|client| client.get(url.clone()).header(AUTHORIZATION, self.authorization.expose()))
            .await
            .map_err(|lost| LookupError::Unavailable(lost.to_string()))?;
        match reply.status {
            StatusCode::OK => wire::page(&reply.body, PAGE_SIZE).map_err(LookupError::Unreadable),
            status => Err(not_found_out(status)),
        }
    }
}

/// What a look-up's failure says about us or about them.
pub(super) fn not_found_out(status: StatusCode) -> LookupError {
    match status {
        StatusCode::UNAUTHORIZED => LookupError::Unauthorized { setting: config::API_SECRET },
        StatusCode::FORBIDDEN => LookupError::Unauthorized { setting: config::STORE_ID },
        status => LookupError::Unavailable(status.to_string()),
    }
}

pub(super) fn refund_account(account: &RefundAccount) -> Value {
    let mut fields = json!({
        "bank": account.bank.portone_v2(),
        "number": account.number.expose(),
        "holderName": account.holder.expose(),
    });
    if let (Some(phone), Some(fields)) = (&account.phone, fields.as_object_mut()) {
        fields.insert("holderPhoneNumber".into(), phone.expose().into());
    }
    fields
}

/// What is not a success of a call that changes something.
pub(super) enum Otherwise {
    Refused(Refusal),
    InDoubt,
}

impl<T> From<Otherwise> for Answer<T> {
    fn from(otherwise: Otherwise) -> Self {
        match otherwise {
            Otherwise::Refused(refusal) => Self::Refused(refusal),
            Otherwise::InDoubt => Self::InDoubt,
        }
    }
}

fn done(reply: Result<Bytes, Otherwise>) -> Answer<()> {
    match reply {
        Ok(body) if serde_json::from_slice::<IgnoredAny>(&body).is_ok() => Answer::Done(()),
        Ok(_) => Answer::InDoubt,
        Err(otherwise) => otherwise.into(),
    }
}

/// A refusal is only what the gateway says in its own words about this call. Everything else is a doubt: no answer,
/// a fault, a limit on calls, an earlier call with the same key under way, credentials it does not take.
fn answered(reply: Result<Reply, Lost>) -> Result<Bytes, Otherwise> {
    let reply = match reply {
        Ok(reply) if reply.status == StatusCode::OK => return Ok(reply.body),
        Ok(reply) => reply,
        Err(lost) => {
            tracing::warn!(%lost, "no answer from PortOne");
            return Err(Otherwise::InDoubt);
        }
    };
    let Some(problem) = wire::problem(&reply.body) else {
        return Err(Otherwise::InDoubt);
    };
    match reply.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            tracing::error!(status = %reply.status, "PortOne refuses our credentials ({})", config::API_SECRET);
            Err(Otherwise::InDoubt)
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Err(Otherwise::InDoubt),
        StatusCode::BAD_GATEWAY if problem.is_by_the_pg() => Err(Otherwise::Refused(problem.refusal())),
        status if status.is_client_error() && !problem.is_outstanding() => {
            Err(Otherwise::Refused(problem.refusal()))
        }
        _ => Err(Otherwise::InDoubt),
    }
}
