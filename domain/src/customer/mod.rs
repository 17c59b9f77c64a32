//! A customer: someone with an account, in one or several roles.

mod event;
mod refusal;
mod verbs;

pub use event::{CustomerEvent, Role};
pub use refusal::CustomerRefusal;
pub use verbs::Register;

use serde::Serialize;

use crate::{
    Sealed,
    aggregate::Aggregate,
    id::{CustomerId, SellerId},
};

/// The fold of a customer's events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub enum Customer {
    /// Nobody.
    #[default]
    Absent,
    /// Somebody.
    Registered(Registered),
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Registered {
    /// Who.
    pub customer_id: CustomerId,
    /// Name, e-mail and phone, sealed.
    pub profile: Sealed,
    /// In which roles, in the order they were granted.
    pub roles: Vec<Role>,
}

impl Aggregate for Customer {
    const TYPE: &'static str = "customer";
    type Id = CustomerId;
    type Event = CustomerEvent;

    fn evolve(&mut self, event: &CustomerEvent) {
        match event {
            CustomerEvent::CustomerRegistered { customer_id, profile, roles } => {
                *self = Self::Registered(Registered {
                    customer_id: *customer_id,
                    profile: profile.clone(),
                    roles: roles.clone(),
                });
            }
            CustomerEvent::RoleGranted { role } => {
                if let Self::Registered(customer) = self {
                    customer.roles.push(*role);
                }
            }
            CustomerEvent::ProfileChanged { profile } => {
                if let Self::Registered(customer) = self {
                    customer.profile = profile.clone();
                }
            }
        }
    }
}

impl Registered {
    /// The seller this customer is, if selling.
    pub fn seller(&self) -> Option<SellerId> {
        self.roles.contains(&Role::Seller).then(|| SellerId::of(self.customer_id))
    }
}
