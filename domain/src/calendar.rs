//! Days as the law counts them: in Asia/Seoul (UTC+9 the year round), to the end of the day.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};

const SEOUL_OFFSET_SECONDS: i32 = 9 * 3600;

/// The last second of the Seoul day that lies `days` full days after `from`.
///
/// `None` only where the calendar itself ends.
pub fn end_of_seoul_day_after(from: DateTime<Utc>, days: u32) -> Option<DateTime<Utc>> {
    let seoul = FixedOffset::east_opt(SEOUL_OFFSET_SECONDS)?;
    let local = from.naive_utc().checked_add_offset(seoul)?;
    let day = local.date().checked_add_days(chrono::Days::new(u64::from(days)))?;
    let next_midnight = day.succ_opt()?.and_time(NaiveTime::MIN);
    let last_second = next_midnight.checked_sub_signed(Duration::seconds(1))?;
    seoul.from_local_datetime(&last_second).single().map(|at| at.with_timezone(&Utc))
}

/// The day it is in Seoul at a moment. `None` only where the calendar itself ends.
pub fn seoul_day(at: DateTime<Utc>) -> Option<NaiveDate> {
    let seoul = FixedOffset::east_opt(SEOUL_OFFSET_SECONDS)?;
    at.naive_utc().checked_add_offset(seoul).map(|local| local.date())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_delivery_late_in_the_evening_of_seoul_counts_from_that_day() {
        // 23:30 on 2 March in Seoul
        assert_eq!(end_of_seoul_day_after(at("2026-03-02T14:30:00Z"), 7), Some(at("2026-03-09T14:59:59Z")));
        // half an hour later it is 3 March there
        assert_eq!(end_of_seoul_day_after(at("2026-03-02T15:00:00Z"), 7), Some(at("2026-03-10T14:59:59Z")));
    }

    #[test]
    fn the_calendar_ends_without_a_panic() {
        assert_eq!(end_of_seoul_day_after(DateTime::<Utc>::MAX_UTC, 0), None);
        assert_eq!(end_of_seoul_day_after(at("2026-03-02T15:00:00Z"), u32::MAX), None);
    }
}
