//! The arguments of `requestPayment`, flat, as the script for browsers puts them into the window's address.

use crate::{
    call::pairs,
    payment::No,
    window::{Wanted, method},
};

/// Reads them; what is not one of them is passed over.
pub fn wanted(query: &str) -> Result<Wanted, No> {
    let mut wanted = Wanted::default();
    let number = |name, text: &str| text.parse().map(Some).map_err(|_| No::Argument(name));
    for (name, value) in pairs(query) {
        match name.as_str() {
            "totalAmount" => wanted.total_amount = number("totalAmount", &value)?,
            "taxFreeAmount" => wanted.tax_free_amount = number("taxFreeAmount", &value)?,
            "vatAmount" => wanted.vat_amount = number("vatAmount", &value)?,
            "payMethod" => wanted.pay_method = Some(method(&value).ok_or(No::Argument("payMethod"))?),
            "isEscrow" => wanted.is_escrow = Some(value == "true"),
            "isManualCapture" => wanted.approval_by_shop = value == "true",
            "dueDate" => wanted.due_date = value.parse().ok(),
            "mobile" => wanted.mobile = value == "true",
            "embedded" => drop(wanted.extra.insert(name, value.into())),
            "noticeUrls" => wanted.notice_urls.push(value),
            "storeId" => wanted.store_id = Some(value),
            "channelKey" => wanted.channel_key = Some(value),
            "orderName" => wanted.order_name = Some(value),
            "currency" => wanted.currency = Some(value),
            "redirectUrl" => wanted.redirect_url = Some(value),
            "confirmUrl" => wanted.confirm_url = Some(value),
            "customData" => wanted.custom_data = Some(value),
            "customerId" => wanted.customer_id = Some(value),
            "fullName" => wanted.full_name = Some(value),
            "email" => wanted.email = Some(value),
            "phoneNumber" => wanted.phone_number = Some(value),
            _ => {}
        }
    }
    Ok(wanted)
}
