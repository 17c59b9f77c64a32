//! `GET /payments/return`

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{Html, IntoResponse, Response},
};
use commands::PaymentState;
use domain::id::PaymentId;
use processes::{Source, SyncError};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    extract::Query,
    problem::{Kind, PageProblems, Problem},
    services::Services,
};

/// What the gateway's page appends to the address. Only the name counts, and it is looked up.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Returned {
    /// The payment's name at the gateway.
    #[serde(rename = "paymentId")]
    #[param(pattern = "^[0-9a-f]{32}$", min_length = 32, max_length = 32)]
    payment_id: String,
}

/// What the page says.
struct Words {
    title: (&'static str, &'static str),
    text: (&'static str, &'static str),
}

const PAID: Words = Words {
    title: ("결제가 완료되었습니다", "Paid"),
    text: (
        "결제 금액은 구매 확정 전까지 보관됩니다. 이 창을 닫아도 됩니다.",
        "The money is held until you confirm the delivery. You can close this page.",
    ),
};
const PENDING: Words = Words {
    title: ("결제를 확인하고 있습니다", "Not paid yet"),
    text: (
        "결제사에서 아직 완료 통지를 받지 못했습니다. 완료되면 주문에 자동으로 반영됩니다.",
        "The gateway does not say paid yet. When it does, the order follows by itself.",
    ),
};
const FAILED: Words = Words {
    title: ("결제가 완료되지 않았습니다", "Not paid"),
    text: (
        "결제가 이루어지지 않았습니다. 주문에서 다시 결제할 수 있습니다.",
        "Nothing was paid. You can pay the order again.",
    ),
};
const REFUSED: Words = Words {
    title: ("결제를 받을 수 없습니다", "The payment cannot be taken"),
    text: (
        "결제 내용이 주문과 달라 환불이 진행됩니다.",
        "The payment does not fit the order; the money goes back.",
    ),
};

/// Where the gateway's page sends the browser: looks the payment up and says how it stands.
#[utoipa::path(
    get, path = "/payments/return", tag = "payments",
    params(Returned),
    responses((status = OK, description = "A page for the buyer", body = String, content_type = "text/html"), PageProblems),
)]
pub async fn returned(
    State(services): State<Services>,
    headers: HeaderMap,
    Query(returned): Query<Returned>,
) -> Result<Response, Problem> {
    let payment_id = PaymentId::from_gateway(&returned.payment_id).ok_or_else(|| {
        Problem::new(Kind::InvalidQuery, "paymentId has to be a payment's name at the gateway")
    })?;
    let words = match services.processes.sync_payment(payment_id, Source::Browser).await {
        Ok(outcome) => match outcome.state {
            PaymentState::Authorized => PAID,
            PaymentState::Open => PENDING,
            PaymentState::Ended => FAILED,
            PaymentState::Quarantined => REFUSED,
        },
        Err(SyncError::Lookup(_)) => PENDING,
        Err(
            other @ (SyncError::UnknownPayment
            | SyncError::Gateway(_)
            | SyncError::Refused(_)
            | SyncError::Fault(_)),
        ) => return Err(other.into()),
    };
    Ok(page(&words, speaks_korean(&headers)).into_response())
}

/// Korean unless the browser asks for English first.
fn speaks_korean(headers: &HeaderMap) -> bool {
    let languages = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    !languages.is_some_and(|languages| languages.trim_start().to_lowercase().starts_with("en"))
}

fn page(words: &Words, korean: bool) -> Html<String> {
    let (language, title, text) =
        if korean { ("ko", words.title.0, words.text.0) } else { ("en", words.title.1, words.text.1) };
    Html(format!(
        "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>body{{font:16px/1.6 system-ui,sans-serif;max-width:32em;margin:15vh auto;padding:0 1em}}</style>\
         <h1>{title}</h1><p>{text}</p></html>"
    ))
}
