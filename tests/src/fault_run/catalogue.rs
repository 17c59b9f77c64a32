//! Everything that can go wrong, by name, and through which gateways.

use domain::payment::Gateway;
use serde_json::{Value, json};

/// The gateways, in the order of the report's columns.
pub const GATEWAYS: [Gateway; 4] = [Gateway::PortoneV1, Gateway::PortoneV2, Gateway::Nicepay, Gateway::Toss];
const CAPTURED_BY_GATEWAY: &[Gateway] = &[Gateway::PortoneV1, Gateway::PortoneV2];
const CAPTURED_BY_US: &[Gateway] = &[Gateway::Nicepay, Gateway::Toss];

/// A call of ours that can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The payment is registered.
    Prepare,
    /// The payment is looked up.
    Lookup,
    /// The payment is approved by us.
    Approve,
    /// The payment is cancelled.
    Cancel,
}

/// What the buyer does in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whim {
    /// Agrees and comes back.
    Pays,
    /// Agrees, and the browser never comes back.
    ClosesBrowser,
    /// Comes back twice at once.
    ReturnsTwice,
    /// Comes back after the webhook was taken.
    ReturnsAfterWebhook,
    /// Pays while we are still registering the payment.
    PaysBeforeOurCommit,
    /// The bank says no.
    Declines,
    /// Leaves the window as it is.
    Abandons,
    /// Pays when the window is long over.
    PaysLate,
    /// Pays in two tabs.
    PaysTwice,
}

/// What becomes of a virtual account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deposit {
    /// The amount arrives.
    Exact,
    /// Too little arrives.
    Short,
    /// Too much arrives.
    Over,
    /// It arrives too late.
    Late,
    /// The bank takes it back.
    Reversed,
    /// The bank takes it back, and it comes again.
    Restored,
    /// Nothing arrives.
    Never,
}

/// What happens to a payment that was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Keeps,
    /// The buyer gives the order up.
    GivesUp,
    /// An operator gives all of it back.
    OperatorGivesBack,
    /// The seller gives a part back.
    PartBack,
    /// The goods arrive, and the money is released.
    Releases,
    /// The shop's people cancel at the gateway's console.
    ConsoleCancels,
    /// They cancel a part there.
    ConsoleCancelsPart,
    /// The card holder's bank takes the money back.
    ChargedBack,
    /// It does so after the money was released.
    ChargedBackAfterRelease,
    /// The gateway takes the cancellation on, and carries it out later.
    CancelledLater,
    /// The gateway takes the cancellation on, and fails.
    CancelledInVain,
}

/// One kind of trouble.
#[derive(Debug, Clone, PartialEq)]
pub enum Trouble {
    /// The network or the gateway spoils a call.
    Call(Step, Value),
    /// A webhook is not what it should be.
    Webhook(Value),
    /// The capture is not what was asked for.
    Capture(Value),
    /// The buyer does not do as expected.
    Buyer(Whim),
    /// The bank does not.
    Bank(Deposit),
    /// It happens after the capture.
    Later(After),
    /// Somebody pays into the shop's account for something the shop knows nothing of.
    Stranger,
}

/// A line of the catalogue.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it is called in the report.
    pub name: String,
    /// What goes wrong.
    pub trouble: Trouble,
    /// Through which gateways it can.
    pub gateways: &'static [Gateway],
}

/// The whole catalogue.
pub fn all() -> Vec<Entry> {
    let mut entries = calls();
    let entry = |name: &str, trouble, gateways| Entry { name: name.to_owned(), trouble, gateways };
    for (name, twist) in [
        ("dropped", "drop"),
        ("duplicate", "duplicate"),
        ("reordered", "reorder"),
        ("forged", "forge"),
        ("stale", "stale"),
    ] {
        entries.push(entry(&format!("webhook {name}"), Trouble::Webhook(json!(twist)), &GATEWAYS));
    }
    for (name, fault) in [
        ("amount larger", json!({ "other_amount": { "by": 1 } })),
        ("amount smaller", json!({ "other_amount": { "by": -100 } })),
        ("escrow flag lost", json!("lost_escrow")),
    ] {
        entries.push(entry(&format!("capture: {name}"), Trouble::Capture(fault), &GATEWAYS));
    }
    for (name, whim, gateways) in [
        ("browser closed", Whim::ClosesBrowser, &GATEWAYS[..]),
        ("browser back twice", Whim::ReturnsTwice, &GATEWAYS),
        ("webhook first", Whim::ReturnsAfterWebhook, CAPTURED_BY_GATEWAY),
        ("webhook before our commit", Whim::PaysBeforeOurCommit, CAPTURED_BY_GATEWAY),
        ("declined", Whim::Declines, &GATEWAYS),
        ("abandoned", Whim::Abandons, &GATEWAYS),
        ("paid after the window", Whim::PaysLate, CAPTURED_BY_GATEWAY),
        ("two captures on one order", Whim::PaysTwice, &GATEWAYS),
    ] {
        entries.push(entry(name, Trouble::Buyer(whim), gateways));
    }
    for (name, deposit) in [
        ("exact", Deposit::Exact),
        ("short", Deposit::Short),
        ("over", Deposit::Over),
        ("late", Deposit::Late),
        ("reversed", Deposit::Reversed),
        ("reversed and restored", Deposit::Restored),
        ("never", Deposit::Never),
    ] {
        entries.push(entry(&format!("deposit: {name}"), Trouble::Bank(deposit), &GATEWAYS));
    }
    entries.push(entry("webhook about an unknown payment", Trouble::Stranger, &GATEWAYS));
    for (name, after) in [
        ("given back by an operator", After::OperatorGivesBack),
        ("cancelled at the console", After::ConsoleCancels),
        ("part cancelled at the console", After::ConsoleCancelsPart),
        ("chargeback", After::ChargedBack),
        ("chargeback after release", After::ChargedBackAfterRelease),
        ("cancellation asynchronous", After::CancelledLater),
        ("cancellation asynchronous, then fails", After::CancelledInVain),
    ] {
        entries.push(entry(name, Trouble::Later(after), &GATEWAYS));
    }
    entries
}

fn calls() -> Vec<Entry> {
    let steps: [(&str, Step, &'static [Gateway]); 4] = [
        ("prepare", Step::Prepare, CAPTURED_BY_GATEWAY),
        ("look-up", Step::Lookup, &GATEWAYS),
        ("approve", Step::Approve, CAPTURED_BY_US),
        ("cancel", Step::Cancel, &GATEWAYS),
    ];
    let mut entries = vec![];
    for (step_name, step, gateways) in steps {
        for (name, mishap) in mishaps() {
            let name = format!("{step_name}: {name}");
            entries.push(Entry { name, trouble: Trouble::Call(step, mishap), gateways });
        }
    }
    for (name, mishap) in [("refused by the PG", "pg_refuses"), ("fails at the PG", "cancel_failed")] {
        let trouble = Trouble::Call(Step::Cancel, json!(mishap));
        entries.push(Entry { name: format!("cancel: {name}"), trouble, gateways: &GATEWAYS });
    }
    entries
}

/// What can happen to any call. A slow answer comes in time; an overdue one when we have given up waiting.
fn mishaps() -> Vec<(&'static str, Value)> {
    vec![
        ("time-out before the effect", json!("timeout_before")),
        ("time-out after the effect", json!("timeout_after")),
        ("500", json!({ "error": { "status": 500 } })),
        ("502 after the effect", json!({ "error_after": { "status": 502 } })),
        ("429", json!({ "error": { "status": 429 } })),
        ("reset", json!("reset")),
        ("reset after the effect", json!("reset_after")),
        ("half of the JSON", json!("truncated")),
        ("invalid JSON", json!("invalid_json")),
        ("HTML", json!("html")),
        ("slow", json!({ "delay": { "millis": 60 } })),
        ("overdue", json!({ "delay": { "millis": 700 } })),
    ]
}

/// The route of a call, as the sandbox's script names it.
pub const fn route(gateway: Gateway, step: Step) -> &'static str {
    match (gateway, step) {
        (Gateway::PortoneV1, Step::Prepare) => "POST /payments/prepare",
        (Gateway::PortoneV1, Step::Lookup) => "GET /payments/findAll/{merchant_uid}",
        (Gateway::PortoneV1, Step::Cancel) => "POST /payments/cancel",
        (Gateway::PortoneV2, Step::Prepare) => "POST /payments/{id}/pre-register",
        (Gateway::PortoneV2, Step::Lookup) => "GET /payments/{id}",
        (Gateway::PortoneV2, Step::Cancel) => "POST /payments/{id}/cancel",
        (Gateway::Nicepay, Step::Lookup) => "GET /v1/payments/find/{orderId}",
        (Gateway::Nicepay, Step::Approve) => "POST /v1/payments/{tid}",
        (Gateway::Nicepay, Step::Cancel) => "POST /v1/payments/{tid}/cancel",
        (Gateway::Toss, Step::Lookup) => "GET /v1/payments/orders/{orderId}",
        (Gateway::Toss, Step::Approve) => "POST /v1/payments/confirm",
        (Gateway::Toss, Step::Cancel) => "POST /v1/payments/{paymentKey}/cancel",
        (Gateway::PortoneV1 | Gateway::PortoneV2, Step::Approve)
        | (Gateway::Nicepay | Gateway::Toss, Step::Prepare) => "none",
    }
}
