//! Cancelling at PortOne V1: look, send once with the balance as a checksum, look again.

use reqwest::Method;
use serde::Serialize;

use super::{PortoneV1, client::Outcome, wire};
use crate::{
    amount::InMainUnits,
    answer::Answer,
    calls::{Cancel, Cancellation},
    cancelling,
    port::PaymentGateway,
    reason,
    secret::Secret,
};

/// There is always an amount: PortOne reads a missing one, and nought, as everything.
#[derive(Serialize)]
struct Body<'a> {
    imp_uid: &'a str,
    merchant_uid: &'a str,
    amount: InMainUnits,
    checksum: InMainUnits,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_holder: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_bank: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_account: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_tel: Option<&'a str>,
}

impl<'a> Body<'a> {
    fn of(cancel: &'a Cancel, imp_uid: &'a str) -> Self {
        let account = cancel.refund_account.as_ref();
        Self {
            imp_uid,
            merchant_uid: &cancel.id,
            amount: InMainUnits(cancel.amount),
            checksum: InMainUnits(cancel.cancellable),
            reason: reason::with_key(&cancel.reason, &cancel.key),
            refund_holder: account.map(|it| it.holder.expose()),
            refund_bank: account.map(|it| it.bank.code()),
            refund_account: account.map(|it| it.number.expose()),
            refund_tel: account.and_then(|it| it.phone.as_ref()).map(Secret::expose),
        }
    }
}

pub(super) async fn cancel(gateway: &PortoneV1, cancel: &Cancel) -> Answer<Cancellation> {
    let Ok(seen) = gateway.lookup(&cancel.id).await else { return Answer::InDoubt };
    if let Some(answer) = cancelling::before(cancel, seen.as_ref()) {
        return answer;
    }
    let imp_uid = seen.map(|seen| seen.transaction_id).unwrap_or_default();
    let body = Body::of(cancel, &imp_uid);
    match gateway.change::<wire::Payment>(Method::POST, &["payments", "cancel"], &body).await {
        Outcome::Done(payment) => cancelling::taken(cancel, payment.snapshot()),
        // Nobody has confirmed the words of its refusals: what is there now says what they mean.
        Outcome::No(_, refusal) => match gateway.lookup(&cancel.id).await {
            Ok(after) => cancelling::refused(cancel, after.as_ref(), refusal),
            Err(_) => Answer::InDoubt,
        },
        Outcome::InDoubt => Answer::InDoubt,
    }
}
