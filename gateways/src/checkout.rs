//! The buyer's side: what opens a pay window.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{Money, payment::Gateway};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    config::behind, logistics::Product, nicepay::AuthNice, portone_v1::RequestPay,
    portone_v2::RequestPayment, toss::TossWindow,
};

/// How the buyer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By card.
    Card,
    /// By transfer from the buyer's bank account.
    Transfer,
    /// By deposit to an account that is issued for this payment.
    VirtualAccount,
    /// By a wallet.
    EasyPay,
    /// On the phone bill.
    Mobile,
}

/// A pay window to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// The payment's id at the gateway.
    pub id: String,
    /// What the buyer shall pay.
    pub amount: Money,
    /// What it is for, as shown to the buyer.
    pub order_name: String,
    /// How the buyer pays.
    pub method: Method,
    /// Whether the gateway shall hold the money.
    pub escrow: bool,
    /// Who pays.
    pub customer: Option<CheckoutCustomer>,
    /// Where the browser goes afterwards.
    pub redirect_url: Option<String>,
    /// Where webhooks about this payment go, instead of the account's address.
    pub notice_urls: Vec<String>,
    /// Where the gateway asks before it captures, if it does: see [`Hint::Approval`](crate::Hint).
    pub confirm_url: Option<String>,
    /// Until when a virtual account takes the deposit.
    pub deposit_due: Option<DateTime<Utc>>,
    /// What is bought, for the PGs whose window wants to know.
    pub products: Vec<Product>,
}

/// What the gateway may know of the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutCustomer {
    /// Our id of them.
    pub customer_id: String,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// Their address for receipts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

/// What a browser needs to open the pay window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutParams {
    /// Which gateway.
    pub gateway: Gateway,
    /// The gateway's script that defines the function to call.
    pub sdk_url: String,
    /// A page to send the browser to instead, where the gateway has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_url: Option<String>,
    /// The arguments of that function, as they are.
    pub request: CheckoutRequest,
}

/// The arguments of a gateway's own function, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CheckoutRequest {
    /// For `IMP.request_pay`.
    PortoneV1(RequestPay),
    /// For `PortOne.requestPayment`.
    PortoneV2(RequestPayment),
    /// For `AUTHNICE.requestPay`.
    Nicepay(AuthNice),
    /// For `requestPayment` of Toss's `payment`.
    Toss(TossWindow),
}

/// The address of a page to pay on: the arguments of the gateway's own function that are plain, as a query.
pub(crate) fn pay_url(page: &Url, id: &str, request: &impl Serialize) -> String {
    let mut url = behind(page, &["pay", id]);
    // Raw, so that a number stays as it is written.
    let text = serde_json::to_string(request).unwrap_or_default();
    let fields: BTreeMap<&str, &RawValue> = serde_json::from_str(&text).unwrap_or_default();
    for (name, value) in fields {
        let value = value.get();
        match value.chars().next() {
            Some('"' | '[') => {
                let one = serde_json::from_str(value).map(|text: String| vec![text]);
                let texts = one.or_else(|_| serde_json::from_str::<Vec<String>>(value)).unwrap_or_default();
                url.query_pairs_mut().extend_pairs(texts.iter().map(|text| (name, text)));
            }
            Some('{' | 'n') | None => {}
            Some(_) => {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
    }
    url.into()
}
