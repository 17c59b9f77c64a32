//! A product: a price, a stock that never goes below nought, and reservations that end.

mod event;
mod refusal;
mod verbs;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
pub use event::{ProductEvent, ReleaseReason};
pub use refusal::ProductRefusal;
pub use verbs::{ListProduct, ReviseProduct};

use serde::Serialize;

use crate::{
    Money,
    aggregate::Aggregate,
    id::{OrderId, ProductId, SellerId},
};

/// The fold of a product's events.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub enum Product {
    /// Not there.
    #[default]
    Absent,
    /// On sale.
    Listed(Listed),
}

/// A product on sale.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed {
    /// The product.
    pub product_id: ProductId,
    /// Whose.
    pub seller_id: SellerId,
    /// Its name.
    pub name: String,
    /// What the seller says of it.
    pub description: String,
    /// Price of one unit.
    pub price: Money,
    /// Units that can be ordered now.
    pub stock: u32,
    /// Units held for unpaid orders.
    pub reservations: HashMap<OrderId, Reservation>,
}

/// Units held for one unpaid order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reservation {
    /// How many.
    pub quantity: u32,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

impl Aggregate for Product {
    const TYPE: &'static str = "product";
    type Id = ProductId;
    type Event = ProductEvent;

    fn evolve(&mut self, event: &ProductEvent) {
        if let ProductEvent::ProductListed { product_id, seller_id, name, description, price, stock } = event
        {
            *self = Self::Listed(Listed {
                product_id: *product_id,
                seller_id: *seller_id,
                name: name.clone(),
                description: description.clone(),
                price: *price,
                stock: *stock,
                reservations: HashMap::new(),
            });
        } else if let Self::Listed(product) = self {
            product.evolve(event);
        }
    }
}

impl Listed {
    fn evolve(&mut self, event: &ProductEvent) {
        match event {
            ProductEvent::ProductListed { .. } => {}
            ProductEvent::ProductDescribed { name, description } => {
                self.name.clone_from(name);
                self.description.clone_from(description);
            }
            ProductEvent::PriceChanged { price } => self.price = *price,
            ProductEvent::StockAdjusted { stock } => self.stock = *stock,
            ProductEvent::StockReserved { order_id, quantity, expires_at } => {
                self.stock = self.stock.saturating_sub(*quantity);
                self.reservations
                    .insert(*order_id, Reservation { quantity: *quantity, expires_at: *expires_at });
            }
            ProductEvent::StockReleased { order_id, quantity, reason: _ } => {
                self.reservations.remove(order_id);
                self.stock = self.stock.saturating_add(*quantity);
            }
            ProductEvent::StockCommitted { order_id, quantity: _ } => {
                self.reservations.remove(order_id);
            }
            ProductEvent::StockReturned { order_id: _, quantity } => {
                self.stock = self.stock.saturating_add(*quantity);
            }
        }
    }
}
