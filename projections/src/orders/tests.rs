//! How an order's status follows from its parts, without a database.

use chrono::{DateTime, Utc};
use domain::{
    Fact, Money, Sealed,
    id::{EscrowId, Id, LineId, OrderId, PaymentId, SellerId, ShipmentId},
    order::{ConfirmedBy, DeliverySource, Item, Line, OrderEvent},
};
use store::Occurrence;
use uuid::Uuid;

use super::Model;
use crate::projection::Model as _;

fn id<I: Id>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

fn order() -> OrderId {
    id(1)
}

struct Story {
    model: Model,
    position: i64,
}

impl Story {
    /// Two units of one seller, one of another, paid.
    fn paid() -> Self {
        let line = |number: u128, quantity: u32| Line {
            line_id: id(number),
            product_id: id(number),
            seller_id: id(number),
            name: "cup".to_owned(),
            quantity,
            unit_price: Money::krw(10),
            amount: Money::krw(10 * i64::from(quantity)),
        };
        let mut story = Self { model: Model::default(), position: 0 };
        story.tell(OrderEvent::OrderCreated {
            order_id: order(),
            buyer_id: id(9),
            lines: vec![line(1, 2), line(2, 1)],
            total: Money::krw(30),
            delivery_address: Sealed(String::new()),
            pay_by: DateTime::UNIX_EPOCH,
        });
        assert_eq!(story.status(), "awaiting_payment");
        let payment_id: PaymentId = id(3);
        story.tell(OrderEvent::OrderPaid { payment_id, paid_at: DateTime::UNIX_EPOCH });
        story
    }

    fn tell(&mut self, event: OrderEvent) {
        self.position += 1;
        let recorded = Occurrence {
            position: self.position,
            sequence: self.position,
            recorded_at: at(self.position),
            actor: "test".to_owned(),
            fact: Fact::Order(order(), event),
        };
        assert_eq!(self.model.apply(&recorded), Ok(()));
    }

    fn status(&self) -> &str {
        &self.model.orders[&order().uuid()].order.status
    }

    fn due(&self) -> Option<DateTime<Utc>> {
        self.model.orders[&order().uuid()].order.confirm_due_at
    }

    fn ship(&mut self, seller: u128, shipment: u128, quantity: u32) {
        self.tell(OrderEvent::ShipmentDispatched {
            shipment_id: id(shipment),
            seller_id: id(seller),
            carrier: "c".to_owned(),
            invoice_number: "1".to_owned(),
            items: vec![Item { line_id: id::<LineId>(seller), quantity }],
            shipped_at: at(0),
        });
    }

    fn deliver(&mut self, seller: u128, shipment: u128) {
        let (shipment_id, seller_id): (ShipmentId, SellerId) = (id(shipment), id(seller));
        let source = DeliverySource::Carrier;
        self.tell(OrderEvent::ShipmentDelivered { shipment_id, seller_id, delivered_at: at(0), source });
    }

    fn confirm(&mut self, seller: u128) {
        let seller_id: SellerId = id(seller);
        let escrow_id = EscrowId::of(order(), seller_id);
        self.tell(OrderEvent::EscrowConfirmed {
            escrow_id,
            seller_id,
            by: ConfirmedBy::Buyer,
            lines: vec![],
            others_open: false,
        });
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

#[test]
fn an_order_is_where_its_slowest_part_is() {
    let mut story = Story::paid();
    assert_eq!(story.status(), "paid");
    story.ship(1, 11, 1);
    assert_eq!(story.status(), "in_delivery");
    story.deliver(1, 11);
    assert_eq!(story.status(), "in_delivery", "one of two units has arrived");
    story.ship(1, 12, 1);
    story.deliver(1, 12);
    story.tell(OrderEvent::ConfirmationDue { seller_id: id(1), due_at: at(100), lines: vec![] });
    assert_eq!((story.status(), story.due()), ("in_delivery", Some(at(100))));
    story.confirm(1);
    assert_eq!((story.status(), story.due()), ("in_delivery", None));
    story.ship(2, 13, 1);
    story.deliver(2, 13);
    assert_eq!(story.status(), "delivered");
    story.confirm(2);
    assert_eq!(story.status(), "confirmed");
}

#[test]
fn a_cancelled_order_says_why() {
    let mut story = Story::paid();
    let (by, reason) = (domain::order::CancelledBy::Buyer, "changed my mind".to_owned());
    story.tell(OrderEvent::CancelAccepted { by, reason: reason.clone(), refund_id: id(5), restock: true });
    assert_eq!(story.status(), "cancelling");
    story.tell(OrderEvent::OrderCancelled { by, reason: reason.clone() });
    let order = &story.model.orders[&order().uuid()].order;
    assert_eq!((order.status.as_str(), order.cancel_reason.as_ref()), ("cancelled", Some(&reason)));
    assert_eq!((order.version, order.position), (4, 4));
}
