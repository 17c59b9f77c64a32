//! What a run says: tables for people, or one JSON object a line for programs.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "saying it is what this program is for")]

use comfy_table::{CellAlignment, ContentArrangement, Table, presets::UTF8_BORDERS_ONLY};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::{
    args::Args,
    stats::{Series, percent},
};

/// Tables or JSON.
pub struct Report {
    json: bool,
}

impl Report {
    /// As asked for.
    pub fn new(args: &Args) -> Self {
        Self { json: args.json }
    }

    /// A heading, for people.
    pub fn title(&self, text: &str) {
        if !self.json {
            println!("\n{text}");
        }
    }

    /// A table, for people: a heading, then rows. The first column is words, the others numbers.
    pub fn table(&self, heading: &[&str], rows: Vec<Vec<String>>) {
        if self.json {
            return;
        }
        let mut table = Table::new();
        table.load_preset(UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(heading).add_rows(rows);
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        println!("{table}");
    }

    /// A line of words, for people.
    pub fn say(&self, text: &str) {
        if !self.json {
            println!("{text}");
        }
    }

    /// One object, for programs.
    pub fn object(&self, object: &Value) {
        if self.json {
            println!("{object}");
        }
    }
}

/// Why the run ended early.
pub fn complain(failure: &crate::Failure) {
    eprintln!("bench: {failure}");
}

/// How far a run is, on standard error.
pub fn progress(steps: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} of about {duration}  {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// The columns every series has: rate, spread, latencies.
pub fn columns(series: &Series) -> Vec<String> {
    let spread = format!("{:.0} %", percent(series.spread()));
    vec![whole(series.events()), spread, millis(series.p50()), millis(series.p99())]
}

/// A rate: whole, in groups of three digits.
pub fn whole(value: f64) -> String {
    grouped(&format!("{value:.0}"))
}

/// A number of things.
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// Milliseconds.
pub fn millis(value: f64) -> String {
    format!("{value:.2}")
}

/// A ratio and whether it is as aimed.
pub struct Aim {
    /// What is aimed at.
    pub what: String,
    /// What it came to.
    pub value: f64,
    /// The bound.
    pub bound: f64,
    /// Whether less is better.
    pub at_most: bool,
}

impl Aim {
    /// Whether it is reached.
    pub fn reached(&self) -> bool {
        if self.at_most { self.value <= self.bound } else { self.value >= self.bound }
    }

    fn row(&self) -> Vec<String> {
        let sign = if self.at_most { "≤" } else { "≥" };
        let word = if self.reached() { "reached" } else { "MISSED" };
        vec![
            self.what.clone(),
            format!("{:.2}", self.value),
            format!("{sign} {:.2}", self.bound),
            word.to_owned(),
        ]
    }
}

/// What was aimed at and what it came to, for people.
pub fn aims(report: &Report, aims: &[Aim]) {
    report.title("aims");
    report.table(&["ratio within this run", "is", "aim", ""], aims.iter().map(Aim::row).collect());
}
