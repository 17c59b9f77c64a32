//! Approval by the shop of what the buyer agreed to, and the closing of a virtual account.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Problem,
    document::time,
    payments::{is_our_store, read, slot_of},
};
use crate::{app::App, buyer::as_asked, call::Call, payment::No, protocol::News};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    store_id: Option<String>,
    payment_token: String,
    tx_id: Option<String>,
    total_amount: Option<i64>,
    currency: Option<String>,
    tax_free_amount: Option<i64>,
    is_test: Option<bool>,
}

pub fn confirm(app: &App, call: &Call) -> Result<Value, Problem> {
    let body: Body = read(&call.body)?;
    is_our_store(app, body.store_id.as_deref())?;
    let slot = slot_of(app, call)?;
    app.change(&slot, |payment| {
        payment.may_be_approved(Some(&body.payment_token), app.now())?;
        let terms = &payment.terms;
        let currency = body.currency.as_deref().map(|it| it.strip_prefix("CURRENCY_").unwrap_or(it));
        let agreed = body.tx_id.as_ref().is_none_or(|it| *it == payment.transaction_id)
            && body.total_amount.is_none_or(|it| it == terms.total)
            && body.tax_free_amount.is_none_or(|it| it == terms.tax_free)
            && body.is_test.is_none_or(|it| it != terms.live)
            && currency.is_none_or(|it| it == terms.currency);
        if !agreed {
            return Err(Problem::from(No::AmountDiffers));
        }
        app.take(payment, as_asked())?;
        let pg = format!("sandbox-{}", payment.transaction_id);
        Ok(json!({ "pgTxId": pg, "paidAt": time(app.now()) }))
    })
}

pub fn close_account(app: &App, call: &Call) -> Result<Value, Problem> {
    is_our_store(app, call.query_value("storeId").as_deref())?;
    let slot = slot_of(app, call)?;
    let now = app.now();
    app.change(&slot, |payment| {
        payment.close_account(now)?;
        super::events::tell(app, payment, &News::State);
        Ok::<_, Problem>(())
    })?;
    Ok(json!({ "closedAt": time(now) }))
}
