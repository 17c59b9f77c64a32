//! How a gateway's API does: every call over the wire, by what came of it and how long it took. Labels are words of
//! this file, so there are as many series as the tables below have rows, whatever gateways answer.

use std::time::Duration;

use prometheus::{
    Error, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts,
    core::{Collector, Desc},
    proto::MetricFamily,
};
use reqwest::StatusCode;
use serde::de::IgnoredAny;

use crate::http::{Lost, Reply};

/// Seconds: from an answer out of memory to the longest that is waited.
const BUCKETS: &[f64] = &[0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0];

/// What is asked of a gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// A look-up, which changes nothing.
    LookUp,
    /// A call that changes something.
    Change,
}

impl Operation {
    const fn word(self) -> &'static str {
        match self {
            Self::LookUp => "look_up",
            Self::Change => "change",
        }
    }
}

/// What came of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Answered,
    Refused,
    Throttled,
    ServerError,
    Unreadable,
    TimedOut,
    Connection,
    TooLarge,
}

impl Outcome {
    const ALL: [Self; 8] = [
        Self::Answered,
        Self::Refused,
        Self::Throttled,
        Self::ServerError,
        Self::Unreadable,
        Self::TimedOut,
        Self::Connection,
        Self::TooLarge,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::ServerError => "server_error",
            Self::Unreadable => "unreadable",
            Self::TimedOut => "timed_out",
            Self::Connection => "connection",
            Self::TooLarge => "too_large",
        }
    }

    /// A refusal is an answer; everything else that is none leaves us without.
    const fn is_an_answer(self) -> bool {
        match self {
            Self::Answered | Self::Refused => true,
            Self::Throttled
            | Self::ServerError
            | Self::Unreadable
            | Self::TimedOut
            | Self::Connection
            | Self::TooLarge => false,
        }
    }

    fn of(reply: &Result<Reply, Lost>) -> Self {
        match reply {
            Err(Lost::TimedOut) => Self::TimedOut,
            Err(Lost::Connection) => Self::Connection,
            Err(Lost::TooLarge) => Self::TooLarge,
            Ok(reply) if reply.status.is_server_error() => Self::ServerError,
            Ok(reply) if reply.status == StatusCode::TOO_MANY_REQUESTS => Self::Throttled,
            Ok(reply) if serde_json::from_slice::<IgnoredAny>(&reply.body).is_err() => Self::Unreadable,
            Ok(reply) if reply.status.is_success() => Self::Answered,
            Ok(_) => Self::Refused,
        }
    }
}

/// The metrics of one account at a gateway. Cheap to clone; all clones count together.
#[derive(Debug, Clone)]
pub struct Traffic {
    calls: IntCounterVec,
    seconds: HistogramVec,
    failing: IntGauge,
}

impl Traffic {
    pub(crate) fn of(gateway: &str) -> Result<Self, Error> {
        let opts = |name: &str, help: &str| Opts::new(name, help).const_label("gateway", gateway);
        let calls = opts("escrow_gateway_calls_total", "Calls to a payment gateway, by what came of them.");
        let seconds = opts("escrow_gateway_call_seconds", "How long a call to a payment gateway took.");
        let failing =
            "Calls in a row that brought no answer; nought once the gateway answers, if only with a no.";
        let failing = opts("escrow_gateway_failures_in_a_row", failing);
        let seconds = HistogramOpts { common_opts: seconds, buckets: BUCKETS.to_vec() };
        let traffic = Self {
            calls: IntCounterVec::new(calls, &["operation", "outcome"])?,
            seconds: HistogramVec::new(seconds, &["operation"])?,
            failing: IntGauge::with_opts(failing)?,
        };
        // What never happened is nought, not missing: an alarm needs a series to compare with.
        for operation in [Operation::LookUp, Operation::Change] {
            for outcome in Outcome::ALL {
                traffic.calls.with_label_values(&[operation.word(), outcome.word()]).inc_by(0);
            }
        }
        Ok(traffic)
    }

    pub(crate) fn called(&self, operation: Operation, reply: &Result<Reply, Lost>, took: Duration) {
        let outcome = Outcome::of(reply);
        self.calls.with_label_values(&[operation.word(), outcome.word()]).inc();
        self.seconds.with_label_values(&[operation.word()]).observe(took.as_secs_f64());
        if outcome.is_an_answer() {
            self.failing.set(0);
        } else {
            self.failing.inc();
        }
    }
}

impl Collector for Traffic {
    fn desc(&self) -> Vec<&Desc> {
        [self.calls.desc(), self.seconds.desc(), self.failing.desc()].concat()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        [self.calls.collect(), self.seconds.collect(), self.failing.collect()].concat()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn reply(status: u16, body: &'static str) -> Reply {
        Reply { status: StatusCode::from_u16(status).unwrap(), body: Bytes::from_static(body.as_bytes()) }
    }

    #[test]
    fn what_came_of_a_call_is_told_by_its_own_word() {
        for (reply, word) in [
            (Ok(reply(200, "{}")), "answered"),
            (Ok(reply(404, r#"{"type":"PAYMENT_NOT_FOUND"}"#)), "refused"),
            (Ok(reply(429, "{}")), "throttled"),
            (Ok(reply(503, "<html>")), "server_error"),
            (Ok(reply(200, "<html>")), "unreadable"),
            (Ok(reply(200, r#"{"status":"#)), "unreadable"),
            (Ok(reply(403, "<html>")), "unreadable"),
            (Err(Lost::TimedOut), "timed_out"),
            (Err(Lost::Connection), "connection"),
            (Err(Lost::TooLarge), "too_large"),
        ] {
            assert_eq!(Outcome::of(&reply).word(), word);
        }
    }

    #[test]
    fn failures_are_counted_in_a_row() {
        let traffic = Traffic::of("toss").unwrap();
        let took = Duration::from_millis(20);
        for lost in [Lost::TimedOut, Lost::Connection] {
            traffic.called(Operation::Change, &Err(lost), took);
        }
        assert_eq!(traffic.failing.get(), 2);
        traffic.called(Operation::LookUp, &Ok(reply(404, "{}")), took);
        assert_eq!(traffic.failing.get(), 0);
        assert_eq!(traffic.calls.with_label_values(&["change", "timed_out"]).get(), 1);
        assert_eq!(traffic.calls.with_label_values(&["look_up", "timed_out"]).get(), 0);
        assert_eq!(traffic.seconds.with_label_values(&["change"]).get_sample_count(), 2);
    }
}
