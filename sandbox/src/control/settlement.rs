//! The settlement file that a gateway sends the morning after: one line for each capture and each cancellation of a
//! day in Seoul, with the gateway's fee. What does not agree with the shop's books is found with it.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Refused, actions::named};
use crate::{
    app::{App, hold},
    call::pairs,
    payment::{Outcome, Payment, State as PaymentState},
    portone_v2::Problem,
    protocol::Protocol,
};

/// The gateway's fee, in ten-thousandths.
const FEE: i64 = 280;
const HEAD: &str = "date,kind,payment_id,order_id,transaction_id,method,escrow,currency,amount,tax_free,vat,fee,fee_vat,settled\n";

/// `GET /{protocol}/settlement?date=2026-03-02`: that day, or all days if none is given.
pub async fn file(
    State(app): State<Arc<App>>,
    Path(protocol): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let protocol = named(&protocol)?;
    let wanted = pairs(&query.unwrap_or_default()).into_iter().find(|(name, _)| name == "date");
    let day = wanted.map(|(_, day)| day.parse::<NaiveDate>()).transpose();
    let day = day.map_err(|_| Problem::invalid("date is not a day"))?;
    let name = format!("attachment; filename=\"settlement-{}.csv\"", protocol.name());
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, text(&app, protocol, day)).into_response())
}

fn text(app: &App, protocol: Protocol, day: Option<NaiveDate>) -> String {
    let mut lines = Vec::new();
    for slot in app.book.opened(protocol, 0, usize::MAX) {
        if let Some(payment) = &hold(&slot).payment {
            lines.extend(of_payment(payment));
        }
    }
    lines.retain(|(at, _)| day.is_none_or(|day| in_seoul(*at) == day));
    lines.sort();
    let mut text = HEAD.to_owned();
    text.extend(lines.into_iter().map(|(_, line)| line));
    text
}

fn in_seoul(at: DateTime<Utc>) -> NaiveDate {
    (at + TimeDelta::hours(9)).date_naive()
}

/// What moved on one payment: positive to the shop, negative back to the buyer.
fn of_payment(payment: &Payment) -> Vec<(DateTime<Utc>, String)> {
    let PaymentState::Paid { at } = payment.state else {
        return Vec::new();
    };
    let terms = &payment.terms;
    let captured =
        line(payment, at, "CAPTURE", &payment.transaction_id, [terms.total, terms.tax_free, payment.vat()]);
    let mut lines = vec![(at, captured)];
    for made in payment.cancellations.iter().filter(|made| made.outcome == Outcome::Succeeded) {
        let at = made.cancelled_at.unwrap_or(made.requested_at);
        lines.push((at, line(payment, at, "CANCEL", &made.id, [-made.total, -made.tax_free, -made.vat])));
    }
    lines
}

fn line(payment: &Payment, at: DateTime<Utc>, kind: &str, id: &str, amounts: [i64; 3]) -> String {
    let [total, tax_free, vat] = amounts;
    let fee = rounded(total * FEE, 10_000);
    let fee_vat = rounded(fee, 10);
    let fields = [
        in_seoul(at).to_string(),
        kind.to_owned(),
        quoted(&payment.id),
        quoted(&payment.order_id),
        id.to_owned(),
        format!("{:?}", payment.terms.method).to_uppercase(),
        payment.terms.escrow.to_string(),
        payment.terms.currency.clone(),
        total.to_string(),
        tax_free.to_string(),
        vat.to_string(),
        fee.to_string(),
        fee_vat.to_string(),
        (total - fee - fee_vat).to_string(),
    ];
    fields.join(",") + "\n"
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Half away from nought, so that what was taken comes back whole.
const fn rounded(number: i64, by: i64) -> i64 {
    let half = if number < 0 { -(by / 2) } else { by / 2 };
    (number + half) / by
}
