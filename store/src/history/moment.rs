//! A place in time: a position of the log, or a moment of recorded time.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::NoPast;
use crate::{Log, log::RawEvent};

/// Until when a history counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The events up to this position.
    Position(i64),
    /// The events recorded by then.
    Time(DateTime<Utc>),
}

/// A text that names no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a position from 1 on, or a moment like 2026-03-02T09:00:00Z, is taken")]
pub struct NotAMoment;

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        if let Ok(position) = text.parse() {
            return if position > 0 { Ok(Self::Position(position)) } else { Err(NotAMoment) };
        }
        // A plus sign that was not escaped comes out of a query as a space.
        let time = DateTime::parse_from_rfc3339(&text.replace(' ', "+")).map_err(|_| NotAMoment)?;
        Ok(Self::Time(time.with_timezone(&Utc)))
    }
}

impl Moment {
    /// Whether an event had happened by then.
    pub fn counts(self, event: &RawEvent) -> bool {
        match self {
            Self::Position(position) => event.position <= position,
            Self::Time(time) => event.recorded_at <= time,
        }
    }

    /// A position that the log has not reached is no moment of its past.
    pub(super) async fn reached(self, log: &Log) -> Result<(), NoPast> {
        match self {
            Self::Time(_) => Ok(()),
            Self::Position(asked) => {
                let head = log.head().await?.position;
                if asked <= head { Ok(()) } else { Err(NoPast::Beyond { asked, head }) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_or_a_time_with_its_zone_is_a_moment() {
        assert_eq!("7".parse(), Ok(Moment::Position(7)));
        let noon: DateTime<Utc> = "2026-03-02T12:00:00Z".parse().unwrap();
        for text in ["2026-03-02T12:00:00Z", "2026-03-02T21:00:00+09:00", "2026-03-02T21:00:00 09:00"] {
            assert_eq!(text.parse(), Ok(Moment::Time(noon)), "{text}");
        }
        for text in ["", "0", "-1", "now", "2026-03-02", "2026-03-02T12:00:00", "9223372036854775808"] {
            assert_eq!(text.parse::<Moment>(), Err(NotAMoment), "{text}");
        }
    }
}
