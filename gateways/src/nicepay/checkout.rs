//! The buyer's side: the arguments of `AUTHNICE.requestPay`, and what its form brings back.

use domain::{Currency, payment::Gateway};
use reqwest::Url;
use serde::Serialize;

use super::keys::Keys;
use crate::{
    amount::{Decimal, InMainUnits},
    checkout::{Checkout, CheckoutParams, CheckoutRequest, Method, pay_url},
    returned::{Pairs, Return, ReturnError},
};

/// The longest name of goods, in bytes.
const MAX_NAME: usize = 40;
/// The code of a buyer who agreed.
const AGREED: &str = "0000";

/// Where a browser goes.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub client_key: String,
    pub sdk_url: String,
    pub pay_page: Option<Url>,
}

/// The argument of `AUTHNICE.requestPay`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthNice {
    /// Our client key.
    pub client_id: String,
    /// `card`, `bank`, `vbank`, `cellphone` or `cardAndEasyPay`.
    pub method: &'static str,
    /// The payment's id, chosen by us.
    pub order_id: String,
    amount: InMainUnits,
    /// What it is for.
    pub goods_name: String,
    /// Where the browser posts the outcome to.
    pub return_url: String,
    /// Whether NicePay shall hold the money.
    pub use_escrow: bool,
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
    /// Who a virtual account is named after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vbank_holder: Option<String>,
    /// Until when a virtual account takes the deposit: `YYYYMMDDhhmm` in Seoul.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vbank_exp_date: Option<String>,
}

impl Window {
    pub(super) fn params(&self, checkout: &Checkout) -> CheckoutParams {
        let customer = checkout.customer.as_ref();
        let is_account = checkout.method == Method::VirtualAccount;
        let name = customer.and_then(|it| it.full_name.clone());
        let goods_name = cut(&checkout.order_name, MAX_NAME).replace(['"', '|'], "-");
        let request = AuthNice {
            client_id: self.client_key.clone(),
            method: method(checkout.method),
            order_id: checkout.id.clone(),
            amount: InMainUnits(checkout.amount),
            vbank_holder: is_account.then(|| name.clone().unwrap_or_else(|| goods_name.clone())),
            goods_name,
            return_url: checkout.redirect_url.clone().unwrap_or_default(),
            use_escrow: checkout.escrow,
            currency: checkout.amount.currency.code().to_owned(),
            buyer_name: name,
            buyer_tel: customer.and_then(|it| it.phone_number.clone()),
            buyer_email: customer.and_then(|it| it.email.clone()),
            vbank_exp_date: checkout
                .deposit_due
                .map(|due| (due + crate::time::SEOUL).format("%Y%m%d%H%M").to_string()),
        };
        CheckoutParams {
            gateway: Gateway::Nicepay,
            sdk_url: self.sdk_url.clone(),
            pay_url: self.pay_page.as_ref().map(|page| pay_url(page, &checkout.id, &request)),
            request: CheckoutRequest::Nicepay(request),
        }
    }
}

/// No more than `bytes` of it, and no half letter.
fn cut(text: &str, bytes: usize) -> String {
    let end = (0..=text.len().min(bytes)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default().to_owned()
}

const fn method(method: Method) -> &'static str {
    match method {
        Method::Card => "card",
        Method::Transfer => "bank",
        Method::VirtualAccount => "vbank",
        Method::EasyPay => "cardAndEasyPay",
        Method::Mobile => "cellphone",
    }
}

/// The form the browser posts to `returnUrl`. Only an agreement is signed.
pub(super) fn returned(keys: &Keys, pairs: &[(String, String)]) -> Result<Return, ReturnError> {
    let pairs = Pairs(pairs);
    let id = pairs.one("orderId")?.to_owned();
    let code = pairs.one("authResultCode")?;
    if code != AGREED {
        let message = pairs.any("authResultMsg")?.unwrap_or_default().to_owned();
        return Ok(Return::Failed { id, code: code.to_owned(), message });
    }
    let amount = pairs.one("amount")?;
    let signed = [pairs.one("authToken")?, pairs.one("clientId")?, amount];
    if pairs.one("clientId")? != keys.client || !keys.signed(&signed, pairs.one("signature")?) {
        return Err(ReturnError::Forged);
    }
    let amount = Decimal::from_text(amount).and_then(|amount| amount.money(Currency::KRW).ok());
    Ok(Return::ToApprove {
        id,
        transaction_id: pairs.one("tid")?.to_owned(),
        token: None,
        amount: Some(amount.ok_or(ReturnError::Malformed("amount"))?),
    })
}
