//! The rows everybody writes: the same events with the same texts.

use domain::{
    Event, Money,
    id::{CustomerId, Id, ProductId, SellerId},
    product::ProductEvent,
};
use store::Metadata;

use crate::Failure;

/// A product's name.
pub const NAME: &str = "Oak chair, oiled, no. 7";
/// What its seller says of it.
pub const DESCRIPTION: &str = "Made of one oak. Four legs, a back, and a seat for an evening.";
/// A sealed delivery address, of the usual length.
pub const ADDRESS: &str = "q83vEjRWeJASNFZ4kBI0VniQEjRWeJASNFZ4kBI0VniQEjRWeJASNFZ4kBI0VniQEjRWeJASNFZ4kBI0VniQEjRWeJAS\
                           NFZ4kBI0VniQEjRWeJASNFZ4kBI0VniQEjRWeJASNFZ4kBI0VniQEjRWeJASNFZ4kBI0VniQEjRWeJASNFZ4kA==";
/// How often a product's price is revised before the next product is listed: streams have eight events.
pub const REVISIONS: i64 = 7;

/// The price a product begins with.
pub const fn first_price() -> i64 {
    39_000
}

/// The events of one product's stream, as its seller causes them.
pub fn stream(product_id: ProductId, seller_id: SellerId) -> Vec<ProductEvent> {
    let listed = ProductEvent::ProductListed {
        product_id,
        seller_id,
        name: NAME.to_owned(),
        description: DESCRIPTION.to_owned(),
        price: Money::krw(first_price()),
        stock: 100,
    };
    let revised =
        (1..=REVISIONS).map(|step| ProductEvent::PriceChanged { price: Money::krw(first_price() + step) });
    std::iter::once(listed).chain(revised).collect()
}

/// One row as the raw rivals insert it; position and sequence are given when it is sent.
pub struct Row {
    /// The stream's id.
    pub aggregate_id: String,
    /// The event's name.
    pub event_type: &'static str,
    /// The event.
    pub payload: String,
    /// Who caused it.
    pub metadata: String,
    /// The event's id, and the command's: nothing is indexed by them.
    pub id: uuid::Uuid,
    /// When.
    pub recorded_at: chrono::DateTime<chrono::Utc>,
}

/// The stream's type of all raw rows.
pub const AGGREGATE_TYPE: &str = "product";

/// So many rows, in the mix that sellers make.
pub fn rows(count: usize) -> Result<Vec<Row>, Failure> {
    let seller = CustomerId::from_uuid(ambient::fresh_id());
    let mut rows = Vec::with_capacity(count);
    while rows.len() < count {
        let product = ProductId::from_uuid(ambient::fresh_id());
        for event in stream(product, SellerId::of(seller)) {
            let id = ambient::fresh_id();
            let metadata = Metadata { actor: seller.to_string(), correlation_id: id, causation_id: None };
            rows.push(Row {
                aggregate_id: product.to_string(),
                event_type: event.name(),
                payload: serde_json::to_string(&event)?,
                metadata: serde_json::to_string(&metadata)?,
                id,
                recorded_at: ambient::Clock::system().now(),
            });
        }
    }
    rows.truncate(count);
    Ok(rows)
}
