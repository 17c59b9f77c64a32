//! How each protocol sends its webhooks: in what form, how often, and what it takes for an answer.

use crate::{config::SandboxConfig, payment::WebhookOutcome, protocol::Protocol};

/// Minutes after PortOne V2's failed sends; then it gives up.
const PORTONE_V2: &[i64] = &[1, 4, 16, 64, 256];
/// PortOne V1's, for a shop that asked for it.
const PORTONE_V1: &[i64] = &[1, 1, 1, 1, 1];
/// Toss Payments'.
const TOSS: &[i64] = &[1, 4, 16, 64, 256, 1_024, 4_096];
/// NicePay's. Nobody has confirmed these waits; that it comes again, and not for ever, is what matters.
const NICEPAY: &[i64] = &[1, 5, 10];

/// How often PortOne V2 sends a webhook in all.
pub const MAX_SENDS: u32 = 6;

/// Whether its webhooks are Standard Webhooks.
pub const fn is_signed_with_a_time(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::PortoneV2)
}

/// The form of its bodies.
pub const fn content_type(config: &SandboxConfig, protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::PortoneV1 if config.portone_v1_webhooks_as_forms => "application/x-www-form-urlencoded",
        Protocol::Nicepay => "application/json;charset=utf-8",
        Protocol::PortoneV1 | Protocol::PortoneV2 | Protocol::Toss => "application/json",
    }
}

/// Whether the shop took it.
pub fn is_taken(protocol: Protocol, status: u16, content_type: &str, body: &[u8]) -> bool {
    match protocol {
        Protocol::PortoneV1 | Protocol::PortoneV2 => (200..300).contains(&status),
        Protocol::Toss => status == 200,
        Protocol::Nicepay => {
            status == 200
                && content_type.starts_with("text/html")
                && body.windows(2).any(|word| word == b"OK")
        }
    }
}

/// How many minutes after the `sends`-th send it comes again, if it does.
pub fn wait_after(
    config: &SandboxConfig,
    protocol: Protocol,
    sends: u32,
    outcome: WebhookOutcome,
) -> Option<i64> {
    let client_error = matches!(outcome, WebhookOutcome::Refused { status } if status < 500);
    let ladder = match protocol {
        Protocol::PortoneV1 if config.portone_v1_webhooks_again && !client_error => PORTONE_V1,
        Protocol::PortoneV1 => &[],
        Protocol::PortoneV2 => PORTONE_V2,
        Protocol::Nicepay => NICEPAY,
        Protocol::Toss => TOSS,
    };
    if matches!(outcome, WebhookOutcome::Delivered { .. }) {
        return None;
    }
    ladder.get(usize::try_from(sends).ok()?).copied()
}
