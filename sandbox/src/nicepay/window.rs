//! The window's arguments, and the form that the buyer's browser takes back to the shop.

use std::fmt::Write;

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::sign::{hex, sign};
use crate::{
    app::App,
    call::pairs,
    pages::escape,
    payment::{No, PayMethod, Payment, State},
    protocol::Left,
    window::{Wanted, is_under_way},
};

/// Sends the form without the buyer's hand; where scripts are off, a button does.
const SUBMIT: &str = "document.forms[0].submit()";

/// Reads the arguments of `AUTHNICE.requestPay`; what is not one of them is passed over.
pub fn wanted(query: &str) -> Result<Wanted, No> {
    let mut wanted = Wanted { approval_by_shop: true, ..Wanted::default() };
    let number = |text: &str, name| text.parse::<i64>().map_err(|_| No::Argument(name));
    for (name, value) in pairs(query).into_iter().filter(|(_, value)| !value.is_empty()) {
        match name.as_str() {
            "clientId" => wanted.store_id = Some(value),
            "method" => {
                wanted.pay_method = Some(method(&value).ok_or(No::Argument("method"))?);
                wanted.extra.insert(name, value.into());
            }
            "amount" => wanted.total_amount = Some(number(&value, "amount")?),
            "taxFreeAmt" => wanted.tax_free_amount = Some(number(&value, "taxFreeAmt")?),
            "goodsName" => wanted.order_name = Some(value),
            "returnUrl" => wanted.redirect_url = Some(value),
            "useEscrow" => wanted.is_escrow = Some(value == "true"),
            "currency" => wanted.currency = Some(value),
            "mallReserved" => wanted.custom_data = Some(value),
            "buyerName" => wanted.full_name = Some(value),
            "buyerTel" => wanted.phone_number = Some(value),
            "buyerEmail" => wanted.email = Some(value),
            "vbankExpDate" => wanted.due_date = Some(day(&value).ok_or(No::Argument("vbankExpDate"))?),
            "vbankValidHours" => {
                wanted.extra.insert(name, number(&value, "vbankValidHours")?.into());
            }
            "mobile" => wanted.mobile = value == "true",
            "mallUserId" | "vbankHolder" => drop(wanted.extra.insert(name, value.into())),
            _ => {}
        }
    }
    if wanted.pay_method == Some(PayMethod::VirtualAccount) && !wanted.extra.contains_key("vbankHolder") {
        return Err(No::Argument("vbankHolder"));
    }
    if wanted.pay_method == Some(PayMethod::EasyPay) && wanted.is_escrow == Some(true) {
        return Err(No::Argument("useEscrow"));
    }
    Ok(wanted)
}

fn method(word: &str) -> Option<PayMethod> {
    match word {
        "card" | "directCard" | "cardAndEasyPay" => Some(PayMethod::Card),
        "bank" => Some(PayMethod::Transfer),
        "vbank" => Some(PayMethod::VirtualAccount),
        "cellphone" => Some(PayMethod::Mobile),
        "naverpayCard" | "kakaopay" | "kakaopayCard" | "kakaopayMoney" | "samsungpayCard" | "payco"
        | "ssgpay" => Some(PayMethod::EasyPay),
        _ => None,
    }
}

/// A day, to its end, or a minute, in Seoul.
fn day(text: &str) -> Option<DateTime<Utc>> {
    let end_of = |day: NaiveDate| day.and_hms_opt(23, 59, 59);
    let there = match text.len() {
        8 => NaiveDate::parse_from_str(text, "%Y%m%d").ok().and_then(end_of),
        _ => NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M").ok(),
    };
    there.map(|there| there.and_utc() - TimeDelta::hours(9))
}

/// The result of the authentication, posted to the shop by the buyer's browser.
pub fn leave(app: &App, payment: &Payment, left: Left) -> Option<Response> {
    let url = payment.terms.redirect_url.as_deref().filter(|_| is_under_way(&payment.state))?;
    let (code, words) = match left {
        Left::Done => ("0000", "인증 성공"),
        Left::Declined | Left::Blocked => ("C002", "카드사 인증 실패"),
        Left::Abandoned => ("I002", "사용자가 결제를 취소하였습니다"),
    };
    let client_id = &payment.terms.store_id;
    let amount = payment.terms.total.to_string();
    let reserved = payment.terms.custom_data.as_deref().unwrap_or_default();
    let order_id = payment.terms.reported_id.as_ref().unwrap_or(&payment.order_id);
    let mut fields = vec![
        ("authResultCode", code),
        ("authResultMsg", words),
        ("clientId", client_id),
        ("orderId", order_id),
        ("amount", &amount),
        ("mallReserved", reserved),
    ];
    let token = auth_token(payment);
    let signature = sign(app, &[&token, client_id, &amount]);
    if left == Left::Done {
        fields.extend([("tid", payment.id.as_str()), ("authToken", &token), ("signature", &signature)]);
    }
    Some(form(url, &fields))
}

/// The token of the authentication, in NicePay's form: forty characters.
fn auth_token(payment: &Payment) -> String {
    let id = match &payment.state {
        State::Authorised { token } => token.as_str(),
        State::Ready
        | State::Pending
        | State::AccountIssued
        | State::Paid { .. }
        | State::Failed { .. }
        | State::Expired { .. } => &payment.transaction_id,
    };
    let digest = hex(&Sha256::digest(id)).to_ascii_uppercase();
    format!("NICEUNTT{}", digest.get(..32).unwrap_or_default())
}

fn form(url: &str, fields: &[(&str, &str)]) -> Response {
    let mut inputs = String::new();
    for (name, value) in fields {
        // Writing to a String does not fail.
        let _ = write!(inputs, r#"<input type="hidden" name="{name}" value="{}">"#, escape(value));
    }
    let page = format!(
        r#"<!doctype html><html lang="ko"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>상점으로 이동 · Sandbox</title></head>
<body><form method="post" action="{}" accept-charset="utf-8">{inputs}
<noscript><button>상점으로 돌아가기 <span lang="en">Back to the shop</span></button></noscript></form>
<script>{SUBMIT}</script></body></html>"#,
        escape(url)
    );
    let hash = STANDARD.encode(Sha256::digest(SUBMIT));
    let policy = format!("default-src 'none'; script-src 'sha256-{hash}'; frame-ancestors 'none'");
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (StatusCode::OK, headers, page).into_response()
}
