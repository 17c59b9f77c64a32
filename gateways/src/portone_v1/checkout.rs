//! The buyer's side: the arguments of `IMP.request_pay`, exactly.

use chrono::{DateTime, TimeDelta, Utc};
use domain::payment::Gateway;
use reqwest::Url;
use serde::Serialize;

use crate::{
    amount::InMainUnits,
    checkout::{Checkout, CheckoutParams, CheckoutRequest, Method, pay_url},
    logistics::Product,
    pg::Pg,
    returned::{Pairs, Return, ReturnError},
};

/// The longest name that every PG takes.
const MAX_NAME: usize = 40;
const SEOUL: TimeDelta = TimeDelta::hours(9);

/// Where a browser goes, and through which PG.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub code: String,
    pub channel: String,
    pub escrow_channel: String,
    pub sdk_url: String,
    pub pay_page: Option<Url>,
}

/// The argument of `IMP.request_pay`, and before it the code for `IMP.init`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestPay {
    /// For `IMP.init`, not for `request_pay`.
    #[serde(rename = "impCode")]
    pub code: String,
    /// The PG and our id at it.
    pub pg: String,
    /// `card`, `trans`, `vbank` or `phone`.
    pub pay_method: &'static str,
    /// Whether the PG shall hold the money.
    pub escrow: bool,
    /// The payment's id, chosen by us.
    pub merchant_uid: String,
    /// What it is for.
    pub name: String,
    amount: InMainUnits,
    /// ISO 4217 code.
    pub currency: String,
    /// The buyer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyer_name: Option<String>,
    /// The buyer's telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyer_tel: Option<String>,
    /// The buyer's address for receipts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyer_email: Option<String>,
    /// Where a telephone's browser goes afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub m_redirect_url: Option<String>,
    /// Where webhooks about this payment go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notice_url: Vec<String>,
    /// Where PortOne asks before it captures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_url: Option<String>,
    /// Until when a virtual account takes the deposit: `YYYYMMDDhhmm` in Seoul.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vbank_due: Option<String>,
    /// What is bought, for KCP.
    #[serde(rename = "kcpProducts", skip_serializing_if = "Vec::is_empty")]
    pub kcp_products: Vec<KcpProduct>,
}

/// Something that is bought, as KCP's escrow wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KcpProduct {
    /// The shop's id of it.
    pub order_number: String,
    /// What it is called.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// The price of one.
    pub amount: i64,
}

impl Window {
    pub(super) fn params(&self, checkout: &Checkout) -> CheckoutParams {
        let pg = if checkout.escrow { self.escrow_channel.clone() } else { self.channel.clone() };
        let provider = pg.split('.').next().unwrap_or_default();
        let for_kcp = checkout.escrow && Pg::of_portone_v1(provider) == Pg::NhnKcp;
        let customer = checkout.customer.as_ref();
        let request = RequestPay {
            code: self.code.clone(),
            pay_method: method(checkout.method),
            escrow: checkout.escrow,
            merchant_uid: checkout.id.clone(),
            name: checkout.order_name.chars().take(MAX_NAME).collect(),
            amount: InMainUnits(checkout.amount),
            currency: checkout.amount.currency.code().to_owned(),
            buyer_name: customer.and_then(|it| it.full_name.clone()),
            buyer_tel: customer.and_then(|it| it.phone_number.clone()),
            buyer_email: customer.and_then(|it| it.email.clone()),
            m_redirect_url: checkout.redirect_url.clone(),
            notice_url: checkout.notice_urls.clone(),
            confirm_url: checkout.confirm_url.clone(),
            vbank_due: checkout.deposit_due.map(minute_in_seoul),
            kcp_products: if for_kcp { checkout.products.iter().map(kcp).collect() } else { Vec::new() },
            pg,
        };
        CheckoutParams {
            gateway: Gateway::PortoneV1,
            sdk_url: self.sdk_url.clone(),
            pay_url: self.pay_page.as_ref().map(|page| pay_url(page, &checkout.id, &request)),
            request: CheckoutRequest::PortoneV1(request),
        }
    }
}

fn minute_in_seoul(at: DateTime<Utc>) -> String {
    (at + SEOUL).format("%Y%m%d%H%M").to_string()
}

fn kcp(product: &Product) -> KcpProduct {
    KcpProduct {
        order_number: product.id.clone(),
        name: product.name.clone(),
        quantity: product.quantity,
        amount: product.price.amount,
    }
}

const fn method(method: Method) -> &'static str {
    match method {
        // Wallets are channels of their own in V1; within one, the method is a card.
        Method::Card | Method::EasyPay => "card",
        Method::Transfer => "trans",
        Method::VirtualAccount => "vbank",
        Method::Mobile => "phone",
    }
}

/// What the redirect carries, or a page posts that its callback was given to.
pub(super) fn returned(pairs: &[(String, String)]) -> Result<Return, ReturnError> {
    let pairs = Pairs(pairs);
    let id = pairs.one("merchant_uid")?.to_owned();
    let success = match pairs.any("imp_success")? {
        Some(said) => Some(said),
        None => pairs.any("success")?,
    };
    let code = pairs.any("error_code")?.filter(|code| !code.is_empty());
    if code.is_none() && success != Some("false") {
        return Ok(Return::Finished { id });
    }
    let message = pairs.any("error_msg")?.unwrap_or_default().to_owned();
    Ok(Return::Failed { id, code: code.unwrap_or("FAILED").to_owned(), message })
}
