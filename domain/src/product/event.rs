//! The storage format of products.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Money,
    aggregate::Event,
    id::{OrderId, ProductId, SellerId},
};

/// Why reserved units went back on sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseReason {
    /// The payment window ran out.
    Expired,
    /// The order was cancelled before it was paid.
    Cancelled,
}

/// What happened to a product. `stock` is what can be ordered now; reserved units are not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProductEvent {
    /// A seller put it on sale.
    ProductListed {
        /// The product.
        product_id: ProductId,
        /// Whose.
        seller_id: SellerId,
        /// Its name.
        name: String,
        /// What the seller says of it.
        description: String,
        /// Price of one unit.
        price: Money,
        /// Units that can be ordered.
        stock: u32,
    },
    /// Name or description changed.
    ProductDescribed {
        /// The new name.
        name: String,
        /// The new description.
        description: String,
    },
    /// The price of one unit changed, for orders to come.
    PriceChanged {
        /// The new price.
        price: Money,
    },
    /// The seller counted again.
    StockAdjusted {
        /// Units that can be ordered from now on.
        stock: u32,
    },
    /// An order holds units until it is paid or its window ends.
    StockReserved {
        /// The order.
        order_id: OrderId,
        /// How many.
        quantity: u32,
        /// Until when.
        expires_at: DateTime<Utc>,
    },
    /// An unpaid order's units are on sale again.
    StockReleased {
        /// The order.
        order_id: OrderId,
        /// How many.
        quantity: u32,
        /// Why.
        reason: ReleaseReason,
    },
    /// A paid order's units are sold.
    StockCommitted {
        /// The order.
        order_id: OrderId,
        /// How many.
        quantity: u32,
    },
    /// A refunded order's unshipped units are on sale again.
    StockReturned {
        /// The order.
        order_id: OrderId,
        /// How many.
        quantity: u32,
    },
}

impl Event for ProductEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::ProductListed { .. } => "ProductListed",
            Self::ProductDescribed { .. } => "ProductDescribed",
            Self::PriceChanged { .. } => "PriceChanged",
            Self::StockAdjusted { .. } => "StockAdjusted",
            Self::StockReserved { .. } => "StockReserved",
            Self::StockReleased { .. } => "StockReleased",
            Self::StockCommitted { .. } => "StockCommitted",
            Self::StockReturned { .. } => "StockReturned",
        }
    }
}
