//! The buyer's side: the arguments of Toss's window, and what its redirects bring back.

use chrono::{DateTime, Utc};
use domain::{Currency, payment::Gateway};
use reqwest::Url;
use serde::Serialize;

use crate::{
    amount::{Decimal, InMainUnits},
    checkout::{Checkout, CheckoutParams, CheckoutRequest, Method, pay_url},
    returned::{Pairs, Return, ReturnError},
    time::SEOUL,
};

/// The longest order name.
const MAX_ORDER_NAME: usize = 100;
/// Our own parameter on the way back: Toss leaves `orderId` out where the buyer closed the window.
const OUR_ID: &str = "payment";

/// Where a browser goes.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub client_key: String,
    pub sdk_url: String,
    pub pay_page: Option<Url>,
}

/// What opens the window: `TossPayments(clientKey).payment({ customerKey }).requestPayment(…)` with all the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TossWindow {
    /// For `TossPayments`.
    pub client_key: String,
    /// For `payment`.
    pub customer_key: String,
    /// `CARD`, `TRANSFER`, `VIRTUAL_ACCOUNT` or `MOBILE_PHONE`.
    pub method: &'static str,
    /// How much.
    pub amount: TossAmount,
    /// The payment's id, chosen by us.
    pub order_id: String,
    /// What it is for.
    pub order_name: String,
    /// Where the browser goes when the buyer agreed.
    pub success_url: String,
    /// Where it goes otherwise.
    pub fail_url: String,
    /// The buyer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    /// The buyer's address for receipts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_email: Option<String>,
    /// The buyer's telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_mobile_phone: Option<String>,
    /// Of a card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<Escrow>,
    /// Of a transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Escrow>,
    /// Of a virtual account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_account: Option<Escrow>,
}

/// An amount in the window's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TossAmount {
    /// ISO 4217 code.
    pub currency: String,
    value: InMainUnits,
}

/// What is said of a method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Escrow {
    /// Whether Toss shall hold the money.
    pub use_escrow: bool,
    /// Until when a virtual account takes the deposit, in Seoul.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<String>,
}

/// The same, flat, for a page to pay on.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Flat<'a> {
    client_key: &'a str,
    customer_key: &'a str,
    method: &'a str,
    amount: InMainUnits,
    currency: &'a str,
    order_id: &'a str,
    order_name: &'a str,
    success_url: &'a str,
    fail_url: &'a str,
    use_escrow: bool,
    due_date: Option<String>,
    customer_name: Option<&'a str>,
    customer_email: Option<&'a str>,
    customer_mobile_phone: Option<&'a str>,
}

impl Window {
    pub(super) fn params(&self, checkout: &Checkout) -> CheckoutParams {
        let customer = checkout.customer.as_ref();
        let escrow = |method, due_date| {
            (checkout.method == method).then_some(Escrow { use_escrow: checkout.escrow, due_date })
        };
        let back = back(checkout.redirect_url.as_deref().unwrap_or_default(), &checkout.id);
        let request = TossWindow {
            client_key: self.client_key.clone(),
            customer_key: customer.map_or_else(|| "ANONYMOUS".into(), |it| it.customer_id.clone()),
            method: method(checkout.method),
            amount: TossAmount {
                currency: checkout.amount.currency.code().to_owned(),
                value: InMainUnits(checkout.amount),
            },
            order_id: checkout.id.clone(),
            order_name: checkout.order_name.chars().take(MAX_ORDER_NAME).collect(),
            success_url: back.clone(),
            fail_url: back,
            customer_name: customer.and_then(|it| it.full_name.clone()),
            customer_email: customer.and_then(|it| it.email.clone()),
            customer_mobile_phone: customer.and_then(|it| it.phone_number.clone()),
            card: escrow(Method::Card, None),
            transfer: escrow(Method::Transfer, None),
            virtual_account: escrow(Method::VirtualAccount, checkout.deposit_due.map(second_in_seoul)),
        };
        CheckoutParams {
            gateway: Gateway::Toss,
            sdk_url: self.sdk_url.clone(),
            pay_url: self
                .pay_page
                .as_ref()
                .map(|page| pay_url(page, &checkout.id, &flat(checkout, &request))),
            request: CheckoutRequest::Toss(request),
        }
    }
}

fn flat<'a>(checkout: &Checkout, request: &'a TossWindow) -> Flat<'a> {
    Flat {
        client_key: &request.client_key,
        customer_key: &request.customer_key,
        method: request.method,
        amount: request.amount.value,
        currency: &request.amount.currency,
        order_id: &request.order_id,
        order_name: &request.order_name,
        success_url: &request.success_url,
        fail_url: &request.fail_url,
        use_escrow: checkout.escrow,
        due_date: checkout.deposit_due.map(second_in_seoul),
        customer_name: request.customer_name.as_deref(),
        customer_email: request.customer_email.as_deref(),
        customer_mobile_phone: request.customer_mobile_phone.as_deref(),
    }
}

fn second_in_seoul(at: DateTime<Utc>) -> String {
    (at + SEOUL).format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// The way back, with our id on it.
fn back(address: &str, id: &str) -> String {
    let Ok(mut url) = Url::parse(address) else { return address.to_owned() };
    url.query_pairs_mut().append_pair(OUR_ID, id);
    url.into()
}

const fn method(method: Method) -> &'static str {
    match method {
        // Wallets are chosen inside the card window.
        Method::Card | Method::EasyPay => "CARD",
        Method::Transfer => "TRANSFER",
        Method::VirtualAccount => "VIRTUAL_ACCOUNT",
        Method::Mobile => "MOBILE_PHONE",
    }
}

/// What the redirects carry.
pub(super) fn returned(pairs: &[(String, String)]) -> Result<Return, ReturnError> {
    let pairs = Pairs(pairs);
    if let Some(code) = pairs.any("code")? {
        let id = match pairs.any("orderId")?.filter(|id| !id.is_empty()) {
            Some(id) => id,
            None => pairs.one(OUR_ID)?,
        };
        let message = pairs.any("message")?.unwrap_or_default().to_owned();
        return Ok(Return::Failed { id: id.to_owned(), code: code.to_owned(), message });
    }
    let amount = Decimal::from_text(pairs.one("amount")?).and_then(|it| it.money(Currency::KRW).ok());
    Ok(Return::ToApprove {
        id: pairs.one("orderId")?.to_owned(),
        transaction_id: pairs.one("paymentKey")?.to_owned(),
        token: None,
        // In another currency the redirect does not say which: our own book does.
        amount,
    })
}
