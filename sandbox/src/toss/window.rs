//! The window's arguments, and the addresses to which the browser returns.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use reqwest::Url;

use super::{
    accounts::{bank, date},
    money::{self, written},
};
use crate::{
    call::pairs,
    payment::{No, PayMethod, Payment},
    protocol::Left,
    window::{Wanted, is_under_way},
};

/// Reads the arguments of `requestPayment`, flat; what is not one of them is passed over.
pub fn wanted(query: &str) -> Result<Wanted, No> {
    let mut wanted = Wanted { approval_by_shop: true, ..Wanted::default() };
    let number = |text: &str, name| text.parse::<i64>().map_err(|_| No::Argument(name));
    let given: Vec<_> = pairs(query).into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let currency =
        given.iter().find(|(name, _)| name == "currency").map_or("KRW", |(_, value)| value.as_str());
    let amount = |text: &str, name| money::parse(text, currency).ok_or(No::Argument(name));
    for (name, value) in given.clone() {
        match name.as_str() {
            "clientKey" => wanted.store_id = Some(value),
            "method" => wanted.pay_method = Some(method(&value).ok_or(No::Argument("method"))?),
            "amount" => wanted.total_amount = Some(amount(&value, "amount")?),
            "currency" => wanted.currency = Some(value),
            "taxFreeAmount" => wanted.tax_free_amount = Some(amount(&value, "taxFreeAmount")?),
            "orderName" => wanted.order_name = Some(value),
            "successUrl" => wanted.redirect_url = Some(value),
            "failUrl" => drop(wanted.extra.insert(name, value.into())),
            "useEscrow" => wanted.is_escrow = Some(value == "true"),
            "customerName" => wanted.full_name = Some(value),
            "customerEmail" => wanted.email = Some(value),
            "customerMobilePhone" => wanted.phone_number = Some(value),
            "validHours" => drop(wanted.extra.insert(name, number(&value, "validHours")?.into())),
            "dueDate" => wanted.due_date = Some(date(&value).ok_or(No::Argument("dueDate"))?),
            "bank" => {
                let code = bank(&value).ok_or(No::Argument("bank"))?;
                wanted.extra.insert(name, code.into());
            }
            "mobile" => wanted.mobile = value == "true",
            _ => {}
        }
    }
    Ok(wanted)
}

fn method(word: &str) -> Option<PayMethod> {
    match word {
        "카드" | "CARD" => Some(PayMethod::Card),
        "계좌이체" | "TRANSFER" => Some(PayMethod::Transfer),
        "가상계좌" | "VIRTUAL_ACCOUNT" => Some(PayMethod::VirtualAccount),
        "휴대폰" | "MOBILE_PHONE" => Some(PayMethod::Mobile),
        "간편결제" | "토스페이" | "TOSSPAY" => Some(PayMethod::EasyPay),
        _ => None,
    }
}

/// Back to the shop, to one address or the other.
pub fn leave(payment: &Payment, left: Left) -> Option<Response> {
    if !is_under_way(&payment.state) {
        return None;
    }
    let terms = &payment.terms;
    let failure = match left {
        Left::Done => None,
        Left::Declined | Left::Blocked => Some(("REJECT_CARD_COMPANY", "결제 승인이 거절되었습니다.")),
        Left::Abandoned => Some(("PAY_PROCESS_CANCELED", "사용자에 의해 결제가 취소되었습니다.")),
    };
    let fail_url = terms.extra.get("failUrl").and_then(serde_json::Value::as_str);
    let to = if failure.is_some() { fail_url } else { terms.redirect_url.as_deref() };
    let mut to = Url::parse(to?).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let order_id = terms.reported_id.as_ref().unwrap_or(&payment.order_id);
    if let Some((code, message)) = failure {
        let mut query = to.query_pairs_mut();
        query.append_pair("code", code).append_pair("message", message).append_pair("orderId", order_id);
    } else {
        let mut query = to.query_pairs_mut();
        query
            .append_pair("paymentType", "NORMAL")
            .append_pair("orderId", order_id)
            .append_pair("paymentKey", &payment.id)
            .append_pair("amount", &written(terms.total, &terms.currency).to_string());
    }
    Some((StatusCode::SEE_OTHER, [(header::LOCATION, String::from(to))]).into_response())
}
