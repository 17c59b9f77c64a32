//! `POST /webhooks/{gateway}`

use std::time::Duration;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use commands::{Context, Failure, Refusal, SecureStock};
use domain::{
    id::PaymentId,
    payment::{Payment, PaymentRefusal},
};
use gateways::{Acknowledgement, Hint, Proof, WebhookError};
use processes::{Delivery, digest_of};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::gateway_name::gateway_named;
use crate::{
    answer,
    extract::{PathText, raw_body},
    problem::{Kind, Problem, WebhookProblems},
    services::Services,
};

/// How long a gateway that is about to capture waits for our yes is ten seconds; ours comes before that, or a no.
const APPROVAL_WITHIN: Duration = Duration::from_secs(8);
/// What a capture that we do not answer in time is blocked with.
const TOO_LATE: &str = "the shop could not secure the stock in time";
/// What a capture of nobody's payment is blocked with.
const UNKNOWN: &str = "there is no such payment";
/// Who asks.
const ACTOR: &str = "system:payment-confirm";

/// Taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Acknowledged {}

/// Why a capture is blocked, in the member that the gateways read.
#[derive(Debug, Serialize)]
struct Blocked {
    reason: String,
}

/// Takes a gateway's webhook: proves who sent it over its raw bytes, as far as the gateway lets us, and stores what it
/// is about; the payment is looked up next, and nothing else in it is believed. A payment that is not known here is a
/// problem, so that the gateway sends it again. A gateway that asks before it captures is answered when the stock is
/// secured, or told why not.
#[utoipa::path(
    post, path = "/webhooks/{gateway}", tag = "webhooks",
    params(
        ("gateway" = String, Path, description = "Which gateway: portone-v1, portone-v2, nicepay or toss", max_length = 32,
            pattern = "^[a-z0-9_-]+$"),
        ("webhook-id" = Option<String>, Header, description = "PortOne V2: the delivery's id"),
        ("webhook-timestamp" = Option<String>, Header, description = "PortOne V2: when it was signed, in Unix seconds"),
        ("webhook-signature" = Option<String>, Header, description = "PortOne V2: Standard Webhooks signatures"),
    ),
    request_body(content = Object, content_type = "application/json", description = "The gateway's own body"),
    responses((status = OK, description = "Taken; NicePay is answered OK as text/html", body = Acknowledged), WebhookProblems),
)]
pub async fn receive(
    State(services): State<Services>,
    PathText(name): PathText,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let gateway = services.processes.gateways().get(gateway_named(&name)?)?;
    let raw = raw_body(&headers, body).await?;
    match gateway.parse_webhook(&headers, &raw, services.clock.now())? {
        Hint::Payment { webhook_id, kind, payment_id, proof, .. } => {
            let delivery = Delivery {
                gateway: gateway.gateway(),
                delivery_id: webhook_id,
                kind,
                payment_id: known(&services, &payment_id).await?,
                signed: proof == Proof::Signed,
                secret_digest: match proof {
                    Proof::PaymentSecret(secret) => Some(digest_of(secret.expose())),
                    Proof::Signed | Proof::Unsigned => None,
                },
            };
            services.processes.queue().receive(&delivery, services.clock.now()).await?;
        }
        Hint::Approval { payment_id, amount, .. } => {
            return Ok(may_capture(&services, &payment_id, amount).await);
        }
        Hint::Ignored { .. } => {}
    }
    Ok(acknowledged(gateway.acknowledgement()))
}

/// The payment, if it exists here.
async fn known(services: &Services, gateway_id: &str) -> Result<PaymentId, Problem> {
    let unknown = || Problem::plain(Kind::UnknownPayment);
    let payment_id = PaymentId::from_gateway(gateway_id).ok_or_else(unknown)?;
    let (payment, _) = services.commands.load::<Payment>(payment_id).await?;
    match payment.attempt() {
        Ok(_) => Ok(payment_id),
        Err(PaymentRefusal::UnknownPayment) => Err(unknown()),
        Err(refusal) => Err(commands::Refusal::from(refusal).into()),
    }
}

/// Secures the stock for a capture that is about to happen. Everything but our yes blocks it.
async fn may_capture(services: &Services, gateway_id: &str, amount: Option<i64>) -> Response {
    let Some(payment_id) = PaymentId::from_gateway(gateway_id) else {
        return blocked(StatusCode::NOT_FOUND, UNKNOWN.to_owned());
    };
    let context = Context::fresh(ACTOR);
    let secure = services.commands.dispatch(&context, SecureStock { payment_id, amount });
    match tokio::time::timeout(APPROVAL_WITHIN, secure).await {
        Ok(Ok(_)) => answer::json(StatusCode::OK, &Acknowledged {}),
        Ok(Err(Failure::Refused(Refusal::Payment(PaymentRefusal::UnknownPayment)))) => {
            blocked(StatusCode::NOT_FOUND, UNKNOWN.to_owned())
        }
        Ok(Err(Failure::Refused(refusal))) => blocked(StatusCode::CONFLICT, refusal.to_string()),
        Ok(Err(Failure::Fault(fault))) => {
            tracing::error!(%payment_id, %fault, "the stock could not be secured");
            blocked(StatusCode::SERVICE_UNAVAILABLE, TOO_LATE.to_owned())
        }
        Err(_) => blocked(StatusCode::SERVICE_UNAVAILABLE, TOO_LATE.to_owned()),
    }
}

fn blocked(status: StatusCode, reason: String) -> Response {
    answer::json(status, &Blocked { reason })
}

fn acknowledged(wanted: Acknowledgement) -> Response {
    match wanted {
        Acknowledgement::AnySuccess => answer::json(StatusCode::OK, &Acknowledged {}),
        Acknowledgement::Exactly { content_type, body } => {
            let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))];
            (StatusCode::OK, content_type, body).into_response()
        }
    }
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        let kind = match &error {
            WebhookError::Headers | WebhookError::Body(_) => Kind::InvalidWebhook,
            WebhookError::NoMatchingSignature => Kind::ForgedWebhook,
            WebhookError::TooOld | WebhookError::TooNew => Kind::StaleWebhook,
        };
        Self::new(kind, error.to_string())
    }
}
