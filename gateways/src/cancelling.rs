//! Cancelling where no idempotency key, or none that lasts, makes a repeated call one call: look first, send once,
//! and look again before a refusal is believed.
//!
//! The refund's id stands behind the reason, so a look-up tells whether this refund was carried out; and what is
//! left at the gateway must be what our book says, so a refund is never made beside one that we do not know of.

use crate::{
    answer::{Answer, Refusal, RefusalKind},
    calls::{Cancel, Cancellation},
    snapshot::{CancellationSeen, CancellationStatus, Snapshot},
};

/// Why the cancellation is not to be sent; `None` if it is.
pub(crate) fn before(cancel: &Cancel, seen: Option<&Snapshot>) -> Option<Answer<Cancellation>> {
    if !cancel.is_fit() {
        let message = "a refund is of more than nothing, in the payment's currency";
        return Some(Answer::Refused(Refusal::unfit(message)));
    }
    let Some(seen) = seen else { return Some(Answer::Refused(unknown())) };
    if let Some(found) = found(cancel, seen) {
        return Some(found);
    }
    if seen.cancellable() != cancel.cancellable || cancel.amount.amount > cancel.cancellable.amount {
        return Some(Answer::Refused(another_balance(cancel, seen)));
    }
    None
}

/// What a success comes to: the payment's document afterwards says so, or does not show it yet, which is a promise.
pub(crate) fn taken(cancel: &Cancel, after: Result<Snapshot, String>) -> Answer<Cancellation> {
    match after {
        Ok(after) => found(cancel, &after).unwrap_or_else(|| Answer::Pending(later(cancel))),
        Err(error) => {
            tracing::warn!(%error, "a cancellation's answer cannot be read");
            Answer::InDoubt
        }
    }
}

/// A cancellation under way, which has no id of the gateway's yet.
pub(crate) fn later(cancel: &Cancel) -> Cancellation {
    Cancellation { id: cancel.key.as_str().to_owned(), amount: cancel.amount, cancelled_at: None }
}

/// What has become of the cancellation, if the gateway has it.
pub(crate) fn found(cancel: &Cancel, seen: &Snapshot) -> Option<Answer<Cancellation>> {
    seen.cancellation_of(cancel.key.as_str()).map(as_seen)
}

/// What a refusal comes to, now that the payment was looked up again.
pub(crate) fn refused(cancel: &Cancel, seen: Option<&Snapshot>, refusal: Refusal) -> Answer<Cancellation> {
    let Some(seen) = seen else { return Answer::Refused(refusal) };
    if let Some(found) = found(cancel, seen) {
        return found;
    }
    if seen.cancellable() == cancel.cancellable {
        return Answer::Refused(refusal);
    }
    Answer::Refused(another_balance(cancel, seen))
}

fn as_seen(seen: &CancellationSeen) -> Answer<Cancellation> {
    let made = |cancelled_at| Cancellation { id: seen.id.clone(), amount: seen.amount, cancelled_at };
    match seen.status {
        CancellationStatus::Succeeded => Answer::Done(made(Some(seen.at))),
        CancellationStatus::Requested | CancellationStatus::Unknown(_) => Answer::Pending(made(None)),
        CancellationStatus::Failed => Answer::Refused(Refusal {
            kind: RefusalKind::Other,
            code: "CANCELLATION_FAILED".into(),
            message: format!("cancellation {} failed at the gateway", seen.id),
        }),
    }
}

fn another_balance(cancel: &Cancel, seen: &Snapshot) -> Refusal {
    let theirs = seen.cancellable();
    if theirs.is_positive() || !seen.is_captured() {
        Refusal::balance_differs(cancel.cancellable, theirs)
    } else {
        Refusal::already_cancelled()
    }
}

fn unknown() -> Refusal {
    Refusal {
        kind: RefusalKind::Other,
        code: "PAYMENT_NOT_FOUND".into(),
        message: "the gateway knows no such payment".into(),
    }
}
