//! The arguments of `IMP.request_pay`, flat, as the script for browsers puts them into the window's address.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::input::whole;
use crate::{
    call::pairs,
    payment::{No, PayMethod},
    window::Wanted,
};

/// Reads them; what is not one of them is passed over.
pub fn wanted(query: &str) -> Result<Wanted, No> {
    let mut wanted = Wanted::default();
    let number = |name, text: &str| whole(text).map(Some).ok_or(No::Argument(name));
    for (name, value) in pairs(query) {
        match name.as_str() {
            "amount" => wanted.total_amount = number("amount", &value)?,
            "tax_free" => wanted.tax_free_amount = number("tax_free", &value)?,
            "vat_amount" => wanted.vat_amount = number("vat_amount", &value)?,
            "pay_method" => wanted.pay_method = Some(method(&value)?),
            "escrow" => wanted.is_escrow = Some(value == "true"),
            "mobile" => wanted.mobile = value == "true",
            "vbank_due" => wanted.due_date = due(&value),
            "user_code" => wanted.store_id = Some(value),
            "channelKey" => wanted.channel_key = Some(value),
            // `html5_inicis.INIpayTest`: the PG, and the shop's name there.
            "pg" if wanted.channel_key.is_none() => {
                wanted.channel_key = value.split('.').next().map(ToOwned::to_owned);
            }
            "name" => wanted.order_name = Some(value),
            "currency" => wanted.currency = Some(value),
            "m_redirect_url" => wanted.redirect_url = Some(value),
            "notice_url" => wanted.notice_urls.push(value),
            "confirm_url" => wanted.confirm_url = Some(value),
            "custom_data" => wanted.custom_data = Some(value),
            "buyer_name" => wanted.full_name = Some(value),
            "buyer_email" => wanted.email = Some(value),
            "buyer_tel" => wanted.phone_number = Some(value),
            "buyer_addr" => wanted.address = Some(value),
            "buyer_postcode" => wanted.postcode = Some(value),
            "kcpProducts" | "embedded" => drop(wanted.extra.insert(name, Value::String(value))),
            _ => {}
        }
    }
    Ok(wanted)
}

fn method(word: &str) -> Result<PayMethod, No> {
    match word {
        "card" => Ok(PayMethod::Card),
        "trans" => Ok(PayMethod::Transfer),
        "vbank" => Ok(PayMethod::VirtualAccount),
        "phone" => Ok(PayMethod::Mobile),
        "kakaopay" | "naverpay" | "tosspay" | "payco" => Ok(PayMethod::EasyPay),
        _ => Err(No::Argument("pay_method")),
    }
}

/// `YYYYMMDDhhmm`, `YYYYMMDD` or `YYYY-MM-DD hh:mm:ss`, in Seoul.
fn due(text: &str) -> Option<DateTime<Utc>> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let padded = match digits.len() {
        8 => format!("{digits}235959"),
        12 => format!("{digits}00"),
        _ => digits,
    };
    DateTime::parse_from_str(&format!("{padded} +0900"), "%Y%m%d%H%M%S %z").ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_due_time_is_seouls() {
        let wanted = "2026-03-02T14:59:59Z".parse().ok();
        assert_eq!(due("20260302"), wanted);
        assert_eq!(due("20260302235959"), wanted);
        assert_eq!(due("2026-03-02 23:59:59"), wanted);
        assert_eq!(due("soon"), None);
    }
}
