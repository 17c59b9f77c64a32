//! Business days: Mondays to Fridays that are no public holiday of Korea. The table is data; where it ends, weekends
//! alone are left out, so a table that was not kept up makes a deadline early by a day and never stops anything.

use std::{collections::BTreeSet, str::FromStr, sync::LazyLock};

use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};
use thiserror::Error;

use crate::calendar;

/// The table the house comes with.
pub static KOREA: LazyLock<Holidays> =
    LazyLock::new(|| include_str!("holidays.csv").parse().unwrap_or_default());

/// Days on which nobody works, besides weekends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays(BTreeSet<NaiveDate>);

/// A line that is no day.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line} of the holidays is no day of the form 2026-03-02")]
pub struct NotADay {
    /// Which, from 1.
    pub line: usize,
}

/// How a deadline is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// That many full days, to the end of the day.
    Days(u32),
    /// That many business days, to the end of the last.
    BusinessDays(u32),
}

impl FromStr for Holidays {
    type Err = NotADay;

    /// One day a line, whatever stands after a comma; empty lines and those that begin with `#` say nothing.
    fn from_str(text: &str) -> Result<Self, NotADay> {
        let mut days = BTreeSet::new();
        for (number, line) in text.lines().enumerate() {
            let day = line.split(',').next().unwrap_or_default().trim();
            if !day.is_empty() && !day.starts_with('#') {
                days.insert(day.parse().map_err(|_| NotADay { line: number.saturating_add(1) })?);
            }
        }
        Ok(Self(days))
    }
}

impl Holidays {
    /// Whether people work on that day.
    pub fn is_business_day(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.0.contains(&day)
    }

    /// The last second of the Seoul day that ends `term` after `from`. `None` only where the calendar itself ends.
    pub fn deadline(&self, from: DateTime<Utc>, term: Term) -> Option<DateTime<Utc>> {
        match term {
            Term::Days(days) => calendar::end_of_seoul_day_after(from, days),
            Term::BusinessDays(days) => {
                let mut day = calendar::seoul_day(from)?;
                let (mut passed, mut left) = (0u32, days);
                while left > 0 {
                    day = day.succ_opt()?;
                    passed = passed.checked_add(1)?;
                    left -= u32::from(self.is_business_day(day));
                }
                calendar::end_of_seoul_day_after(from, passed)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn weekends_and_holidays_are_no_business_days() {
        // Friday 13 February 2026; Monday to Wednesday are Seollal.
        let friday = at("2026-02-13T03:00:00Z");
        assert_eq!(KOREA.deadline(friday, Term::BusinessDays(1)), Some(at("2026-02-19T14:59:59Z")));
        assert_eq!(KOREA.deadline(friday, Term::BusinessDays(3)), Some(at("2026-02-23T14:59:59Z")));
        assert_eq!(KOREA.deadline(friday, Term::Days(3)), Some(at("2026-02-16T14:59:59Z")));
    }

    #[test]
    fn late_in_the_evening_it_is_tomorrow_in_seoul() {
        // Thursday 15:30 UTC is Friday 00:30 in Seoul: one business day later is Monday.
        let thursday = at("2026-03-12T15:30:00Z");
        assert_eq!(KOREA.deadline(thursday, Term::BusinessDays(1)), Some(at("2026-03-16T14:59:59Z")));
    }

    #[test]
    fn without_a_table_weekends_are_left_out_all_the_same() {
        let none = Holidays::default();
        let friday = at("2026-02-13T03:00:00Z");
        assert_eq!(none.deadline(friday, Term::BusinessDays(1)), Some(at("2026-02-16T14:59:59Z")));
    }

    #[test]
    fn the_table_is_read_and_a_wrong_line_is_named() {
        assert_eq!(
            "# a year\n\n2026-07-17,Constitution Day\n".parse::<Holidays>().map(|days| days.0.len()),
            Ok(1)
        );
        assert_eq!("2026-07-17\n17.7.2026".parse::<Holidays>(), Err(NotADay { line: 2 }));
        assert_eq!(KOREA.0.len(), 59);
    }

    #[test]
    fn the_calendar_ends_without_a_panic() {
        assert_eq!(KOREA.deadline(DateTime::<Utc>::MAX_UTC, Term::BusinessDays(1)), None);
    }
}
