//! Processing a webhook: what it is about is looked up, and nothing else in it counts.

use domain::payment::Payment;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Next, Runner, Source, SyncError, again};
use crate::QueueError;

/// What is noted of a webhook whose secret is not the payment's.
const FORGED: &str = "forged";

impl Runner {
    pub(super) async fn process(&self, inbox_id: Uuid) -> Next {
        let queue = self.queue.clone();
        let received = match apart(async move { queue.one_received(inbox_id).await }).await {
            Ok(Some(received)) if received.processed_at.is_none() => received,
            Ok(_) => return Next::Done,
            Err(why) => return Next::Again(why),
        };
        let payment_id = received.delivery.payment_id;
        if let Some(digest) = &received.delivery.secret_digest {
            let (payment, _) = match self.commands.load::<Payment>(payment_id).await {
                Ok(found) => found,
                Err(fault) => return again(&fault),
            };
            let Ok(attempt) = payment.attempt() else { return Next::Done };
            let Ok(gateway) = self.gateways.get(attempt.gateway) else { return Next::Done };
            match gateway.lookup(&payment_id.at_gateway()).await {
                Ok(snapshot) => {
                    let secret = snapshot.and_then(|snapshot| snapshot.webhook_secret);
                    if secret.is_none_or(|secret| digest_of(secret.expose()) != *digest) {
                        return self.noted(inbox_id, FORGED).await;
                    }
                }
                Err(error) => return Next::Again(error.to_string()),
            }
        }
        match self.sync(payment_id, Source::Webhook).await {
            Ok(outcome) => self.noted(inbox_id, outcome.state.name()).await,
            Err(SyncError::Refused(refusal)) => self.noted(inbox_id, &refusal.to_string()).await,
            Err(SyncError::UnknownPayment) => self.noted(inbox_id, "unknown payment").await,
            Err(error @ (SyncError::Gateway(_) | SyncError::Lookup(_) | SyncError::Fault(_))) => {
                Next::Again(error.to_string())
            }
        }
    }

    async fn noted(&self, inbox_id: Uuid, outcome: &str) -> Next {
        let (queue, now, outcome) = (self.queue.clone(), self.clock().now(), outcome.to_owned());
        match apart(async move { queue.processed(inbox_id, now, &outcome).await }).await {
            Ok(()) => Next::Done,
            Err(why) => Next::Again(why),
        }
    }
}

/// Asks the queue's database beside the worker. The worker waits for the same connections, and while it does it does
/// not drive its tasks: one that held a connection would never give it back.
async fn apart<T: Send + 'static>(
    asking: impl Future<Output = Result<T, QueueError>> + Send + 'static,
) -> Result<T, String> {
    match tokio::spawn(asking).await {
        Ok(answered) => answered.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// The digest of a secret, in hexadecimal: enough to compare with, and nothing to steal.
pub fn digest_of(secret: &str) -> String {
    let nibbles = Sha256::digest(secret).into_iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
}
