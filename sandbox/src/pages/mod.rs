//! The pay window that a person can click, and the script that opens it from a shop's page.
//!
//! A shop sends the browser to `GET /pay/{paymentId}?…`; a button posts back here; then the browser returns to the
//! shop's `redirectUrl` as from PortOne's own window, and the signed webhook goes its own way, before or after.

mod html;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, RawQuery, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use reqwest::Url;

use crate::{
    app::{App, hold},
    payment::{No, PayMethod, Payment},
    portone_v2::{Problem, Wanted, open, tell},
};

/// A posted form is one word.
const MAX_FORM: usize = 4_096;

/// The pages.
pub fn router() -> Router<Arc<App>> {
    Router::new().route("/pay/{id}", get(show).post(act)).route("/v2/browser-sdk.js", get(sdk))
}

async fn sdk() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("browser-sdk.js"))
        .into_response()
}

async fn show(State(app): State<Arc<App>>, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let wanted = match wanted(&query.unwrap_or_default()) {
        Ok(wanted) => wanted,
        Err(problem) => return page(StatusCode::BAD_REQUEST, html::refused(&problem)),
    };
    let slot = app.book.entry(&id);
    let mut entry = hold(&slot);
    // Without arguments the page shows a payment that is there already, as a bookmark of a virtual account does.
    let opened = if wanted.total_amount.is_none() && entry.payment.is_some() {
        Ok(())
    } else {
        open(&app, &slot, &mut entry, &id, wanted, true)
    };
    if opened.is_ok() {
        app.remember(&id, &entry);
    }
    match (opened, &entry.payment) {
        (Ok(()), Some(payment)) => page(StatusCode::OK, html::window(payment)),
        (Err(_), Some(payment)) if payment.is_captured() => page(StatusCode::OK, html::window(payment)),
        (Err(problem), _) => page(StatusCode::CONFLICT, html::refused(&problem)),
        (Ok(()), None) => page(StatusCode::NOT_FOUND, html::refused(&Problem::payment_not_found())),
    }
}

/// Reads the query: the arguments of `requestPayment`, flat; what is not one of them is passed over.
fn wanted(query: &str) -> Result<Wanted, Problem> {
    let url = Url::parse(&format!("http://sandbox/?{query}"))
        .map_err(|_| Problem::invalid("the query is malformed"))?;
    let mut wanted = Wanted::default();
    let number =
        |name: &str, text: &str| text.parse().map_err(|_| Problem::invalid(&format!("{name} is no amount")));
    for (name, value) in url.query_pairs() {
        let text = Some(value.to_string());
        match &*name {
            "storeId" => wanted.store_id = text,
            "channelKey" => wanted.channel_key = text,
            "orderName" => wanted.order_name = text,
            "totalAmount" => wanted.total_amount = Some(number("totalAmount", &value)?),
            "taxFreeAmount" => wanted.tax_free_amount = Some(number("taxFreeAmount", &value)?),
            "currency" => wanted.currency = text,
            "payMethod" => wanted.pay_method = Some(method(&value)?),
            "isEscrow" => wanted.is_escrow = Some(value == "true"),
            "redirectUrl" => wanted.redirect_url = text,
            "noticeUrls" => wanted.notice_urls.extend(text),
            "dueDate" => wanted.due_date = value.parse().ok(),
            "customerId" => wanted.customer_id = text,
            "fullName" => wanted.full_name = text,
            "email" => wanted.email = text,
            "phoneNumber" => wanted.phone_number = text,
            _ => {}
        }
    }
    Ok(wanted)
}

fn method(word: &str) -> Result<PayMethod, Problem> {
    match word {
        "CARD" => Ok(PayMethod::Card),
        "TRANSFER" => Ok(PayMethod::Transfer),
        "VIRTUAL_ACCOUNT" => Ok(PayMethod::VirtualAccount),
        "EASY_PAY" => Ok(PayMethod::EasyPay),
        "MOBILE" => Ok(PayMethod::Mobile),
        _ => Err(Problem::invalid("payMethod is not one that is known")),
    }
}

async fn act(State(app): State<Arc<App>>, Path(id): Path<String>, request: Request) -> Response {
    let body = to_bytes(request.into_body(), MAX_FORM).await.unwrap_or_default();
    let slot = app.book.find(&id);
    let Some(slot) = slot else {
        return page(StatusCode::NOT_FOUND, html::refused(&Problem::payment_not_found()));
    };
    let mut entry = hold(&slot);
    let Some(payment) = entry.payment.as_mut() else {
        return page(StatusCode::NOT_FOUND, html::refused(&Problem::payment_not_found()));
    };
    let (done, failure) = click(&app, payment, &body);
    let answer = match done {
        Ok(()) => leave(payment, failure.as_ref()),
        Err(no) => page(StatusCode::CONFLICT, html::refused(&no.into())),
    };
    app.remember(&id, &entry);
    answer
}

/// What the browser is told when it returns without a payment.
struct Failure {
    code: &'static str,
    message: &'static str,
}

const DECLINED: Failure =
    Failure { code: "FAILURE_TYPE_PG", message: "[3011] 카드사에서 승인을 거절했습니다." };
const ABANDONED: Failure =
    Failure { code: "PAY_PROCESS_CANCELED", message: "사용자가 결제를 취소하셨습니다." };

fn click(app: &App, payment: &mut Payment, form: &[u8]) -> (Result<(), No>, Option<Failure>) {
    let now = app.now();
    let (done, failure) = match form {
        b"action=approve" => (payment.capture(now), None),
        b"action=decline" => (payment.decline("3011", "카드사 승인 거절", now), Some(DECLINED)),
        b"action=issue" => {
            let issued = payment.issue_account(now);
            if issued.is_ok() {
                payment.terms.method = PayMethod::VirtualAccount;
            }
            (issued, None)
        }
        b"action=deposit" => (payment.deposit(None, false, now), None),
        // The window is closed: nothing happened to the payment, and nobody is told.
        _ => return (Ok(()), Some(ABANDONED)),
    };
    if done.is_ok() {
        tell::state(app, payment);
    }
    (done, failure)
}

/// Back to the shop, or, if the shop gave no address, to a page that says what happened.
fn leave(payment: &Payment, failure: Option<&Failure>) -> Response {
    let back = payment.terms.redirect_url.as_deref().and_then(|url| Url::parse(url).ok());
    let Some(mut back) = back else {
        return page(StatusCode::OK, html::window(payment));
    };
    back.query_pairs_mut()
        .append_pair("paymentId", &payment.id)
        .append_pair("transactionType", "PAYMENT")
        .append_pair("txId", &payment.transaction_id);
    if let Some(Failure { code, message }) = failure {
        back.query_pairs_mut().append_pair("code", code).append_pair("message", message);
    }
    (StatusCode::SEE_OTHER, [(header::LOCATION, String::from(back))]).into_response()
}

fn page(status: StatusCode, html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, Body::from(html)).into_response()
}
