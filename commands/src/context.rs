//! Who asks, under which id, and because of what.

use sha2::{Digest, Sha256};
use store::Metadata;
use uuid::Uuid;

/// The namespace of command ids that follow from an idempotency key (UUID v5).
const KEYED: Uuid = Uuid::from_u128(0x5b3c_8a54_9d1e_4c0e_8f57_2f0a_6d1b_e5c1);
/// The namespace of command ids that follow from a process's step.
const STEPS: Uuid = Uuid::from_u128(0x1f6e_20c7_3a44_4f0b_9a39_64c0_84d7_7b02);

/// Everything about a command but the command.
#[derive(Debug, Clone)]
pub struct Context {
    /// A customer's id, or `system:` and a process.
    pub actor: String,
    /// The command's id: the same id happens once.
    pub command_id: Uuid,
    /// What the id was first used for; the same id for something else is refused.
    pub fingerprint: [u8; 32],
    /// The story the command belongs to.
    pub correlation_id: Uuid,
    /// The event that led to it.
    pub causation_id: Option<Uuid>,
    /// Whether the answer is kept even if nothing happens.
    pub keep: bool,
}

impl Context {
    /// A command that is asked once and not repeated by its id.
    pub fn fresh(actor: impl Into<String>) -> Self {
        let command_id = ambient::fresh_id();
        Self {
            actor: actor.into(),
            command_id,
            fingerprint: [0; 32],
            correlation_id: command_id,
            causation_id: None,
            keep: false,
        }
    }

    /// A command under a caller's idempotency key: the id follows from caller and key, the fingerprint from what
    /// was asked (`request` names the operation and its target, `body` is its bytes).
    pub fn keyed(actor: impl Into<String>, key: &str, request: &str, body: &[u8]) -> Self {
        let actor = actor.into();
        let command_id = Uuid::new_v5(&KEYED, format!("{actor}\n{key}").as_bytes());
        let mut digest = Sha256::new();
        digest.update(u64::try_from(request.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(request);
        digest.update(body);
        let fingerprint = digest.finalize().into();
        Self { actor, command_id, fingerprint, correlation_id: command_id, causation_id: None, keep: true }
    }

    /// A command that a process issues for `step`; the same step issues the same command.
    pub fn step(process: &str, step: &str) -> Self {
        let command_id = Uuid::new_v5(&STEPS, format!("{process}\n{step}").as_bytes());
        Self {
            actor: format!("system:{process}"),
            command_id,
            fingerprint: [0; 32],
            correlation_id: command_id,
            causation_id: None,
            keep: false,
        }
    }

    /// The same because of an event, and in its story.
    #[must_use]
    pub fn because_of(self, event_id: Uuid, correlation_id: Uuid) -> Self {
        Self { causation_id: Some(event_id), correlation_id, ..self }
    }

    pub(crate) fn metadata(&self) -> Metadata {
        Metadata {
            actor: self.actor.clone(),
            correlation_id: self.correlation_id,
            causation_id: self.causation_id,
        }
    }
}
