//! What a webhook says, and how far that is proven. Look the payment up; believe nothing else in it.

use crate::{secret::Secret, snapshot::Snapshot};

/// What a webhook is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// Something happened to a payment.
    Payment {
        /// The delivery's id, the same when it is sent again; the digest of its bytes where the gateway gives none.
        /// For dropping doubles, and only where the proof is [`Proof::Signed`]: a forger could use it up first.
        webhook_id: String,
        /// What happened, in the gateway's word.
        kind: String,
        /// The payment's id at the gateway.
        payment_id: String,
        /// The gateway's transaction, if it is named.
        transaction_id: Option<String>,
        /// The cancellation it is about, if it is about one.
        cancellation_id: Option<String>,
        /// How far it is proven.
        proof: Proof,
    },
    /// The gateway is about to capture and asks whether it shall, for at most ten seconds: any answer but a success
    /// blocks it. Commit the stock, then say yes.
    Approval {
        /// The delivery's id, as above.
        webhook_id: String,
        /// The payment's id at the gateway.
        payment_id: String,
        /// The gateway's transaction.
        transaction_id: Option<String>,
        /// How much is about to be captured, in minor units; `None` where that cannot be read exactly: say no.
        amount: Option<i64>,
        /// How far it is proven.
        proof: Proof,
    },
    /// Of a kind that says nothing about a payment of ours.
    Ignored {
        /// The delivery's id.
        webhook_id: String,
        /// The kind.
        kind: String,
    },
}

/// How far a webhook is proven to come from the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Signed by the gateway over its bytes.
    Signed,
    /// The gateway signs nothing: anyone may have sent it.
    Unsigned,
    /// It carries a secret that only the payment's own document can confirm: see [`Proof::holds`].
    PaymentSecret(Secret),
}

impl Proof {
    /// Whether the webhook is proven, with the payment looked up.
    pub fn holds(&self, payment: &Snapshot) -> bool {
        match self {
            Self::Signed => true,
            Self::Unsigned => false,
            Self::PaymentSecret(given) => {
                payment.webhook_secret.as_ref().is_some_and(|secret| secret.is(given.expose()))
            }
        }
    }
}

/// What a webhook's sender has to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acknowledgement {
    /// Any answer of 200.
    AnySuccess,
    /// 200 with exactly this.
    Exactly {
        /// The content type.
        content_type: &'static str,
        /// The body.
        body: &'static str,
    },
}
