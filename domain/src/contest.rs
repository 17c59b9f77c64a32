//! What keeps lines of an order from being confirmed and their money from moving: a claim or a dispute.

use serde::{Deserialize, Serialize};

use crate::id::{ClaimId, DisputeId};

/// A claim or a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Contest {
    /// A return or an exchange.
    Claim {
        /// Which.
        claim_id: ClaimId,
    },
    /// A dispute.
    Dispute {
        /// Which.
        dispute_id: DisputeId,
    },
}

impl std::fmt::Display for Contest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Claim { claim_id } => claim_id.fmt(f),
            Self::Dispute { dispute_id } => dispute_id.fmt(f),
        }
    }
}
