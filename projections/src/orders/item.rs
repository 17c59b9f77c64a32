//! What was ordered, line by line? Lines are a snapshot, so a row is written once.

use chrono::{DateTime, Utc};
use domain::order::Line;
use store::Occurrence;

use crate::row::row;

row! {
    /// One line of an order.
    pub struct OrderItem in "order_items" keyed by [order_item_id] {
        /// The line, `oli_…`.
        pub order_item_id: String,
        /// Its order, `ord_…`.
        pub order_id: String,
        /// Its place in the order, from 1.
        pub line: i64,
        /// The product, `prd_…`.
        pub product_id: String,
        /// Who sells it, `sel_…`.
        pub seller_id: String,
        /// The product's name at the time.
        pub name: String,
        /// How many.
        pub quantity: i64,
        /// Price of one unit at the time, in minor units.
        pub price: i64,
        /// Price of the line, in minor units.
        pub amount: i64,
        /// The currency of both, ISO 4217.
        pub currency: String,
        /// When it was ordered.
        pub created_at: DateTime<Utc>,
        /// When it last changed: never since.
        pub updated_at: DateTime<Utc>,
        /// Sequence of the order's event that wrote it.
        pub version: i64,
        /// Position of that event.
        pub position: i64,
    }
}

impl OrderItem {
    pub(super) fn all_of(order_id: &str, lines: &[Line], event: &Occurrence) -> Vec<Self> {
        let item = |(line, number): (&Line, i64)| Self {
            order_item_id: line.line_id.to_string(),
            order_id: order_id.to_owned(),
            line: number,
            product_id: line.product_id.to_string(),
            seller_id: line.seller_id.to_string(),
            name: line.name.clone(),
            quantity: i64::from(line.quantity),
            price: line.unit_price.amount,
            amount: line.amount.amount,
            currency: line.amount.currency.code().to_owned(),
            created_at: event.recorded_at,
            updated_at: event.recorded_at,
            version: event.sequence,
            position: event.position,
        };
        lines.iter().zip(1..).map(item).collect()
    }
}
