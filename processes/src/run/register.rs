//! Telling the gateway's escrow of a parcel. It blocks nothing for the buyer: after some attempts it waits, visibly,
//! for somebody who looks.

use commands::{GatewayEscrowNews, RecordGatewayEscrow};
use domain::{
    Sealed,
    escrow::Escrow,
    id::{EscrowId, Id, OrderId, SellerId, ShipmentId},
    order::{Order, Shipment},
    payment::Custody,
};
use gateways::{Address, Answer, Courier, IdempotencyKey, Logistics, Party, Product, RefusalKind, Secret};
use serde::Deserialize;

use super::{Next, Runner, again};

const PROCESS: &str = "gateway-escrow";
/// How often it is tried before somebody has to look.
const ATTEMPTS: i32 = 5;

/// A delivery address as it was sealed.
#[derive(Deserialize)]
struct Delivery {
    recipient: String,
    phone: String,
    line1: String,
    #[serde(default)]
    line2: Option<String>,
    postcode: String,
}

impl Runner {
    pub(super) async fn register(
        &self,
        order_id: OrderId,
        (seller_id, shipment_id): (SellerId, ShipmentId),
        attempts: i32,
    ) -> Next {
        let escrow_id = EscrowId::of(order_id, seller_id);
        let (escrow, order) = match self.hold_and_order(escrow_id, order_id).await {
            Ok(found) => found,
            Err(next) => return next,
        };
        let Ok(hold) = escrow.hold() else { return Next::Done };
        if hold.custody != Custody::GatewayEscrow || hold.is_told(shipment_id) {
            return Next::Done;
        }
        let gateway = match self.gateways.get(hold.gateway) {
            Ok(gateway) => gateway,
            Err(missing) => return Next::Again(missing.to_string()),
        };
        let logistics =
            match self.logistics(&order, (seller_id, shipment_id), &hold.payment_id.at_gateway()).await {
                Ok(Some(logistics)) => logistics,
                Ok(None) => return Next::Done,
                Err(why) => return Next::Again(why),
            };
        let news = match gateway.register_logistics(&logistics).await {
            Answer::Done(()) | Answer::Pending(()) => GatewayEscrowNews::Registered(shipment_id),
            Answer::Refused(refusal) if refusal.kind == RefusalKind::AlreadyRegistered => {
                GatewayEscrowNews::Registered(shipment_id)
            }
            Answer::Refused(refusal) if refusal.kind == RefusalKind::Unsupported || attempts >= ATTEMPTS => {
                GatewayEscrowNews::NotRegistered(shipment_id, refusal.code)
            }
            Answer::Refused(refusal) => return Next::Again(refusal.to_string()),
            Answer::InDoubt if attempts >= ATTEMPTS => {
                GatewayEscrowNews::NotRegistered(shipment_id, "NO_ANSWER".to_owned())
            }
            Answer::InDoubt => return Next::Again("the gateway did not answer".to_owned()),
        };
        self.record(PROCESS, RecordGatewayEscrow { escrow_id, news }).await
    }

    async fn hold_and_order(&self, escrow_id: EscrowId, order_id: OrderId) -> Result<(Escrow, Order), Next> {
        let (escrow, _) = self.commands.load::<Escrow>(escrow_id).await.map_err(|fault| again(&fault))?;
        let (order, _) = self.commands.load::<Order>(order_id).await.map_err(|fault| again(&fault))?;
        Ok((escrow, order))
    }

    async fn logistics(
        &self,
        order: &Order,
        (seller_id, shipment_id): (SellerId, ShipmentId),
        id: &str,
    ) -> Result<Option<Logistics>, String> {
        let (Order::Paid(terms, paid), Ok(key)) =
            (order, IdempotencyKey::new(format!("logistics-{}", shipment_id.uuid())))
        else {
            return Ok(None);
        };
        let shipment = paid.parts.get(&seller_id).and_then(|part| part.shipments.get(&shipment_id));
        let Some(Shipment { carrier, invoice_number, shipped_at, .. }) = shipment else {
            return Ok(None);
        };
        let receiver = self.receiver(terms.buyer_id.uuid(), &terms.delivery_address).await?;
        let lines = terms.lines.iter().filter(|line| line.seller_id == seller_id);
        let courier = match Courier::from_portone_v2(carrier) {
            Courier::OTHER => Courier::from_portone_v1(carrier),
            known => known,
        };
        Ok(Some(Logistics {
            id: id.to_owned(),
            key,
            courier,
            invoice: invoice_number.clone(),
            sent_at: *shipped_at,
            arrives_on: None,
            destination: receiver.address.clone(),
            // Sellers' addresses are not kept; the PG is told that the seller sends it.
            sender: Party { relationship: Some("본인".to_owned()), ..receiver.clone() },
            receiver,
            products: lines
                .map(|line| Product {
                    id: line.product_id.to_string(),
                    name: line.name.clone(),
                    price: line.unit_price,
                    quantity: line.quantity,
                })
                .collect(),
            notify_buyer: true,
        }))
    }

    /// Where it goes; empty where the buyer was forgotten.
    async fn receiver(&self, buyer: uuid::Uuid, sealed: &Sealed) -> Result<Party, String> {
        let opened = self.vault.open(buyer, sealed).await.map_err(|error| error.to_string())?;
        let Some(to) = opened.and_then(|text| serde_json::from_str::<Delivery>(&text).ok()) else {
            return Ok(Party::default());
        };
        let line_2 = Secret::new(to.line2.unwrap_or_default());
        Ok(Party {
            name: Some(Secret::new(to.recipient)),
            phone: Some(Secret::new(to.phone)),
            postcode: Some(Secret::new(to.postcode)),
            address: Some(Address { line_1: Secret::new(to.line1), line_2 }),
            relationship: None,
        })
    }
}
