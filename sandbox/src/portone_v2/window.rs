//! The opening of a pay window: where what the browser says meets what the shop registered.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Problem, tell};
use crate::{
    app::App,
    book::{Entry, Slot},
    payment::{Customer, PayMethod, Payment, Registered, Terms},
};

/// What a browser asks for: the arguments of `requestPayment`, flat.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Wanted {
    pub store_id: Option<String>,
    pub channel_key: Option<String>,
    pub order_name: Option<String>,
    pub total_amount: Option<i64>,
    pub tax_free_amount: Option<i64>,
    pub currency: Option<String>,
    pub pay_method: Option<PayMethod>,
    pub is_escrow: Option<bool>,
    pub redirect_url: Option<String>,
    pub notice_urls: Vec<String>,
    pub due_date: Option<DateTime<Utc>>,
    pub customer_id: Option<String>,
    pub full_name: Option<String>,
    pub email: Option<String>,
    pub phone_number: Option<String>,
}

impl Wanted {
    fn terms(self, app: &App, registered: &Registered) -> Result<Terms, Problem> {
        let store_id = self.store_id.unwrap_or_else(|| app.config.store_id.clone());
        if store_id != app.config.store_id {
            return Err(Problem::forbidden());
        }
        let channel = match &self.channel_key {
            Some(key) => app.channel(key),
            None => app.config.channels.first(),
        };
        let channel = channel.ok_or_else(|| Problem::invalid("there is no such channel"))?;
        let total = self.total_amount.or(registered.total);
        let total =
            total.filter(|total| *total > 0).ok_or_else(|| Problem::invalid("totalAmount is missing"))?;
        if registered.total.is_some_and(|registered| registered != total) {
            return Err(Problem::invalid("totalAmount is not the amount that was registered"));
        }
        let wanted = self.currency.as_deref().map(bare_currency);
        let known = registered.currency.as_deref().map(bare_currency);
        if let (Some(wanted), Some(known)) = (wanted, known)
            && wanted != known
        {
            return Err(Problem::invalid("currency is not the currency that was registered"));
        }
        Ok(Terms {
            store_id,
            channel_key: channel.key.clone(),
            order_name: self.order_name.unwrap_or_else(|| "Sandbox order".into()),
            total,
            tax_free: self.tax_free_amount.or(registered.tax_free).unwrap_or(0).clamp(0, total),
            currency: wanted.or(known).unwrap_or("KRW").to_owned(),
            method: self.pay_method.unwrap_or(PayMethod::Card),
            escrow: self.is_escrow.unwrap_or(false) && channel.escrow,
            live: false,
            redirect_url: self.redirect_url.filter(|url| is_web(url)),
            notice_urls: self.notice_urls.into_iter().filter(|url| is_web(url)).collect(),
            customer: Customer {
                id: self.customer_id,
                name: self.full_name,
                email: self.email,
                phone: self.phone_number,
            },
            due_at: self.due_date,
            reported_id: None,
        })
    }
}

fn bare_currency(code: &str) -> &str {
    code.strip_prefix("CURRENCY_").unwrap_or(code)
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Opens the window of `id`, which is locked as `entry`, and says so to the shop if `said`.
pub fn open(
    app: &App,
    slot: &Slot,
    entry: &mut Entry,
    id: &str,
    wanted: Wanted,
    said: bool,
) -> Result<(), Problem> {
    let none = Registered::default();
    let terms = wanted.terms(app, entry.registered.as_ref().unwrap_or(&none))?;
    let now = app.now();
    if let Some(payment) = entry.payment.as_mut() {
        let transaction_id = app.ids.id("transaction", id, payment.tries);
        payment.reopen(transaction_id, terms, now)?;
    } else {
        let payment = entry.payment.insert(Payment::open(id, app.ids.id("transaction", id, 0), terms, now));
        if said {
            tell::state(app, payment);
        }
        app.book.list(Slot::clone(slot));
    }
    Ok(())
}
