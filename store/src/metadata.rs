//! Who caused an event, and by what.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The metadata column of an event. Every value is a text, so that cqrs-es reads it as its map of texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Who asked: `cus_…`, or `system:<process>`.
    pub actor: String,
    /// What the event belongs to from its first cause on, for example one HTTP request.
    pub correlation_id: Uuid,
    /// The event that made a process ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<Uuid>,
}
