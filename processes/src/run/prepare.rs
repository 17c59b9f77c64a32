//! Registering a payment at its gateway, so that the pay window refuses any other amount.

use commands::{PaymentState, Preparation, RecordPreparation};
use domain::{
    id::PaymentId,
    payment::{Payment, Progress},
};
use gateways::{Answer, Prepare, RefusalKind};

use super::{Next, Runner, Source, SyncOutcome, again};

impl Runner {
    pub(super) async fn prepare(&self, payment_id: PaymentId) -> Next {
        let payment = match self.commands.load::<Payment>(payment_id).await {
            Ok((payment, _)) => payment,
            Err(fault) => return again(&fault),
        };
        let Payment::Open(attempt, Progress::Created | Progress::PreparationInDoubt) = payment else {
            return Next::Done;
        };
        let gateway = match self.gateways.get(attempt.gateway) {
            Ok(gateway) => gateway,
            Err(missing) => return Next::Again(missing.to_string()),
        };
        let prepare = Prepare { id: payment_id.at_gateway(), amount: attempt.amount };
        let result = match gateway.prepare(&prepare).await {
            Answer::Done(()) | Answer::Pending(()) => Preparation::Done,
            // The buyer may have paid already: the gateway's books decide, never its refusal.
            Answer::Refused(refusal) => match self.sync(payment_id, Source::Poller).await {
                Ok(SyncOutcome { state: PaymentState::Open, .. })
                    if refusal.kind != RefusalKind::AlreadyPaid =>
                {
                    Preparation::Failed { reason: refusal.code }
                }
                Ok(SyncOutcome { state: PaymentState::Open, .. }) => {
                    return Next::Again("paid, says the gateway, and does not show it".to_owned());
                }
                Ok(_) => return Next::Done,
                Err(error) => return Next::Again(error.to_string()),
            },
            Answer::InDoubt => Preparation::InDoubt,
        };
        let in_doubt = result == Preparation::InDoubt;
        let recorded = self.record("payment-setup", RecordPreparation { payment_id, result }).await;
        // Registering is repeated under the same key, so asking again is safe and ends the doubt.
        if in_doubt && matches!(recorded, Next::Done) && self.clock().now() < attempt.expires_at {
            return Next::Again("the gateway did not answer".to_owned());
        }
        recorded
    }
}
