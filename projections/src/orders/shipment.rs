//! Where are the parcels of an order?

use chrono::{DateTime, Utc};
use domain::{
    id::ShipmentId,
    order::{DeliverySource, OrderEvent},
};
use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};
use store::Occurrence;
use utoipa::ToSchema;

use crate::{
    error::ViewsError,
    row::{Listed, row},
    views::{Views, from},
};

/// Part of a parcel's contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShippedItem {
    /// Of which line, `oli_…`.
    pub order_item_id: String,
    /// How many units.
    pub quantity: i64,
}

row! {
    /// A parcel.
    pub struct Shipment in "shipments" keyed by [shipment_id] {
        /// The parcel, `shp_…`.
        pub shipment_id: String,
        /// Its order, `ord_…`.
        pub order_id: String,
        /// Who sent it, `sel_…`.
        pub seller_id: String,
        /// The carrier's code.
        pub carrier: String,
        /// The carrier's number for it.
        pub invoice_number: String,
        /// What is in it.
        #[sqlx(try_from = "String")]
        #[schema(value_type = Vec<ShippedItem>)]
        pub items: Listed<ShippedItem>,
        /// `in_delivery` or `delivered`.
        pub status: String,
        /// When it was handed over.
        pub shipped_at: DateTime<Utc>,
        /// When it arrived.
        pub delivered_at: Option<DateTime<Utc>>,
        /// Who says so: `carrier`, `seller`, `buyer`, `operator` or `gateway`.
        pub delivery_source: Option<String>,
        /// When the row began.
        pub created_at: DateTime<Utc>,
        /// When it last changed.
        pub updated_at: DateTime<Utc>,
        /// Sequence of the order's last event about it.
        pub version: i64,
        /// Position of the last event in this row.
        pub position: i64,
    }
}

impl Shipment {
    pub(super) fn dispatched(order_id: &str, change: &OrderEvent, event: &Occurrence) -> Option<Self> {
        let OrderEvent::ShipmentDispatched {
            shipment_id,
            seller_id,
            carrier,
            invoice_number,
            items,
            shipped_at,
        } = change
        else {
            return None;
        };
        let items = items.iter().map(|item| ShippedItem {
            order_item_id: item.line_id.to_string(),
            quantity: i64::from(item.quantity),
        });
        Some(Self {
            shipment_id: shipment_id.to_string(),
            order_id: order_id.to_owned(),
            seller_id: seller_id.to_string(),
            carrier: carrier.clone(),
            invoice_number: invoice_number.clone(),
            items: Listed(items.collect()),
            status: "in_delivery".to_owned(),
            shipped_at: *shipped_at,
            delivered_at: None,
            delivery_source: None,
            created_at: event.recorded_at,
            updated_at: event.recorded_at,
            version: event.sequence,
            position: event.position,
        })
    }

    pub(super) fn delivered(&mut self, at: DateTime<Utc>, source: DeliverySource, event: &Occurrence) {
        let source = match source {
            DeliverySource::Carrier => "carrier",
            DeliverySource::Seller => "seller",
            DeliverySource::Buyer => "buyer",
            DeliverySource::Operator => "operator",
            DeliverySource::Gateway => "gateway",
        };
        "delivered".clone_into(&mut self.status);
        self.delivered_at = Some(at);
        self.delivery_source = Some(source.to_owned());
        (self.updated_at, self.version, self.position) = (event.recorded_at, event.sequence, event.position);
    }
}

/// One parcel.
pub async fn find(views: &Views, shipment: ShipmentId) -> Result<Option<Shipment>, ViewsError> {
    views.one(from::<Shipment>().and_where(Expr::col("shipment_id").eq(shipment.to_string()))).await
}
