//! The last requests, for assertions: what the sandbox was really asked.

use std::{collections::VecDeque, sync::Mutex};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{app::hold, protocol::Protocol};

/// How much of a body is remembered.
const MAX_BODY: usize = 4_096;

/// One request and its answer.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// When, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// The protocol it was asked in.
    pub protocol: Protocol,
    /// The operation, as `POST /payments/{id}/cancel`.
    pub route: &'static str,
    /// The payment.
    pub payment_id: String,
    /// The query.
    pub query: String,
    /// The body, cut if long.
    pub body: String,
    /// The `Idempotency-Key` as it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// The status answered, nought if the connection was cut.
    pub status: u16,
    /// The fault that was played.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// The ring of the last requests.
#[derive(Debug)]
pub struct RequestLog {
    ring: Mutex<VecDeque<Asked>>,
    limit: usize,
}

impl RequestLog {
    pub const fn new(limit: usize) -> Self {
        Self { ring: Mutex::new(VecDeque::new()), limit }
    }

    pub fn push(&self, asked: Asked) {
        let mut ring = hold(&self.ring);
        if ring.len() >= self.limit {
            ring.pop_front();
        }
        if self.limit > 0 {
            ring.push_back(asked);
        }
    }

    pub fn all(&self) -> Vec<Asked> {
        hold(&self.ring).iter().cloned().collect()
    }

    pub fn clear(&self) {
        hold(&self.ring).clear();
    }
}

/// The start of a body as text.
pub fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(body.get(..MAX_BODY).unwrap_or(body)).into_owned()
}
