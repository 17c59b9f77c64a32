//! Asking the gateway on somebody's behalf, and what its answer means to them.

use commands::PaymentState;
use domain::id::PaymentId;
use processes::{Source, SyncOutcome};

use crate::{
    problem::{Kind, Problem},
    services::Services,
};

/// Asks the gateway; anything but a payment that is paid and right is a problem.
pub async fn paid(
    services: &Services,
    payment_id: PaymentId,
    source: Source,
) -> Result<SyncOutcome, Problem> {
    let outcome = services.processes.sync_payment(payment_id, source).await?;
    match outcome.state {
        PaymentState::Authorized => Ok(outcome),
        PaymentState::Open | PaymentState::Ended => Err(Problem::plain(Kind::NotPaidAtGateway)),
        PaymentState::Quarantined => Err(Problem::plain(Kind::PaymentQuarantined)),
    }
}
