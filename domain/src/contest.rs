//! What keeps lines of an order from being confirmed and their money from moving: a claim or a dispute.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use crate::{
    Money,
    id::{ClaimId, DisputeId},
};

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

/// Writes what is kept by contest under the contests' ids: a key of JSON is a text.
pub(crate) fn by_id<S: Serializer>(kept: &BTreeMap<Contest, Money>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(kept.iter().map(|(contest, amount)| (contest.to_string(), amount)))
}

impl std::fmt::Display for Contest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Claim { claim_id } => claim_id.fmt(f),
            Self::Dispute { dispute_id } => dispute_id.fmt(f),
        }
    }
}
