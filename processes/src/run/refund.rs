//! Having a refund carried out. The first call is made once per round; whatever is unclear afterwards is looked up.
//!
//! Somebody at the gateway's console may be faster. What they did settles the refund (`commands::owed`); whether our own
//! call was carried out as well is looked up once more before the task ends.

use chrono::{DateTime, Utc};
use commands::{RecordRefund, RefundResult};
use domain::{
    Money,
    id::{PaymentId, RefundId},
    payment::{Attempt, Captured, Payment, Refund, RefundState},
};
use gateways::{
    Answer, Cancel, Cancellation, CancellationSeen, CancellationStatus, IdempotencyKey, PaymentGateway,
    RefundAccount, RefusalKind,
};

use super::{Next, Runner, Source, again};

/// How often a cancellation that the gateway had taken on is looked for, hourly, before it counts as failed: three days.
const LOOKS_FOR_PENDING: i32 = 78;

impl Runner {
    pub(super) async fn refund(&self, payment_id: PaymentId, refund_id: RefundId, attempts: i32) -> Next {
        let payment = match self.commands.load::<Payment>(payment_id).await {
            Ok((payment, _)) => payment,
            Err(fault) => return again(&fault),
        };
        let (Ok(attempt), Ok(captured)) = (payment.attempt(), payment.captured()) else { return Next::Done };
        let Some(refund) = captured.refunds.get(&refund_id) else { return Next::Done };
        let gateway = match self.gateways.get(attempt.gateway) {
            Ok(gateway) => gateway.as_ref(),
            Err(missing) => return Next::Again(missing.to_string()),
        };
        let result = match refund.state {
            RefundState::Failed => return Next::Done,
            RefundState::Done => return self.look_once_more(payment_id).await,
            RefundState::Requested => match self.refund_account(&payment, (attempt, refund)).await {
                Ok(Ok(account)) => {
                    self.ask_for_refund(gateway, attempt, captured, (refund_id, refund, account)).await
                }
                Ok(Err(why)) => Ok(RefundResult::Failed { reason: why.to_owned() }),
                Err(why) => Err(why),
            },
            RefundState::InDoubt => look(gateway, attempt, (refund_id, refund)).await,
            RefundState::Pending => match look(gateway, attempt, (refund_id, refund)).await {
                // Some gateways show nothing of a cancellation that failed after they had taken it on.
                Ok(RefundResult::NotFound) if attempts > LOOKS_FOR_PENDING => {
                    Ok(RefundResult::Failed { reason: "CANCELLATION_GONE".to_owned() })
                }
                Ok(RefundResult::NotFound) => Err("the gateway does not show it yet".to_owned()),
                seen => seen,
            },
        };
        let result = match result {
            Ok(result) => result,
            Err(why) => return Next::Again(why),
        };
        let unfinished = match result {
            RefundResult::Done { .. } | RefundResult::Failed { .. } => None,
            RefundResult::Pending { .. } => Some("the gateway will carry it out later"),
            RefundResult::InDoubt => Some("the gateway did not answer"),
            RefundResult::NotFound => Some("the gateway has no trace of it; it is asked for again"),
        };
        match (self.record("refund", RecordRefund { payment_id, refund_id, result }).await, unfinished) {
            (Next::Done, Some(why)) => Next::Again(why.to_owned()),
            (next, _) => next,
        }
    }

    async fn look_once_more(&self, payment_id: PaymentId) -> Next {
        match self.sync(payment_id, Source::Poller).await {
            Ok(_) => Next::Done,
            Err(error) => Next::Again(error.to_string()),
        }
    }

    async fn ask_for_refund(
        &self,
        gateway: &dyn PaymentGateway,
        attempt: &Attempt,
        captured: &Captured,
        (refund_id, refund, refund_account): (RefundId, &Refund, Option<RefundAccount>),
    ) -> Result<RefundResult, String> {
        let cancel = cancel(attempt, captured, (refund_id, refund, refund_account))?;
        match gateway.cancel(&cancel).await {
            Answer::Done(done) => Ok(carried_out(done, self.clock().now())),
            Answer::Pending(pending) => Ok(RefundResult::Pending { cancellation_id: pending.id }),
            Answer::InDoubt => Ok(RefundResult::InDoubt),
            // Our own earlier call may have gone through, or somebody was faster: the gateway's books decide.
            Answer::Refused(refusal)
                if matches!(refusal.kind, RefusalKind::AlreadyCancelled | RefusalKind::BalanceDiffers) =>
            {
                match look(gateway, attempt, (refund_id, refund)).await? {
                    RefundResult::NotFound => {
                        let looked = self.sync(attempt.payment_id, Source::Poller).await;
                        looked.map_err(|error| error.to_string())?;
                        Ok(RefundResult::Failed { reason: refusal.code })
                    }
                    found @ (RefundResult::Done { .. }
                    | RefundResult::Pending { .. }
                    | RefundResult::Failed { .. }
                    | RefundResult::InDoubt) => Ok(found),
                }
            }
            Answer::Refused(refusal) => Ok(RefundResult::Failed { reason: refusal.code }),
        }
    }
}

fn cancel(
    attempt: &Attempt,
    captured: &Captured,
    (refund_id, refund, refund_account): (RefundId, &Refund, Option<RefundAccount>),
) -> Result<Cancel, String> {
    Ok(Cancel {
        id: attempt.payment_id.at_gateway(),
        key: key(refund_id, refund)?,
        amount: refund.amount,
        cancellable: captured.left_at_gateway().map_err(|error| error.to_string())?,
        reason: "refund".to_owned(),
        refund_account,
    })
}

async fn look(
    gateway: &dyn PaymentGateway,
    attempt: &Attempt,
    (refund_id, refund): (RefundId, &Refund),
) -> Result<RefundResult, String> {
    let snapshot =
        gateway.lookup(&attempt.payment_id.at_gateway()).await.map_err(|error| error.to_string())?;
    let key = key(refund_id, refund)?;
    let found = snapshot.as_ref().and_then(|snapshot| snapshot.cancellation_of(key.as_str()));
    Ok(found.map_or(RefundResult::NotFound, |seen| as_seen(seen, refund.amount)))
}

fn as_seen(seen: &CancellationSeen, wanted: Money) -> RefundResult {
    let cancellation_id = seen.id.clone();
    match seen.status {
        CancellationStatus::Succeeded if seen.amount == wanted => {
            RefundResult::Done { cancellation_id, refunded_at: seen.at }
        }
        CancellationStatus::Succeeded => {
            RefundResult::Failed { reason: "ANOTHER_AMOUNT_CANCELLED".to_owned() }
        }
        CancellationStatus::Requested | CancellationStatus::Unknown(_) => {
            RefundResult::Pending { cancellation_id }
        }
        CancellationStatus::Failed => RefundResult::Failed { reason: "CANCELLATION_FAILED".to_owned() },
    }
}

fn carried_out(done: Cancellation, now: DateTime<Utc>) -> RefundResult {
    RefundResult::Done { cancellation_id: done.id, refunded_at: done.cancelled_at.unwrap_or(now) }
}

/// The key of one round: asking again after a refusal is a new question.
fn key(refund_id: RefundId, refund: &Refund) -> Result<IdempotencyKey, String> {
    let text = if refund.round > 1 { format!("{refund_id}.{}", refund.round) } else { refund_id.to_string() };
    IdempotencyKey::new(text).map_err(|error| error.to_string())
}
