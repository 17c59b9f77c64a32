//! What a customer's account can be asked.

use super::{Customer, CustomerEvent, CustomerRefusal, Role};
use crate::{Sealed, id::CustomerId};

/// Opens an account.
#[derive(Debug, Clone)]
pub struct Register {
    /// Whose.
    pub customer_id: CustomerId,
    /// The sealed profile.
    pub profile: Sealed,
    /// What it may do.
    pub roles: Vec<Role>,
}

impl Customer {
    /// Opens the account.
    pub fn register(&self, command: Register) -> Result<Vec<CustomerEvent>, CustomerRefusal> {
        match self {
            Self::Absent => Ok(vec![CustomerEvent::CustomerRegistered {
                customer_id: command.customer_id,
                profile: command.profile,
                roles: command.roles,
            }]),
            Self::Registered(_) => Err(CustomerRefusal::AlreadyRegistered),
        }
    }

    /// Lets the account do more; a role it has already changes nothing.
    pub fn grant(&self, role: Role) -> Result<Vec<CustomerEvent>, CustomerRefusal> {
        match self {
            Self::Absent => Err(CustomerRefusal::UnknownCustomer),
            Self::Registered(customer) if customer.roles.contains(&role) => Ok(vec![]),
            Self::Registered(_) => Ok(vec![CustomerEvent::RoleGranted { role }]),
        }
    }

    /// Takes a new profile. Sealed anew, the same profile is another.
    pub fn change_profile(&self, profile: Sealed) -> Result<Vec<CustomerEvent>, CustomerRefusal> {
        match self {
            Self::Absent => Err(CustomerRefusal::UnknownCustomer),
            Self::Registered(customer) if customer.profile == profile => Ok(vec![]),
            Self::Registered(_) => Ok(vec![CustomerEvent::ProfileChanged { profile }]),
        }
    }
}
