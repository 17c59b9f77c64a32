//! `POST /webhooks/{gateway}`

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{id::PaymentId, payment::Gateway};
use gateways::{Hint, WebhookError};
use processes::Source;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    answer,
    extract::{PathText, raw_body},
    problem::{Kind, Problem, WebhookProblems},
    services::Services,
};

/// Taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Acknowledged {}

/// Takes a gateway's webhook: proves who sent it over its raw bytes, then looks the payment up. Nothing else in it
/// is believed. A payment that is not known here, or cannot be looked up now, is a problem, so that the gateway
/// sends it again.
#[utoipa::path(
    post, path = "/webhooks/{gateway}", tag = "webhooks",
    params(
        ("gateway" = String, Path, description = "Which gateway, for example portone-v2", max_length = 32,
            pattern = "^[a-z0-9_-]+$"),
        ("webhook-id" = String, Header, description = "The delivery's id"),
        ("webhook-timestamp" = String, Header, description = "When it was signed, in Unix seconds"),
        ("webhook-signature" = String, Header, description = "Standard Webhooks signatures"),
    ),
    request_body(content = Object, content_type = "application/json", description = "The gateway's own body"),
    responses((status = OK, description = "Taken", body = Acknowledged), WebhookProblems),
)]
pub async fn receive(
    State(services): State<Services>,
    PathText(name): PathText,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let gateway = named(&name).ok_or_else(|| Problem::plain(Kind::UnknownGateway))?;
    let gateway = services.processes.gateways().get(gateway)?;
    let raw = raw_body(&headers, body).await?;
    let hint = gateway.parse_webhook(&headers, &raw, services.clock.now())?;
    if let Hint::Payment { webhook_id, payment_id, .. } = hint {
        services.seen_webhooks.is_new(&webhook_id, services.clock.now())?;
        let payment_id =
            PaymentId::from_gateway(&payment_id).ok_or_else(|| Problem::plain(Kind::UnknownPayment))?;
        services.processes.sync_payment(payment_id, Source::Webhook).await?;
        services.seen_webhooks.remember(webhook_id, services.clock.now());
    }
    Ok(answer::json(StatusCode::OK, &Acknowledged {}))
}

fn named(name: &str) -> Option<Gateway> {
    let name = name.replace('-', "_");
    let all = [Gateway::PortoneV1, Gateway::PortoneV2, Gateway::Nicepay, Gateway::Toss];
    all.into_iter().find(|gateway| gateway.name() == name)
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
