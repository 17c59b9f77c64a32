//! Holding the shop's books against the gateways'. What the gateways moved is read from their settlement files, which
//! no connector reads; what the shop believes, from its API.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    catalogue::GATEWAYS,
    report::Report,
    shop::{Case, Shop, each},
};
use crate::{
    actors::{Counted, Payment},
    settlement::Moved,
};

/// Statuses in which a payment still waits for something.
const UNFINISHED: [&str; 6] =
    ["created", "prepared", "awaiting_deposit", "authenticated", "in_doubt", "deposit_reversed"];
/// Statuses of a payment that moved no money in the end.
const WITHOUT_MONEY: [&str; 4] = ["failed", "expired", "cancelled", "deposit_lost"];

/// Both sides' sums.
#[derive(Debug, Default)]
struct Sums {
    captured: i64,
    given_back: i64,
    released: i64,
    held: i64,
    strangers: i64,
}

/// Compares everything; the differences are listed.
pub async fn compared(shop: &Shop, cases: &[Case]) -> Report {
    let mut moved = settlements(shop).await;
    let mut report = Report { planned: cases.len(), ..Report::default() };
    report.events = shop.world.chain_is_whole().await.events;
    let mut sums = Sums::default();
    let shown = each(cases, |case| async move {
        let payments = each(&case.payments, |payment| shop.world.operator.payment(payment)).await;
        (case, shop.world.operator.order(&case.order).await, payments)
    });
    for (case, order, payments) in shown.await {
        let mut net = vec![];
        for (payment, shown) in case.payments.iter().zip(&payments) {
            let theirs = moved.remove(&payment.gateway_id).unwrap_or_default();
            report.attempts += 1;
            *report.endings.entry(shown["payment_status"].as_str().unwrap().to_owned()).or_default() += 1;
            sums.add(shown, theirs);
            net.push(theirs.captured - theirs.given_back);
            if let Some(what) = difference(shown, theirs) {
                report.differences.push(told(case, payment, &what));
            }
        }
        if let Some(stranger) = &case.stranger {
            let theirs = moved.remove(&stranger.gateway_id).unwrap_or_default();
            sums.strangers += theirs.captured - theirs.given_back;
            if let Some(what) = was_taken(shop, stranger, theirs).await {
                report.differences.push(told(case, stranger, &what));
            }
        }
        if let Some(what) = wrong_order(&order, &net) {
            report.differences.push(told(case, &case.payments[0], &what));
        }
    }
    for (name, theirs) in moved {
        report.differences.push(format!("{name}: {theirs:?} belongs to no payment"));
    }
    the_ledger(shop, &sums, &mut report).await;
    report
}

impl Sums {
    fn add(&mut self, shown: &Value, theirs: Moved) {
        self.captured += theirs.captured;
        self.given_back += theirs.given_back;
        for hold in shown["escrows"].as_array().unwrap() {
            self.released += hold.won("released");
            self.held += hold.won("funded") - hold.won("released") - hold.won("refunded");
        }
    }
}

/// What the settlement files say, by the shop's id.
async fn settlements(shop: &Shop) -> BTreeMap<String, Moved> {
    let mut all = BTreeMap::new();
    for gateway in GATEWAYS {
        all.extend(shop.world.counter.moved_by(&gateway.name().replace('_', "-")).await);
    }
    all
}

/// What one payment's two sides do not agree about.
fn difference(shown: &Value, theirs: Moved) -> Option<String> {
    let status = shown["payment_status"].as_str().unwrap();
    let (captured, refunded) = (shown.won("captured_amount"), shown.won("refunded_amount"));
    let told = format!("{status}, captured {captured}, refunded {refunded}; the gateway: {theirs:?}");
    if UNFINISHED.contains(&status) {
        return Some(format!("still {told}"));
    }
    let agrees = match status {
        // Captured and given back before anybody here could know it is as good as never captured.
        _ if WITHOUT_MONEY.contains(&status) => theirs.captured == theirs.given_back,
        "charged_back" => captured == theirs.captured && refunded <= theirs.given_back,
        _ => captured == theirs.captured && refunded == theirs.given_back,
    };
    let given_up = shown.won("escrow_refunded");
    let is_owed = match status {
        "quarantined" => refunded < captured,
        // The money of a lost deposit is not there to be given back.
        "deposit_lost" => false,
        _ => refunded < given_up,
    };
    if !agrees {
        Some(told)
    } else if is_owed {
        Some(format!("still owed to the buyer: {told}; {}", shown["failure_reason"]))
    } else {
        None
    }
}

/// A stranger's payment is nothing to the shop: its webhooks are refused, so that the gateway sends them again for as
/// long as it does, and its money stays where it is.
async fn was_taken(shop: &Shop, stranger: &Payment, theirs: Moved) -> Option<String> {
    if theirs.captured != stranger.amount || theirs.given_back != 0 {
        return Some(format!("a stranger's payment: {theirs:?}"));
    }
    let webhooks = shop.world.counter.webhooks(stranger).await;
    let is_refused = |webhook: &&Value| webhook["outcome"] == "refused" && webhook["httpStatus"] == 404;
    let refused = webhooks.iter().filter(is_refused).count();
    let is_known = webhooks.is_empty() || refused < webhooks.len();
    is_known.then(|| format!("a stranger's webhooks were not all refused: {webhooks:?}"))
}

/// An order has the money of one payment, or of none.
fn wrong_order(order: &Value, net: &[i64]) -> Option<String> {
    let (status, total) = (order["status"].as_str().unwrap(), order.won("total_amount"));
    let paying = net.iter().filter(|net| **net != 0).count();
    let is_over = ["expired", "cancelled", "awaiting_payment"].contains(&status);
    let wrong = if paying > 1 {
        "is paid twice"
    } else if is_over && paying > 0 {
        "is over and has money"
    } else if net.iter().sum::<i64>() > total {
        "has more money than it costs"
    } else if status == "awaiting_payment" || status == "cancelling" {
        "is not over"
    } else {
        return None;
    };
    Some(format!("the order ({status}, {total}) {wrong}: {net:?}"))
}

fn told(case: &Case, payment: &Payment, what: &str) -> String {
    let (plan, order) = (&case.plan, &case.order.id);
    let method = plan.method.name();
    format!(
        "payment {} ({} {method}, {}, {order}): {what}; done to it: {}",
        plan.number,
        plan.gateway.name(),
        payment.id,
        case.notes.join(", ")
    )
}

async fn the_ledger(shop: &Shop, sums: &Sums, report: &mut Report) {
    let trial = shop.world.auditor.0.http.get("/ledger/trial-balance").send().await.ok();
    let standing = |code: i64| -> i64 {
        let accounts = trial["accounts"].as_array().unwrap().iter();
        accounts.filter(|account| account["code"] == code).map(|account| account.won("balance")).sum()
    };
    for total in trial["totals"].as_array().unwrap() {
        if total["balance"] != 0 {
            report.differences.push(format!("the journal does not balance: {total}"));
        }
    }
    for posting in shop.world.operator.all("/ledger/journal").await {
        let signed = |entry: &Value| {
            if entry["side"] == "debit" { entry.won("amount") } else { -entry.won("amount") }
        };
        if posting["entries"].as_array().unwrap().iter().map(signed).sum::<i64>() != 0 {
            report.differences.push(format!("a posting does not balance: {posting}"));
        }
    }
    let escrow = -(standing(2100) + standing(2110));
    let lost = standing(1310);
    report.sums = vec![
        ("captured, say the gateways", sums.captured),
        ("given back, say the gateways", sums.given_back),
        ("released to sellers", sums.released),
        ("charged back after the release", lost),
        ("taken for strangers", sums.strangers),
        ("in escrow, say the holds", sums.held),
        ("in escrow, says the ledger", escrow),
        ("owed to buyers (2120)", -standing(2120)),
        ("in suspense (2500)", -standing(2500)),
    ];
    let expected = sums.captured - sums.given_back + lost - sums.released;
    let pairs = [
        ("escrow = captured − refunded − released", escrow, expected),
        ("the ledger's escrow = the holds'", escrow, sums.held),
        (
            "the gateways' receivables = captured − refunded",
            standing(1200) + standing(1210),
            sums.captured - sums.given_back,
        ),
        ("nothing is owed to buyers", standing(2120), 0),
        ("nothing is in suspense", standing(2500), 0),
    ];
    for (name, left, right) in pairs {
        if left != right {
            report.differences.push(format!("{name}: {left} is not {right}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(status: &str, [captured, refunded, given_up]: [i64; 3]) -> Value {
        json!({
            "payment_status": status, "captured_amount": captured, "refunded_amount": refunded,
            "escrow_refunded": given_up, "failure_reason": null,
        })
    }

    #[test]
    fn what_the_gateway_moved_otherwise_is_a_difference() {
        let theirs = |captured, given_back| Moved { captured, given_back };
        for (ours, theirs, is_one) in [
            (shown("authorized", [900, 0, 0]), theirs(900, 0), false),
            (shown("authorized", [900, 0, 0]), theirs(0, 0), true),
            (shown("authorized", [900, 0, 300]), theirs(900, 0), true),
            (shown("refunded", [900, 900, 900]), theirs(900, 900), false),
            (shown("refunded", [900, 900, 900]), theirs(900, 0), true),
            (shown("refunded", [900, 900, 900]), theirs(900, 1_800), true),
            (shown("quarantined", [900, 0, 0]), theirs(900, 0), true),
            (shown("failed", [0, 0, 0]), theirs(900, 900), false),
            (shown("failed", [0, 0, 0]), theirs(900, 0), true),
            (shown("in_doubt", [0, 0, 0]), theirs(0, 0), true),
        ] {
            assert_eq!(difference(&ours, theirs).is_some(), is_one, "{ours} {theirs:?}");
        }
    }

    #[test]
    fn an_order_that_is_paid_twice_or_not_over_is_a_difference() {
        let order = |status: &str| json!({ "status": status, "total_amount": 900 });
        for (status, net, is_one) in [
            ("paid", vec![900, 0], false),
            ("paid", vec![900, 900], true),
            ("paid", vec![901], true),
            ("cancelled", vec![0, 0], false),
            ("cancelled", vec![900], true),
            ("awaiting_payment", vec![0], true),
            ("cancelling", vec![0], true),
        ] {
            assert_eq!(wrong_order(&order(status), &net).is_some(), is_one, "{status} {net:?}");
        }
    }
}
