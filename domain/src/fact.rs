//! Any event of any aggregate, for readers that follow the whole log.

use crate::{
    Aggregate, Event,
    claim::{Claim, ClaimEvent},
    customer::{Customer, CustomerEvent},
    escrow::{Escrow, EscrowEvent},
    id::{ClaimId, CustomerId, EscrowId, Id, OrderId, PaymentId, ProductId, SellerId},
    order::{Order, OrderEvent},
    payment::{Payment, PaymentEvent},
    product::{Product, ProductEvent},
    seller::{Seller, SellerEvent},
};

/// An event together with the stream it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Of a customer.
    Customer(CustomerId, CustomerEvent),
    /// Of a seller.
    Seller(SellerId, SellerEvent),
    /// Of a product.
    Product(ProductId, ProductEvent),
    /// Of an order.
    Order(OrderId, OrderEvent),
    /// Of a payment.
    Payment(PaymentId, PaymentEvent),
    /// Of a hold.
    Escrow(EscrowId, EscrowEvent),
    /// Of a claim.
    Claim(ClaimId, ClaimEvent),
}

/// The stream types of the log, in no particular order.
pub const AGGREGATE_TYPES: [&str; 7] =
    [Customer::TYPE, Seller::TYPE, Product::TYPE, Order::TYPE, Payment::TYPE, Escrow::TYPE, Claim::TYPE];

/// A stored event that this program cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No aggregate of that type exists.
    #[error("there is no aggregate type {0:?}")]
    AggregateType(String),
    /// The stream's id is not one of its type.
    #[error(transparent)]
    Id(#[from] crate::id::NotAnId),
    /// The payload does not fit the event.
    #[error("the payload does not fit: {0}")]
    Payload(String),
}

impl Fact {
    /// Reads a fact from its stream and payload; `parse` turns the payload's bytes into an event.
    pub fn read(
        aggregate_type: &str,
        aggregate_id: &str,
        payload: &str,
        parse: &impl Parse,
    ) -> Result<Self, Unreadable> {
        fn part<A: Aggregate>(
            id: &str,
            payload: &str,
            parse: &impl Parse,
        ) -> Result<(A::Id, A::Event), Unreadable> {
            Ok((id.parse::<A::Id>()?, parse.parse::<A::Event>(payload).map_err(Unreadable::Payload)?))
        }
        match aggregate_type {
            Customer::TYPE => {
                part::<Customer>(aggregate_id, payload, parse).map(|(id, e)| Self::Customer(id, e))
            }
            Seller::TYPE => part::<Seller>(aggregate_id, payload, parse).map(|(id, e)| Self::Seller(id, e)),
            Product::TYPE => {
                part::<Product>(aggregate_id, payload, parse).map(|(id, e)| Self::Product(id, e))
            }
            Order::TYPE => part::<Order>(aggregate_id, payload, parse).map(|(id, e)| Self::Order(id, e)),
            Payment::TYPE => {
                part::<Payment>(aggregate_id, payload, parse).map(|(id, e)| Self::Payment(id, e))
            }
            Escrow::TYPE => part::<Escrow>(aggregate_id, payload, parse).map(|(id, e)| Self::Escrow(id, e)),
            Claim::TYPE => part::<Claim>(aggregate_id, payload, parse).map(|(id, e)| Self::Claim(id, e)),
            other => Err(Unreadable::AggregateType(other.to_owned())),
        }
    }

    /// The event's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Customer(_, event) => event.name(),
            Self::Seller(_, event) => event.name(),
            Self::Product(_, event) => event.name(),
            Self::Order(_, event) => event.name(),
            Self::Payment(_, event) => event.name(),
            Self::Escrow(_, event) => event.name(),
            Self::Claim(_, event) => event.name(),
        }
    }

    /// The stream: its type and id as written in the log.
    pub fn stream(&self) -> (&'static str, String) {
        match self {
            Self::Customer(id, _) => (Customer::TYPE, id.to_string()),
            Self::Seller(id, _) => (Seller::TYPE, id.to_string()),
            Self::Product(id, _) => (Product::TYPE, id.to_string()),
            Self::Order(id, _) => (Order::TYPE, id.to_string()),
            Self::Payment(id, _) => (Payment::TYPE, id.to_string()),
            Self::Escrow(id, _) => (Escrow::TYPE, id.to_string()),
            Self::Claim(id, _) => (Claim::TYPE, id.to_string()),
        }
    }

    /// The UUID behind the stream's id.
    pub fn uuid(&self) -> uuid::Uuid {
        match self {
            Self::Customer(id, _) => id.uuid(),
            Self::Seller(id, _) => id.uuid(),
            Self::Product(id, _) => id.uuid(),
            Self::Order(id, _) => id.uuid(),
            Self::Payment(id, _) => id.uuid(),
            Self::Escrow(id, _) => id.uuid(),
            Self::Claim(id, _) => id.uuid(),
        }
    }
}

/// What is done with an aggregate that is known by the name of its type only.
pub trait Visit {
    /// What comes of it.
    type Out;
    /// Does it with the aggregate itself.
    fn visit<A: Aggregate>(self) -> Self::Out;
}

/// Does something with the aggregate of a type; none where there is no such type.
pub fn visit<V: Visit>(aggregate_type: &str, visitor: V) -> Option<V::Out> {
    Some(match aggregate_type {
        Customer::TYPE => visitor.visit::<Customer>(),
        Seller::TYPE => visitor.visit::<Seller>(),
        Product::TYPE => visitor.visit::<Product>(),
        Order::TYPE => visitor.visit::<Order>(),
        Payment::TYPE => visitor.visit::<Payment>(),
        Escrow::TYPE => visitor.visit::<Escrow>(),
        Claim::TYPE => visitor.visit::<Claim>(),
        _ => return None,
    })
}

/// How a payload's bytes become an event; the domain knows no format of its own.
pub trait Parse {
    /// Parses one event, or says what does not fit.
    fn parse<E: Event>(&self, payload: &str) -> Result<E, String>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_can_be_visited_by_its_name() {
        struct Name;
        impl Visit for Name {
            type Out = &'static str;
            fn visit<A: Aggregate>(self) -> &'static str {
                A::TYPE
            }
        }
        for name in AGGREGATE_TYPES {
            assert_eq!(visit(name, Name), Some(name));
        }
        assert_eq!(visit("nothing", Name), None);
    }
}
