//! Answers as tables.

use comfy_table::{Attribute, Cell, CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use serde_json::Value;

use super::client::text;

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    let bold = |name: &&str| Cell::new(name).add_attribute(Attribute::Bold);
    table.load_preset(UTF8_FULL_CONDENSED).set_header(head.iter().map(bold));
    table
}

fn items<'a>(body: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    body.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn amount(value: &Value, name: &str) -> Cell {
    Cell::new(text(value, name)).set_alignment(CellAlignment::Right)
}

/// One row per event.
pub(super) fn timeline(body: &Value) -> String {
    let mut table = table(&["position", "event", "what"]);
    for moment in items(body, "items") {
        table.add_row([
            amount(moment, "position"),
            Cell::new(text(moment, "event")),
            Cell::new(text(moment, "text")),
        ]);
    }
    table.to_string()
}

/// One row per entry.
pub(super) fn journal(body: &Value) -> String {
    let mut table = table(&["position", "event", "account", "name", "debit", "credit", ""]);
    for posting in items(body, "items") {
        for entry in items(posting, "entries") {
            let is_debit = text(entry, "side") == "debit";
            let (debit, credit) = if is_debit { ("amount", "") } else { ("", "amount") };
            table.add_row([
                amount(posting, "position"),
                Cell::new(text(posting, "event")),
                Cell::new(text(entry, "account")),
                Cell::new(text(entry, "name")),
                amount(entry, debit),
                amount(entry, credit),
                Cell::new(text(entry, "currency")),
            ]);
        }
    }
    table.to_string()
}

/// One row per account of the chart, and the sums.
pub(super) fn trial_balance(body: &Value) -> String {
    let mut table = table(&["account", "name", "debit", "credit", "balance", ""]);
    let row = |value: &Value, code: String, name: String| {
        [
            Cell::new(code),
            Cell::new(name),
            amount(value, "debit"),
            amount(value, "credit"),
            amount(value, "balance"),
            Cell::new(text(value, "currency")),
        ]
    };
    for account in items(body, "accounts") {
        table.add_row(row(account, text(account, "code"), text(account, "name")));
    }
    for total in items(body, "totals") {
        table.add_row(row(total, String::new(), "all".to_owned()));
    }
    table.to_string()
}
