//! Everything a command can be refused for.

use domain::{
    claim::ClaimRefusal,
    customer::CustomerRefusal,
    escrow::EscrowRefusal,
    order::OrderRefusal,
    payment::{Gateway, PaymentRefusal},
    product::ProductRefusal,
    seller::SellerRefusal,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a command is refused. It is kept in the command's receipt, so its form is as frozen as an event's.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// By a claim.
    #[error(transparent)]
    Claim(#[from] ClaimRefusal),
    /// By a customer.
    #[error(transparent)]
    Customer(#[from] CustomerRefusal),
    /// By a seller.
    #[error(transparent)]
    Seller(#[from] SellerRefusal),
    /// By a product.
    #[error(transparent)]
    Product(#[from] ProductRefusal),
    /// By an order.
    #[error(transparent)]
    Order(#[from] OrderRefusal),
    /// By a payment.
    #[error(transparent)]
    Payment(#[from] PaymentRefusal),
    /// By a hold.
    #[error(transparent)]
    Escrow(#[from] EscrowRefusal),
    /// Because of who asks, or of what they believe.
    #[error(transparent)]
    Caller(#[from] CallerRefusal),
}

/// Why a caller is refused, whatever the state.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CallerRefusal {
    /// Somebody else's.
    #[error("this belongs to somebody else")]
    NotYours,
    /// The thing changed since the caller read it.
    #[error("it is at version {actual}, not {expected}")]
    VersionChanged {
        /// What the caller read.
        expected: i64,
        /// What it is.
        actual: i64,
    },
    /// The buyer agreed to another amount than is to be paid.
    #[error("{expected} is to be paid, not {actual}")]
    AmountDiffers {
        /// What is to be paid, in minor units.
        expected: i64,
        /// What was agreed to.
        actual: i64,
    },
    /// No account at that gateway is set up.
    #[error("no account at {} is configured", gateway.name())]
    NoSuchGateway {
        /// Which.
        gateway: Gateway,
    },
    /// Two lines of one product cannot be told apart when their stock returns.
    #[error("a product may stand in one line of an order only")]
    ProductTwice,
}

impl Refusal {
    /// The code of the no, as it is written: `out_of_stock`.
    pub fn code(&self) -> String {
        let written = serde_json::to_value(self).unwrap_or_default();
        let inner = written.as_object().and_then(|whole| whole.values().next());
        let code = inner.and_then(|inner| inner.get("code")).and_then(serde_json::Value::as_str);
        code.unwrap_or("refused").to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_code_it_is_written_with() {
        assert_eq!(Refusal::from(CallerRefusal::NotYours).code(), "not_yours");
        assert_eq!(Refusal::from(ProductRefusal::UnknownProduct).code(), "unknown_product");
        assert_eq!(Refusal::from(OrderRefusal::NotPaid).code(), "not_paid");
    }
}
