//! Why a customer's command is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a customer's command is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CustomerRefusal {
    /// The id names nobody.
    #[error("there is no such customer")]
    UnknownCustomer,
    /// The account exists already.
    #[error("the customer is registered already")]
    AlreadyRegistered,
}
