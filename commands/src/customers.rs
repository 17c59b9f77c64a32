//! Accounts and what they may do.

use chrono::{DateTime, Utc};
use domain::{
    Sealed,
    customer::{Customer, Role},
    id::{CustomerId, SellerId},
    seller::{Commission, Seller},
};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{Command, Step, Stop};

/// Opens an account; with the seller's role also a seller.
#[derive(Debug, Clone)]
pub struct RegisterCustomer {
    /// Whose.
    pub customer_id: CustomerId,
    /// A sealed JSON object with `username`, `email`, `name` and `phone`.
    pub profile: Sealed,
    /// What it may do.
    pub roles: Vec<Role>,
    /// The contract, should it sell.
    pub commission: Commission,
}

/// Lets an account do more.
#[derive(Debug, Clone)]
pub struct GrantRole {
    /// Whose.
    pub customer_id: CustomerId,
    /// What.
    pub role: Role,
    /// The contract, should it sell.
    pub commission: Commission,
}

/// Says anew who somebody is.
#[derive(Debug, Clone)]
pub struct ChangeProfile {
    /// Whose.
    pub customer_id: CustomerId,
    /// The whole new profile, sealed as in [`RegisterCustomer`].
    pub profile: Sealed,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Whose.
    pub customer_id: CustomerId,
}

impl Command for RegisterCustomer {
    type Answer = Registered;

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<Registered>, Stop> {
        let (customer, version) = desk.fresh::<Customer>(self.customer_id)?;
        let register = domain::customer::Register {
            customer_id: self.customer_id,
            profile: self.profile.clone(),
            roles: self.roles.clone(),
        };
        let answer = Registered { customer_id: self.customer_id };
        let mut step = Step::on::<Customer>(self.customer_id, version, customer.register(register)?, answer);
        if self.roles.contains(&Role::Seller) {
            add_seller(&mut step, desk, self.customer_id, self.commission)?;
        }
        Ok(step)
    }
}

impl Command for GrantRole {
    type Answer = Registered;

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<Registered>, Stop> {
        let (customer, version) = desk.get::<Customer>(self.customer_id)?;
        let events = customer.grant(self.role)?;
        let is_new_seller = self.role == Role::Seller && !events.is_empty();
        let answer = Registered { customer_id: self.customer_id };
        let mut step = Step::on::<Customer>(self.customer_id, version, events, answer);
        if is_new_seller {
            add_seller(&mut step, desk, self.customer_id, self.commission)?;
        }
        Ok(step)
    }
}

impl Command for ChangeProfile {
    type Answer = Registered;

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<Registered>, Stop> {
        let (customer, version) = desk.get::<Customer>(self.customer_id)?;
        let events = customer.change_profile(self.profile.clone())?;
        Ok(Step::on::<Customer>(
            self.customer_id,
            version,
            events,
            Registered { customer_id: self.customer_id },
        ))
    }
}

fn add_seller<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    customer: CustomerId,
    commission: Commission,
) -> Result<(), Stop> {
    let seller_id = SellerId::of(customer);
    let (seller, version) = desk.fresh::<Seller>(seller_id)?;
    step.with::<Seller>(seller_id, version, seller.register(seller_id, commission)?);
    Ok(())
}
