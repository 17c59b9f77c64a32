//! Who has which part in an order. Read from the log's own state, so that it is never behind.

use commands::Caller;
use domain::{
    customer::Role,
    id::{OrderId, SellerId},
    order::Order,
};

use crate::{
    extract::Identity,
    problem::{Kind, Problem},
    services::Services,
};

/// How much of an order somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// All of it but where it goes: an auditor needs no personal data.
    WithoutAddress,
    /// What this seller sells in it.
    Seller(SellerId),
}

/// What `identity` sees of an order, if anything.
pub async fn part(services: &Services, identity: &Identity, order_id: OrderId) -> Result<Part, Problem> {
    let (order, _) = services.commands.load::<Order>(order_id).await?;
    let terms = order.terms()?;
    let seller = SellerId::of(identity.customer_id);
    if terms.buyer_id == identity.customer_id || identity.is(Role::Operator) {
        Ok(Part::Whole)
    } else if identity.is(Role::Auditor) {
        Ok(Part::WithoutAddress)
    } else if identity.is(Role::Seller) && terms.lines.iter().any(|line| line.seller_id == seller) {
        Ok(Part::Seller(seller))
    } else {
        Err(Problem::plain(Kind::NotYours))
    }
}

/// As whom `identity` asks about an order. Who has one role asks in that; the order is only looked at where there
/// is a choice.
pub async fn party(services: &Services, identity: &Identity, order_id: OrderId) -> Result<Caller, Problem> {
    if let [_] = identity.roles.as_slice() {
        return Ok(identity.party_to(None));
    }
    let (order, _) = services.commands.load::<Order>(order_id).await?;
    Ok(identity.party_to(order.terms().ok()))
}
