//! Why a product's command is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a product's command is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ProductRefusal {
    /// The id names nothing.
    #[error("there is no such product")]
    UnknownProduct,
    /// The id is taken.
    #[error("the product is listed already")]
    ProductAlreadyListed,
    /// Somebody else's product.
    #[error("only the seller of a product may change it")]
    NotTheSeller,
    /// A price must be more than nothing.
    #[error("a price must be more than nothing")]
    PriceNotPositive,
    /// A quantity must be at least one.
    #[error("a quantity must be at least one")]
    QuantityNotPositive,
    /// The price's currency is fixed when the product is listed.
    #[error("the currency of a product cannot change")]
    CurrencyFixed,
    /// Fewer units are left than were asked for.
    #[error("only {left} of {wanted} units are left")]
    OutOfStock {
        /// Units asked for.
        wanted: u32,
        /// Units that can be ordered.
        left: u32,
    },
    /// The order holds another number of units.
    #[error("{quantity} units are reserved for the order already")]
    AlreadyReserved {
        /// How many.
        quantity: u32,
    },
    /// The order holds no units of this product.
    #[error("nothing of this product is reserved for the order")]
    NotReserved,
    /// The stock would not fit 32 bits.
    #[error("a stock of more than 4294967295 units cannot be kept")]
    StockTooLarge,
}
