//! The table of outcomes. A cell is the order's status and the payment's.

use std::fmt::Write;

const CAPTURES: &str = "– the gateway captures";
const WE_CAPTURE: &str = "– nothing is captured without us";

/// What can become of a payment, and how it ends at PortOne V1, PortOne V2, NicePay and Toss Payments.
const TABLE: [(&str, [&str; 4]); 33] = [
    ("the browser comes back", ["paid, authorized"; 4]),
    ("the browser is closed", ["paid, authorized", "paid, authorized", "expired, failed", "expired, failed"]),
    ("the window is abandoned", ["expired, expired"; 4]),
    ("the bank declines", ["awaiting_payment, failed"; 4]),
    ("paid after the window", ["expired, refunded", "expired, refunded", WE_CAPTURE, WE_CAPTURE]),
    (
        "two tabs pay one order: the second",
        ["paid, refunded", "paid, refunded", "paid, failed", "paid, failed"],
    ),
    (
        "approval without an answer, before its effect",
        [CAPTURES, CAPTURES, "awaiting_payment, failed", "paid, authorized"],
    ),
    (
        "approval without an answer, after its effect",
        [CAPTURES, CAPTURES, "paid, authorized", "paid, authorized"],
    ),
    ("webhook before our own commit", ["paid, authorized"; 4]),
    ("webhook first", ["paid, authorized"; 4]),
    ("webhook duplicate", ["paid, authorized"; 4]),
    ("webhook reordered", ["paid, authorized"; 4]),
    ("webhook dropped", ["paid, authorized"; 4]),
    ("webhook stale", ["paid, authorized"; 4]),
    ("webhook forged", ["paid, authorized"; 4]),
    ("webhook about an unknown payment", ["refused with 404 until the gateway gives up"; 4]),
    ("more captured than asked for", ["awaiting_payment, refunded"; 4]),
    ("less captured than asked for", ["awaiting_payment, refunded"; 4]),
    ("escrow flag lost", ["awaiting_payment, refunded"; 4]),
    ("deposit exact", ["paid, authorized"; 4]),
    ("deposit short", ["awaiting_payment, refunded"; 4]),
    ("deposit over", ["awaiting_payment, refunded"; 4]),
    ("deposit never", ["expired, expired", "expired, expired", "expired, failed", "expired, expired"]),
    ("deposit late", ["expired, refunded"; 4]),
    ("deposit reversed", ["cancelled, deposit_lost"; 4]),
    ("deposit reversed and restored", ["paid, authorized"; 4]),
    ("cancellation without an answer, before its effect", ["cancelled, refunded"; 4]),
    ("cancellation without an answer, after its effect", ["cancelled, refunded"; 4]),
    ("cancellation asynchronous", ["cancelled, refunded"; 4]),
    ("cancellation refused or failed, then asked for anew", ["cancelled, refunded"; 4]),
    ("cancelled at the console, a part and the rest", ["cancelled, refunded"; 4]),
    ("chargeback", ["cancelled, refunded"; 4]),
    ("chargeback after the release", ["confirmed, charged_back"; 4]),
];

/// The sources of the rows' tests.
const TESTS: [&str; 6] = [
    include_str!("approved.rs"),
    include_str!("captured.rs"),
    include_str!("deposited.rs"),
    include_str!("given_back.rs"),
    include_str!("lost.rs"),
    include_str!("told.rs"),
];

/// How a row ends at each gateway.
pub fn cells(row: &str) -> [&'static str; 4] {
    TABLE.iter().find(|(name, _)| *name == row).unwrap_or_else(|| panic!("no row {row}")).1
}

#[test]
fn every_row_is_played() {
    for (row, _) in TABLE {
        let name = format!("\"{row}\"");
        assert!(TESTS.iter().any(|source| source.contains(&name)), "nothing plays {row}");
    }
}

#[test]
fn the_table_stands_in_the_documentation() {
    let mut table = String::new();
    for (row, cells) in TABLE {
        writeln!(table, "| {row} | {} |", cells.join(" | ")).unwrap();
    }
    let documentation = include_str!("../../../docs/gateways.md");
    assert!(documentation.contains(&table), "docs/gateways.md should say:\n{table}");
}
