//! A gateway that cannot be asked is a fact of the order's story, once, until it can be asked again.

use commands::{Failure, RecordSilence};
use domain::id::PaymentId;
use gateways::LookupError;

use super::Runner;

const PROCESS: &str = "payment-sync/gateway";

impl Runner {
    /// Writes down that a payment could not be looked up, or that it can be again. That it could not be written down
    /// changes nothing about what is done next.
    pub(super) async fn note_silence(&self, payment_id: PaymentId, why: Option<&LookupError>) {
        let reason = why.map(|why| code(why).to_owned());
        match self.dispatch(PROCESS, RecordSilence { payment_id, reason }).await {
            Ok(_) | Err(Failure::Refused(_)) => {}
            Err(Failure::Fault(fault)) => tracing::warn!(%fault, "a gateway's silence could not be recorded"),
        }
    }
}

const fn code(error: &LookupError) -> &'static str {
    match error {
        LookupError::Unauthorized { .. } => "UNAUTHORIZED",
        LookupError::Unavailable(_) => "UNAVAILABLE",
        LookupError::Unreadable(_) => "UNREADABLE",
        LookupError::Unsupported => "UNSUPPORTED",
    }
}
