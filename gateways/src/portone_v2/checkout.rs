//! The buyer's side: the arguments of `PortOne.requestPayment`, exactly.

use chrono::SecondsFormat;
use domain::payment::Gateway;
use reqwest::Url;
use serde::Serialize;

use crate::{
    checkout::{Checkout, CheckoutCustomer, CheckoutParams, CheckoutRequest, Method},
    logistics::Product,
    returned::{Pairs, Return, ReturnError},
    secret::Secret,
};

/// The longest order name that every PG behind PortOne takes.
const MAX_ORDER_NAME: usize = 40;

/// Where a browser goes, and through which channel.
#[derive(Debug, Clone)]
pub(super) struct Pages {
    pub channel: String,
    pub escrow_channel: String,
    pub sdk_url: String,
    pub pay_page: Option<Url>,
}

/// The argument of `PortOne.requestPayment`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestPayment {
    /// Our store.
    pub store_id: String,
    /// The channel to pay through.
    pub channel_key: String,
    /// The payment's id, chosen by us.
    pub payment_id: String,
    /// What it is for.
    pub order_name: String,
    /// How much, in minor units.
    pub total_amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// `CARD`, `TRANSFER`, `VIRTUAL_ACCOUNT`, `EASY_PAY` or `MOBILE`.
    pub pay_method: &'static str,
    /// Whether PortOne's PG shall hold the money.
    pub is_escrow: bool,
    /// Who pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CheckoutCustomer>,
    /// Where the browser goes afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// Where webhooks about this payment go, instead of the store's address.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notice_urls: Vec<String>,
    /// Where PortOne asks before it captures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_url: Option<String>,
    /// Until when the virtual account takes the deposit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_account: Option<VirtualAccount>,
    /// What is bought.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<WindowProduct>,
}

/// Something that is bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WindowProduct {
    /// The shop's id of it.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The price of one, in minor units.
    pub amount: i64,
    /// How many.
    pub quantity: u32,
}

impl From<&Product> for WindowProduct {
    fn from(product: &Product) -> Self {
        let Product { id, name, price, quantity } = product.clone();
        Self { id, name, amount: price.amount, quantity }
    }
}

/// How a virtual account is issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualAccount {
    /// When it ends.
    pub account_expiry: AccountExpiry,
}

/// When a virtual account ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountExpiry {
    /// RFC 3339.
    pub due_date: String,
}

impl Pages {
    pub(super) fn params(&self, store: &str, checkout: &Checkout) -> CheckoutParams {
        let request = RequestPayment {
            store_id: store.to_owned(),
            channel_key: if checkout.escrow { self.escrow_channel.clone() } else { self.channel.clone() },
            payment_id: checkout.id.clone(),
            order_name: checkout.order_name.chars().take(MAX_ORDER_NAME).collect(),
            total_amount: checkout.amount.amount,
            currency: checkout.amount.currency.code().to_owned(),
            pay_method: pay_method(checkout.method),
            is_escrow: checkout.escrow,
            customer: checkout.customer.clone(),
            redirect_url: checkout.redirect_url.clone(),
            notice_urls: checkout.notice_urls.clone(),
            confirm_url: checkout.confirm_url.clone(),
            virtual_account: checkout.deposit_due.map(|due| VirtualAccount {
                account_expiry: AccountExpiry { due_date: due.to_rfc3339_opts(SecondsFormat::Secs, true) },
            }),
            products: checkout.products.iter().map(WindowProduct::from).collect(),
        };
        CheckoutParams {
            gateway: Gateway::PortoneV2,
            sdk_url: self.sdk_url.clone(),
            pay_url: self.pay_page.as_ref().map(|page| pay_url(page, &request)),
            request: CheckoutRequest::PortoneV2(request),
        }
    }
}

/// The page's address carries the same arguments, flat, as its own script would send them.
fn pay_url(page: &Url, request: &RequestPayment) -> String {
    let mut url = page.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(["pay", &request.payment_id]);
    }
    let amount = request.total_amount.to_string();
    let mut query = url.query_pairs_mut();
    query.extend_pairs([
        ("storeId", request.store_id.as_str()),
        ("channelKey", &request.channel_key),
        ("orderName", &request.order_name),
        ("totalAmount", &amount),
        ("currency", &request.currency),
        ("payMethod", request.pay_method),
        ("isEscrow", if request.is_escrow { "true" } else { "false" }),
    ]);
    let customer = request.customer.as_ref();
    let optional = [
        ("redirectUrl", request.redirect_url.as_deref()),
        ("confirmUrl", request.confirm_url.as_deref()),
        ("dueDate", request.virtual_account.as_ref().map(|account| account.account_expiry.due_date.as_str())),
        ("customerId", customer.map(|customer| customer.customer_id.as_str())),
        ("fullName", customer.and_then(|customer| customer.full_name.as_deref())),
        ("email", customer.and_then(|customer| customer.email.as_deref())),
        ("phoneNumber", customer.and_then(|customer| customer.phone_number.as_deref())),
    ];
    query.extend_pairs(optional.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))));
    query.extend_pairs(request.notice_urls.iter().map(|notice| ("noticeUrls", notice)));
    drop(query);
    url.into()
}

const fn pay_method(method: Method) -> &'static str {
    match method {
        Method::Card => "CARD",
        Method::Transfer => "TRANSFER",
        Method::VirtualAccount => "VIRTUAL_ACCOUNT",
        Method::EasyPay => "EASY_PAY",
        Method::Mobile => "MOBILE",
    }
}

/// What the window's redirect carries. With a `paymentToken` the payment waits for our confirmation.
pub(super) fn returned(pairs: &[(String, String)]) -> Result<Return, ReturnError> {
    let pairs = Pairs(pairs);
    let id = match pairs.any("paymentId")? {
        Some(id) if !id.is_empty() => id,
        Some(_) | None => pairs.one("payment_id")?,
    };
    let id = id.to_owned();
    if let Some(code) = pairs.any("code")? {
        let message = pairs.any("message")?.unwrap_or_default().to_owned();
        return Ok(Return::Failed { id, code: code.to_owned(), message });
    }
    let Some(token) = pairs.any("paymentToken")? else { return Ok(Return::Finished { id }) };
    Ok(Return::ToApprove {
        id,
        transaction_id: pairs.one("txId")?.to_owned(),
        token: Some(Secret::new(token)),
        amount: None,
    })
}
