//! `GET|POST /payments/return/{gateway}`

use std::time::Duration;

use axum::{
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{Html, IntoResponse, Response},
};
use commands::{AuthenticatePayment, Context, Failure, PaymentState};
use domain::{
    id::{Id, PaymentId},
    payment::Payment,
};
use gateways::{Return, ReturnError};
use processes::{Source, SyncError};

use super::super::gateway_name::gateway_named;
use crate::{
    extract::{PathText, raw_body},
    problem::{Kind, PageProblems, Problem},
    services::Services,
};

/// How long the page waits for the gateway to approve.
const PATIENCE: Duration = Duration::from_secs(8);
/// Who asks.
const ACTOR: &str = "system:payment-return";

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

/// Where the gateway's page sends the browser. What the browser says is a claim: it is looked up, and where the gateway
/// waits for our approval, that is asked for first.
#[utoipa::path(
    get, path = "/payments/return/{gateway}", tag = "payments",
    params(("gateway" = String, Path, description = "Which gateway, for example portone-v2", max_length = 32,
        pattern = "^[a-z0-9_-]+$")),
    responses((status = OK, description = "A page for the buyer", body = String, content_type = "text/html"), PageProblems),
)]
pub async fn returned(
    State(services): State<Services>,
    PathText(name): PathText,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let pairs = pairs(query.unwrap_or_default().as_bytes());
    answer(&services, &headers, (&name, &pairs)).await
}

/// The same for a gateway whose page posts a form.
#[utoipa::path(
    post, path = "/payments/return/{gateway}", tag = "payments",
    params(("gateway" = String, Path, description = "Which gateway, for example nicepay", max_length = 32,
        pattern = "^[a-z0-9_-]+$")),
    request_body(content = Object, content_type = "application/x-www-form-urlencoded", description = "The gateway's own form"),
    responses((status = OK, description = "A page for the buyer", body = String, content_type = "text/html"), PageProblems),
)]
pub async fn posted(
    State(services): State<Services>,
    PathText(name): PathText,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let raw = raw_body(&headers, body).await?;
    answer(&services, &headers, (&name, &pairs(&raw))).await
}

async fn answer(
    services: &Services,
    headers: &HeaderMap,
    (name, pairs): (&str, &[(String, String)]),
) -> Result<Response, Problem> {
    let gateway = services.processes.gateways().get(gateway_named(name)?)?;
    let (payment_id, words) = match gateway.parse_return(pairs)? {
        // What failed may have been paid all the same: the gateway's books say.
        Return::Finished { id } | Return::Failed { id, .. } => {
            let payment_id = payment(&id)?;
            (payment_id, looked_up(services, payment_id).await?)
        }
        Return::ToApprove { id, transaction_id, token, amount } => {
            let payment_id = payment(&id)?;
            let token = match token {
                Some(token) => Some(sealed(services, payment_id, token.expose()).await?),
                None => None,
            };
            let agreed = AuthenticatePayment { payment_id, transaction_id, token, amount };
            (payment_id, approved(services, agreed).await?)
        }
    };
    Ok(page(&words, payment_id, speaks_korean(headers)).into_response())
}

/// Has an agreement approved; what is refused here was not captured.
async fn approved(services: &Services, agreed: AuthenticatePayment) -> Result<Words, Problem> {
    let payment_id = agreed.payment_id;
    match services.commands.dispatch(&Context::fresh(ACTOR), agreed).await {
        Ok(_) => {
            services.processes.approval_ends(payment_id, PATIENCE).await?;
            let (payment, _) = services.commands.load::<Payment>(payment_id).await?;
            Ok(match payment {
                Payment::Authorized(..) => PAID,
                Payment::Absent | Payment::Open(..) => PENDING,
                Payment::Ended(..) => FAILED,
                Payment::Quarantined(..) => REFUSED,
            })
        }
        // Too late, or told twice: the books say how it stands.
        Err(Failure::Refused(refusal)) => {
            tracing::info!(%payment_id, %refusal, "an agreement is not approved");
            looked_up(services, payment_id).await
        }
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

async fn sealed(services: &Services, payment_id: PaymentId, token: &str) -> Result<domain::Sealed, Problem> {
    let (payment, _) = services.commands.load::<Payment>(payment_id).await?;
    let buyer = payment.attempt()?.buyer_id;
    Ok(services.vault.seal(buyer.uuid(), token).await?)
}

async fn looked_up(services: &Services, payment_id: PaymentId) -> Result<Words, Problem> {
    match services.processes.sync_payment(payment_id, Source::Browser).await {
        Ok(outcome) => Ok(match outcome.state {
            PaymentState::Authorized => PAID,
            PaymentState::Open => PENDING,
            PaymentState::Ended => FAILED,
            PaymentState::Quarantined => REFUSED,
        }),
        Err(SyncError::Lookup(_)) => Ok(PENDING),
        Err(
            other @ (SyncError::UnknownPayment
            | SyncError::Gateway(_)
            | SyncError::Refused(_)
            | SyncError::Fault(_)),
        ) => Err(other.into()),
    }
}

fn payment(id: &str) -> Result<PaymentId, Problem> {
    PaymentId::from_gateway(id).ok_or_else(|| Problem::plain(Kind::UnknownPayment))
}

/// The pairs of a query or a form.
fn pairs(text: &[u8]) -> Vec<(String, String)> {
    let mut url = reqwest::Url::parse("http://form.invalid/");
    if let Ok(url) = &mut url {
        url.set_query(std::str::from_utf8(text).ok());
        return url.query_pairs().into_owned().collect();
    }
    vec![]
}

impl From<ReturnError> for Problem {
    fn from(error: ReturnError) -> Self {
        let kind = match error {
            ReturnError::Missing(_) | ReturnError::Malformed(_) => Kind::InvalidQuery,
            ReturnError::Forged => Kind::ForgedReturn,
        };
        Self::new(kind, error.to_string())
    }
}

/// Korean unless the browser asks for English first.
fn speaks_korean(headers: &HeaderMap) -> bool {
    let languages = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    !languages.is_some_and(|languages| languages.trim_start().to_lowercase().starts_with("en"))
}

/// The page leads on to the console, which follows the payment from there.
fn page(words: &Words, payment_id: PaymentId, korean: bool) -> Html<String> {
    let (language, title, text, on) = if korean {
        ("ko", words.title.0, words.text.0, "결제 보기")
    } else {
        ("en", words.title.1, words.text.1, "See the payment")
    };
    Html(format!(
        "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>body{{font:16px/1.6 system-ui,sans-serif;max-width:32em;margin:15vh auto;padding:0 1em}}</style>\
         <h1>{title}</h1><p>{text}</p><p><a href=\"/my/payments/{payment_id}\">{on}</a></p></html>"
    ))
}
