//! Whole lives of orders on our own log, without HTTP: events of every kind, for whoever reads them.

use commands::{
    ConfirmOrder, Context, DispatchShipment, OpenWindow, PayWindow, Policy, Reading, RecordDelivery,
    RecordReading, Standing, StartPayment,
};
use domain::{
    Money,
    id::{Id, PaymentId, RefundId, ShipmentId},
    payment::{Capture, Custody},
};

use crate::{Failure, load::Client, ours::Buyer, rows::first_price};

/// Events of one life: order, payment, hold, product and seller together.
const EVENTS: u64 = 13;

/// Lives one order after the other, from the shelf to the seller's pocket.
pub struct Living(pub Buyer);

impl Client for Living {
    async fn step(&mut self) -> Result<u64, Failure> {
        let order_id = self.0.order().await?.ok_or("the stock ran out too early")?;
        let (commands, buyer_id, seller_id) = self.0.parties();
        let (payment_id, shipment_id) =
            (PaymentId::from_uuid(ambient::fresh_id()), ShipmentId::from_uuid(ambient::fresh_id()));
        let policy = Policy::default();
        let fresh = || Context::fresh("system:bench");
        let start = StartPayment {
            payment_id,
            order_id,
            buyer_id,
            seen_price: None,
            gateway: policy.gateway,
            escrow: true,
            window: OpenWindow::new(|_| PayWindow { checkout: serde_json::json!({}), pay_url: None }),
        };
        commands.dispatch(&fresh(), start).await?;
        let capture = Capture {
            transaction_id: payment_id.at_gateway(),
            amount: Money::krw(first_price()),
            method: "CARD".to_owned(),
            custody: Custody::GatewayEscrow,
            paid_at: commands.clock().now(),
        };
        let reading = Reading { standing: Standing::Paid(capture), foreign: vec![] };
        let refund_id = RefundId::from_uuid(ambient::fresh_id());
        commands.dispatch(&fresh(), RecordReading { payment_id, reading, refund_id }).await?;
        let parcel = DispatchShipment {
            order_id,
            seller_id,
            shipment_id,
            carrier: "CJGLS".to_owned(),
            invoice_number: "639812345678".to_owned(),
            items: vec![],
        };
        commands.dispatch(&fresh(), parcel).await?;
        let delivery = RecordDelivery {
            order_id,
            shipment_id,
            said_by: commands::SaidBy::Carrier,
            delivered_at: None,
            policy,
        };
        commands.dispatch(&fresh(), delivery).await?;
        commands.dispatch(&fresh(), ConfirmOrder { order_id, buyer_id, lines: vec![] }).await?;
        Ok(EVENTS)
    }
}
