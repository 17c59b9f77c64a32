//! The storage format of customers.

use serde::{Deserialize, Serialize};

use crate::{Sealed, aggregate::Event, id::CustomerId};

/// What a customer may do. A customer can hold several roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Orders, pays, confirms.
    Buyer,
    /// Sells, ships, is paid.
    Seller,
    /// Helps where something is stuck.
    Operator,
    /// Reads everything, changes nothing.
    Auditor,
}

impl Role {
    /// The role's name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Seller => "seller",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
        }
    }
}

/// What happened to a customer. Name, e-mail and phone are sealed; the password is not here at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CustomerEvent {
    /// An account was opened.
    CustomerRegistered {
        /// Whose.
        customer_id: CustomerId,
        /// A sealed JSON object with `username`, `email`, `name` and `phone`.
        profile: Sealed,
        /// What the account may do from the start.
        roles: Vec<Role>,
    },
    /// The account may do more.
    RoleGranted {
        /// What.
        role: Role,
    },
    /// Name, e-mail or phone changed.
    ProfileChanged {
        /// The whole new profile, sealed.
        profile: Sealed,
    },
}

impl Event for CustomerEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::CustomerRegistered { .. } => "CustomerRegistered",
            Self::RoleGranted { .. } => "RoleGranted",
            Self::ProfileChanged { .. } => "ProfileChanged",
        }
    }
}
