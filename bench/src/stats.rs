//! Medians, percentiles and ratios: the only place with fractions.

#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "measured times and rates are not money"
)]

use std::time::Duration;

/// What one contender did in one round.
#[derive(Debug, Default, Clone)]
pub struct Slice {
    /// Operations that ended within the time measured.
    pub operations: u64,
    /// Events they appended or read.
    pub events: u64,
    /// How long it was measured.
    pub elapsed: Duration,
    /// Each operation's time, in microseconds.
    pub latencies: Vec<u32>,
}

/// All rounds of one contender.
#[derive(Debug, Default, Clone)]
pub struct Series(Vec<Measured>);

#[derive(Debug, Clone, Copy)]
struct Measured {
    operations: f64,
    events: f64,
    p50: f64,
    p99: f64,
}

impl Slice {
    /// Something that ran once, as one operation.
    pub fn of_one_run(events: u64, elapsed: Duration) -> Self {
        Self { operations: 1, events, elapsed, latencies: vec![] }
    }
}

impl Series {
    /// Adds a round.
    pub fn add(&mut self, mut slice: Slice) {
        slice.latencies.sort_unstable();
        let seconds = slice.elapsed.as_secs_f64();
        self.0.push(Measured {
            operations: slice.operations as f64 / seconds,
            events: slice.events as f64 / seconds,
            p50: percentile(&slice.latencies, 50),
            p99: percentile(&slice.latencies, 99),
        });
    }

    /// Operations in a second, median of the rounds.
    pub fn operations(&self) -> f64 {
        self.median(|one| one.operations)
    }

    /// Events in a second, median of the rounds.
    pub fn events(&self) -> f64 {
        self.median(|one| one.events)
    }

    /// The latency half of the operations stay within, in milliseconds, median of the rounds.
    pub fn p50(&self) -> f64 {
        self.median(|one| one.p50)
    }

    /// The latency 99 of 100 operations stay within, in milliseconds, median of the rounds.
    pub fn p99(&self) -> f64 {
        self.median(|one| one.p99)
    }

    /// How far the rounds' rates lie apart, in parts of their median.
    pub fn spread(&self) -> f64 {
        let rates = || self.0.iter().map(|one| one.events);
        let (low, high) = (rates().fold(f64::INFINITY, f64::min), rates().fold(0.0, f64::max));
        ratio(high - low, self.events())
    }

    fn median(&self, value: impl Fn(&Measured) -> f64) -> f64 {
        let mut values: Vec<f64> = self.0.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        match (values.get(middle.wrapping_sub(1)), values.get(middle)) {
            (Some(below), Some(above)) if values.len().is_multiple_of(2) => f64::midpoint(*below, *above),
            (_, Some(middle)) => *middle,
            (_, None) => 0.0,
        }
    }
}

/// The value `percent` of the sorted ones stay within, from microseconds to milliseconds.
fn percentile(sorted: &[u32], percent: usize) -> f64 {
    let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(index).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
}

/// `part / whole`, nothing of nothing.
pub fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// The largest of some values.
pub fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, f64::max)
}

/// A share in hundredths.
pub fn percent(share: f64) -> f64 {
    share * 100.0
}

/// A value with `digits` decimals, as JSON takes it.
pub fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(events: u64, latencies: Vec<u32>) -> Slice {
        Slice { operations: events, events, elapsed: Duration::from_secs(2), latencies }
    }

    #[test]
    fn a_series_tells_medians_and_spread() {
        let mut series = Series::default();
        for events in [200, 100, 400] {
            series.add(slice(events, (1..=100).map(|micros| micros * 1_000).collect()));
        }
        assert_eq!(series.events().to_string(), "100");
        assert_eq!(series.spread().to_string(), "1.5");
        assert_eq!((series.p50().to_string(), series.p99().to_string()), ("50".to_owned(), "99".to_owned()));
    }

    #[test]
    fn an_even_number_of_rounds_has_the_middle_of_the_two() {
        let mut series = Series::default();
        series.add(slice(200, vec![]));
        series.add(slice(400, vec![]));
        assert_eq!(series.events().to_string(), "150");
    }
}
