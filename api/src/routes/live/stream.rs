//! `GET /events/stream`
//!
//! A doorbell for open pages: it says what changed where, and the page asks for it as usual. So nothing is told here
//! that the page could not read, no personal data among it, and a lost message costs a moment, never data.
//!
//! The log's positions are the messages' ids, so a page that lost its connection goes on where it was. One that was
//! away for too long is told to read everything again, which is cheaper for both.

use std::{collections::VecDeque, convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use chrono::{DateTime, Utc};
use domain::id::OrderId;
use futures::{Stream, stream};
use serde::Serialize;
use store::RawEvent;
use tokio::{
    sync::{OwnedSemaphorePermit, watch},
    time::{Instant, timeout_at},
};
use utoipa::ToSchema;

use super::parties::audience;
use crate::{
    extract::{AnyOne, Identity},
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

const LAST_EVENT_ID: &str = "last-event-id";
/// Read from the log at once.
const BATCH: usize = 200;
/// Further back than this a page reads everything again.
const REPLAY_MAX: i64 = 5_000;
/// Then the page comes back with its token, which may have expired.
const LIFETIME: Duration = Duration::from_mins(15);
/// How often a silent stream shows that it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// The event's place in the log: `min_position` of a read that shall show it.
    position: i64,
    /// The event's name.
    event: String,
    /// The stream it is of, `ord_…`, `pay_…`, `prd_…` and so on.
    stream_id: String,
    /// The order it is about, if it is about one.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<OrderId>,
    /// When it was recorded.
    recorded_at: DateTime<Utc>,
}

/// What changes, as it changes, as server-sent events. A message `change` carries its position as `id` and a `Change`
/// as data; `reset` says that too much was missed and everything is to be read again. Buyers and sellers hear of
/// products and of their own orders, operators and auditors of everything. The stream ends now and then: come back
/// with the last id.
#[utoipa::path(
    get, path = "/events/stream", tag = "system", security(("token" = [])),
    params(("Last-Event-ID" = Option<i64>, Header, minimum = 0,
        description = "Go on after this position; from now on where nothing is said")),
    responses((status = OK, description = "A stream of changes", body = Change, content_type = "text/event-stream"), QueryProblems),
)]
pub async fn stream(
    State(services): State<Services>,
    AnyOne(identity): AnyOne,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let permit = services.listeners.clone().try_acquire_owned();
    let permit = permit.map_err(|_| Problem::plain(Kind::Overloaded))?;
    let head = services.feed.head();
    let from = last_event_id(&headers)?.unwrap_or(head);
    let is_too_far = from > head || head - from > REPLAY_MAX;
    let listener = Listener {
        position: if is_too_far { head } else { from },
        ready: is_too_far
            .then(|| Event::default().event("reset").id(head.to_string()).data("{}"))
            .into_iter()
            .collect(),
        ends_at: Instant::now() + LIFETIME,
        stopping: services.stopping.clone(),
        services,
        identity,
        _permit: permit,
    };
    Ok(Sse::new(listener.messages()).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let bad = || Problem::new(Kind::InvalidHeader, "Last-Event-ID has to be a position");
    let Some(header) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let position = header.to_str().ok().and_then(|text| text.parse().ok()).filter(|position| *position >= 0);
    position.map(Some).ok_or_else(bad)
}

/// One open page.
struct Listener {
    services: Services,
    identity: Identity,
    position: i64,
    ready: VecDeque<Event>,
    ends_at: Instant,
    stopping: watch::Receiver<bool>,
    _permit: OwnedSemaphorePermit,
}

impl Listener {
    fn messages(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut listener| async move {
            let event = listener.next().await?;
            Some((Ok(event), listener))
        })
    }

    /// The next message; none where the stream is to end.
    async fn next(&mut self) -> Option<Event> {
        while self.ready.is_empty() {
            let beyond = timeout_at(self.ends_at, self.services.feed.wait_beyond(self.position));
            tokio::select! {
                _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                waited = beyond => waited.ok()?,
            };
            self.read_on().await.inspect_err(|why| tracing::warn!(%why, "a page's stream ends")).ok()?;
        }
        self.ready.pop_front()
    }

    async fn read_on(&mut self) -> Result<(), String> {
        let events = self.services.feed.follow(self.position, BATCH).await.map_err(|why| why.to_string())?;
        for event in events {
            self.position = event.position;
            let audience = audience(&self.services, &event).await.map_err(|why| why.to_string())?;
            if audience.holds(&self.identity) {
                self.ready.push_back(message(event, audience.order_id()));
            }
        }
        Ok(())
    }
}

fn message(event: RawEvent, order_id: Option<OrderId>) -> Event {
    let id = event.position.to_string();
    let change = Change {
        position: event.position,
        event: event.event_type,
        stream_id: event.aggregate_id,
        order_id,
        recorded_at: event.recorded_at,
    };
    // A map of plain values always serialises.
    Event::default().event("change").id(id).data(serde_json::to_string(&change).unwrap_or_default())
}
