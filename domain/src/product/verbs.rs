//! What a product can be asked.

use chrono::{DateTime, Utc};

use super::{Listed, Product, ProductEvent, ProductRefusal, ReleaseReason};
use crate::{
    Money,
    id::{OrderId, ProductId, SellerId},
};

/// Puts a product on sale.
#[derive(Debug, Clone)]
pub struct ListProduct {
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
    /// Units that can be ordered.
    pub stock: u32,
}

/// Says anew what a product is; only differences become events.
#[derive(Debug, Clone)]
pub struct ReviseProduct {
    /// Who asks.
    pub seller_id: SellerId,
    /// Its name.
    pub name: String,
    /// What the seller says of it.
    pub description: String,
    /// Price of one unit.
    pub price: Money,
    /// Units that can be ordered, reserved ones not counted.
    pub stock: u32,
}

impl Product {
    /// Puts the product on sale.
    pub fn list(&self, command: ListProduct) -> Result<Vec<ProductEvent>, ProductRefusal> {
        match self {
            Self::Listed(_) => Err(ProductRefusal::ProductAlreadyListed),
            Self::Absent if !command.price.is_positive() => Err(ProductRefusal::PriceNotPositive),
            Self::Absent => {
                let ListProduct { product_id, seller_id, name, description, price, stock } = command;
                let listed =
                    ProductEvent::ProductListed { product_id, seller_id, name, description, price, stock };
                Ok(vec![listed])
            }
        }
    }

    /// Brings the product to what the seller says it is now.
    pub fn revise(&self, command: ReviseProduct) -> Result<Vec<ProductEvent>, ProductRefusal> {
        let product = self.listed()?;
        if product.seller_id != command.seller_id {
            return Err(ProductRefusal::NotTheSeller);
        }
        if !command.price.is_positive() {
            return Err(ProductRefusal::PriceNotPositive);
        }
        if product.price.currency != command.price.currency {
            return Err(ProductRefusal::CurrencyFixed);
        }
        product.room_for(command.stock)?;
        let mut events = vec![];
        if product.name != command.name || product.description != command.description {
            let ReviseProduct { name, description, .. } = command;
            events.push(ProductEvent::ProductDescribed { name, description });
        }
        if product.price != command.price {
            events.push(ProductEvent::PriceChanged { price: command.price });
        }
        if product.stock != command.stock {
            events.push(ProductEvent::StockAdjusted { stock: command.stock });
        }
        Ok(events)
    }

    /// Holds units for an unpaid order; holding as many already changes nothing.
    pub fn reserve(
        &self,
        order_id: OrderId,
        quantity: u32,
        expires_at: DateTime<Utc>,
    ) -> Result<Vec<ProductEvent>, ProductRefusal> {
        let product = self.listed()?;
        if let Some(held) = product.reservations.get(&order_id) {
            let as_many = held.quantity == quantity;
            return if as_many {
                Ok(vec![])
            } else {
                Err(ProductRefusal::AlreadyReserved { quantity: held.quantity })
            };
        }
        if quantity == 0 {
            return Err(ProductRefusal::QuantityNotPositive);
        }
        if product.stock < quantity {
            return Err(ProductRefusal::OutOfStock { wanted: quantity, left: product.stock });
        }
        Ok(vec![ProductEvent::StockReserved { order_id, quantity, expires_at }])
    }

    /// Puts an unpaid order's units back on sale; nothing held changes nothing.
    pub fn release(
        &self,
        order_id: OrderId,
        reason: ReleaseReason,
    ) -> Result<Vec<ProductEvent>, ProductRefusal> {
        let product = self.listed()?;
        let Some(held) = product.reservations.get(&order_id) else { return Ok(vec![]) };
        product.takes_back(held.quantity)?;
        Ok(vec![ProductEvent::StockReleased { order_id, quantity: held.quantity, reason }])
    }

    /// Sells the units held for an order that is paid now.
    pub fn commit(&self, order_id: OrderId) -> Result<Vec<ProductEvent>, ProductRefusal> {
        let product = self.listed()?;
        let held = product.reservations.get(&order_id).ok_or(ProductRefusal::NotReserved)?;
        Ok(vec![ProductEvent::StockCommitted { order_id, quantity: held.quantity }])
    }

    /// Puts a refunded order's units back on sale. That it happens once is the order's to guarantee: both change in
    /// one unit, and a product that remembered every sale would grow for ever.
    pub fn give_back(&self, order_id: OrderId, quantity: u32) -> Result<Vec<ProductEvent>, ProductRefusal> {
        self.listed()?.takes_back(quantity)?;
        Ok(vec![ProductEvent::StockReturned { order_id, quantity }])
    }

    /// The product, if it is on sale.
    pub fn listed(&self) -> Result<&Listed, ProductRefusal> {
        match self {
            Self::Absent => Err(ProductRefusal::UnknownProduct),
            Self::Listed(product) => Ok(product),
        }
    }
}

impl Listed {
    /// A count that leaves no room for the reserved units would keep their orders from ever expiring.
    fn room_for(&self, stock: u32) -> Result<(), ProductRefusal> {
        let mut reserved = self.reservations.values().map(|reservation| reservation.quantity);
        let all = reserved.try_fold(stock, u32::checked_add);
        all.map(|_| ()).ok_or(ProductRefusal::StockTooLarge)
    }

    fn takes_back(&self, quantity: u32) -> Result<(), ProductRefusal> {
        self.stock.checked_add(quantity).map(|_| ()).ok_or(ProductRefusal::StockTooLarge)
    }
}
