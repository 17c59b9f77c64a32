//! Asking NicePay, and telling its answers apart.

use chrono::{DateTime, SecondsFormat, TimeDelta, Timelike, Utc};
use reqwest::{StatusCode, Url, header::AUTHORIZATION};
use serde_json::Value;
use uuid::Uuid;

use super::{Nicepay, config, wire};
use crate::{
    answer::{Answer, LookupError, Refusal},
    config::behind,
    snapshot::Snapshot,
    time::{SEOUL, day_in_seoul},
};

/// Before midnight by less than this, an order can have been made on the next day.
const NEAR_MIDNIGHT: TimeDelta = TimeDelta::minutes(60);

/// The codes of a call that lacks a field.
const FIELD_MISSING: [&str; 2] = ["A117", "U100"];

/// How a call that changes something came out.
pub(super) enum Outcome {
    Done(Box<wire::Document>),
    No(Refusal),
    /// The gateway answered before it was done.
    Later,
    InDoubt,
}

impl Nicepay {
    /// Sends a call that changes something, once.
    pub(super) async fn change(&self, path: &[&str], body: &Value) -> Outcome {
        let request = self
            .http
            .client()
            .post(behind(&self.base, path))
            .header(AUTHORIZATION, self.authorization.expose())
            .json(body);
        let reply = match self.http.change(request).await {
            Ok(reply) => reply,
            Err(lost) => {
                tracing::warn!(%lost, "no answer from NicePay");
                return Outcome::InDoubt;
            }
        };
        match reply.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                tracing::error!(status = %reply.status, "NicePay refuses our keys ({})", config::BOTH_KEYS);
                return Outcome::InDoubt;
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => return Outcome::InDoubt,
            status if status.is_success() || status.is_client_error() => {}
            _ => return Outcome::InDoubt,
        }
        match wire::read(&reply.body) {
            Ok(document) if document.goes_on() => Outcome::Later,
            Ok(document) if document.is_undecided() => Outcome::InDoubt,
            Ok(document) if document.is_success() && reply.status.is_success() => {
                Outcome::Done(Box::new(document))
            }
            Ok(document) if document.is_success() => Outcome::InDoubt,
            Ok(document) => Outcome::No(document.refusal()),
            Err(_) => Outcome::InDoubt,
        }
    }

    async fn look(&self, url: &Url) -> Result<Option<Snapshot>, LookupError> {
        let reply = self
            .http
            .look_up(|client| client.get(url.clone()).header(AUTHORIZATION, self.authorization.expose()))
            .await
            .map_err(|lost| LookupError::Unavailable(lost.to_string()))?;
        let document = wire::read(&reply.body);
        match (reply.status, document) {
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => {
                Err(LookupError::Unauthorized { setting: config::BOTH_KEYS })
            }
            (_, Ok(document)) if document.is_nothing() => Ok(None),
            (StatusCode::OK, Ok(document)) if document.status.is_some() => {
                document.snapshot(&self.keys).map(Some).map_err(LookupError::Unreadable)
            }
            (StatusCode::OK, Err(error)) => Err(LookupError::Unreadable(error)),
            (_, Ok(document)) => Err(LookupError::Unavailable(document.refusal().to_string())),
            (status, Err(_)) => Err(LookupError::Unavailable(status.to_string())),
        }
    }

    /// By the gateway's own key.
    pub(super) async fn by_tid(&self, tid: &str) -> Result<Option<Snapshot>, LookupError> {
        self.look(&behind(&self.base, &["v1", "payments", tid])).await
    }

    /// By our id. The manual wants the day of the order beside it, which our ids carry; an order that is not found
    /// without it is looked for with it before it is said to be unknown.
    pub(super) async fn by_order(&self, id: &str) -> Result<Option<Snapshot>, LookupError> {
        let url = behind(&self.base, &["v1", "payments", "find", id]);
        let plain = self.look(&url).await;
        match &plain {
            Ok(None) => {}
            Err(LookupError::Unavailable(why)) if FIELD_MISSING.iter().any(|code| why.starts_with(code)) => {}
            Ok(Some(_)) | Err(_) => return plain,
        }
        let mut last = plain;
        for day in days(id) {
            let mut dated = url.clone();
            dated.query_pairs_mut().append_pair("orderDate", &day);
            last = self.look(&dated).await;
            if !matches!(last, Ok(None)) {
                break;
            }
        }
        last
    }

    /// The gateway's no, unless a look-up finds that what was asked for is the case.
    pub(super) async fn unless(
        &self,
        id: &str,
        refusal: Refusal,
        is_done: impl Fn(&Snapshot) -> bool,
    ) -> Answer<()> {
        match self.by_order(id).await {
            Ok(Some(seen)) if is_done(&seen) => Answer::Done(()),
            Ok(_) => Answer::Refused(refusal),
            Err(_) => Answer::InDoubt,
        }
    }
}

/// The days an order can have been made on, by the time in its id.
fn days(id: &str) -> Vec<String> {
    let Some((seconds, _)) =
        Uuid::try_parse(id).ok().and_then(|id| id.get_timestamp()).map(|made| made.to_unix())
    else {
        return Vec::new();
    };
    let Some(made) = i64::try_from(seconds).ok().and_then(|made| DateTime::from_timestamp(made, 0)) else {
        return Vec::new();
    };
    let mut days = vec![day_in_seoul(made)];
    let midnight_is_near = (made + SEOUL).hour() == 23;
    if midnight_is_near {
        days.push(day_in_seoul(made + NEAR_MIDNIGHT));
    }
    days
}

/// The time a call is made, as it is signed.
pub(super) fn edi_date() -> String {
    let now: DateTime<Utc> = ambient::Clock::system().now();
    now.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_an_order_is_read_from_its_id() {
        // 2026-03-01T14:30:00Z is half past eleven at night in Seoul.
        let id = |millis: u64| format!("{millis:012x}70008000000000000000");
        assert_eq!(days(&id(1_772_375_400_000)), ["20260301", "20260302"]);
        assert_eq!(days(&id(1_772_375_400_000 + 3_600_000)), ["20260302"]);
        assert!(days("not-one-of-ours").is_empty());
    }
}
