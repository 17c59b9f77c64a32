//! The opening of a pay window: where what the browser says meets what the shop registered.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    app::{App, hold},
    book::{Entry, Slot},
    payment::{Customer, Identity, No, PayMethod, Payment, Registered, State, Terms},
    protocol::{News, Protocol},
};

/// What a browser asks for: the arguments of the window, flat, the same for all protocols.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Wanted {
    pub store_id: Option<String>,
    pub channel_key: Option<String>,
    pub order_name: Option<String>,
    pub total_amount: Option<i64>,
    pub tax_free_amount: Option<i64>,
    pub vat_amount: Option<i64>,
    pub currency: Option<String>,
    pub pay_method: Option<PayMethod>,
    pub is_escrow: Option<bool>,
    pub approval_by_shop: bool,
    pub redirect_url: Option<String>,
    pub notice_urls: Vec<String>,
    pub confirm_url: Option<String>,
    pub due_date: Option<DateTime<Utc>>,
    pub customer_id: Option<String>,
    pub full_name: Option<String>,
    pub email: Option<String>,
    pub phone_number: Option<String>,
    pub address: Option<String>,
    pub postcode: Option<String>,
    pub custom_data: Option<String>,
    pub mobile: bool,
    pub extra: Map<String, Value>,
}

impl Wanted {
    fn terms(self, app: &App, protocol: Protocol, registered: &Registered) -> Result<Terms, No> {
        let store_id = self.store_id.unwrap_or_else(|| app.store_of(protocol).to_owned());
        if store_id != app.store_of(protocol) {
            return Err(No::OtherStore);
        }
        let channel = match &self.channel_key {
            Some(key) => app.channel(key),
            None => app.config.channels.first(),
        };
        let channel = channel.ok_or(No::ChannelUnknown)?;
        let total = self.total_amount.or(registered.total).filter(|total| *total > 0);
        let total = total.ok_or(No::AmountMissing)?;
        if registered.total.is_some_and(|registered| registered != total) {
            return Err(No::AmountDiffers);
        }
        let wanted = self.currency.as_deref().map(bare_currency);
        let known = registered.currency.as_deref().map(bare_currency);
        if let (Some(wanted), Some(known)) = (wanted, known)
            && wanted != known
        {
            return Err(No::CurrencyDiffers);
        }
        Ok(Terms {
            store_id,
            channel_key: channel.key.clone(),
            order_name: self.order_name.unwrap_or_else(|| "Sandbox order".into()),
            total,
            tax_free: self.tax_free_amount.or(registered.tax_free).unwrap_or(0).clamp(0, total),
            vat: self.vat_amount.map(|vat| vat.clamp(0, total)),
            currency: wanted.or(known).unwrap_or("KRW").to_owned(),
            method: self.pay_method.unwrap_or(PayMethod::Card),
            escrow: self.is_escrow.unwrap_or(false) && channel.escrow,
            live: false,
            approval_by_shop: self.approval_by_shop || !protocol.dialect().approves_itself(),
            redirect_url: self.redirect_url.filter(|url| is_web(url)),
            notice_urls: self.notice_urls.into_iter().filter(|url| is_web(url)).collect(),
            confirm_url: self.confirm_url.filter(|url| is_web(url)),
            customer: Customer {
                id: self.customer_id,
                name: self.full_name,
                email: self.email,
                phone: self.phone_number,
                address: self.address,
                postcode: self.postcode,
            },
            custom_data: self.custom_data,
            due_at: self.due_date,
            mobile: self.mobile,
            extra: self.extra,
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

/// How a browser's word for a method is read; protocols add their own words.
pub fn method(word: &str) -> Option<PayMethod> {
    match word {
        "CARD" => Some(PayMethod::Card),
        "TRANSFER" => Some(PayMethod::Transfer),
        "VIRTUAL_ACCOUNT" => Some(PayMethod::VirtualAccount),
        "EASY_PAY" => Some(PayMethod::EasyPay),
        "MOBILE" => Some(PayMethod::Mobile),
        _ => None,
    }
}

/// Opens the window for the shop's `order_id`, and says so to the shop if `said`. A window for an order whose last
/// payment was not paid goes on with that payment in PortOne V2; elsewhere each window is a payment of its own.
pub fn open(app: &App, protocol: Protocol, order_id: &str, wanted: Wanted, said: bool) -> Result<Slot, No> {
    let registered = app.book.find(protocol, order_id).and_then(|slot| hold(&slot).registered.clone());
    let terms = wanted.terms(app, protocol, &registered.unwrap_or_default())?;
    protocol.dialect().agree(app, order_id, &terms)?;
    let known = app.book.of_order(protocol, order_id);
    if protocol != Protocol::PortoneV2 {
        let paid = |slot: &Slot| hold(slot).payment.as_ref().is_some_and(Payment::is_captured);
        if known.iter().any(paid) {
            return Err(No::AlreadyPaid);
        }
    }
    let id = app.payment_id(protocol, order_id, known.len());
    let slot = app.book.entry(protocol, &id);
    let mut entry = hold(&slot);
    open_in(app, &slot, &mut entry, (protocol, id, order_id), terms, said)?;
    app.remember(&entry);
    drop(entry);
    Ok(slot)
}

fn open_in(
    app: &App,
    slot: &Slot,
    entry: &mut Entry,
    (protocol, id, order_id): (Protocol, String, &str),
    terms: Terms,
    said: bool,
) -> Result<(), No> {
    let now = app.now();
    if let Some(payment) = entry.payment.as_mut() {
        let transaction_id = app.ids.id("transaction", &id, payment.tries);
        payment.reopen(transaction_id, terms, now)?;
        return Ok(());
    }
    let transaction_id = app.ids.id("transaction", &id, 0);
    let who = Identity { protocol, id, order_id: order_id.to_owned(), transaction_id };
    let payment = entry.payment.insert(Payment::open(who, terms, now));
    payment.lost_at = protocol.dialect().window_within().map(|within| now + within);
    if said {
        protocol.dialect().tell(app, payment, &News::Opened);
    }
    app.book.list(protocol, order_id, Slot::clone(slot));
    Ok(())
}

/// Whether the window was still about the buyer's agreement. A deposit is made at a bank: nobody returns to the shop
/// from there.
pub const fn is_under_way(state: &State) -> bool {
    matches!(state, State::Ready | State::Pending | State::Authorised { .. } | State::Failed { .. })
}
