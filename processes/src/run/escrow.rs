//! The gateway's own escrow: what the buyer does on its pages is seen by looking, because no webhook tells it, and
//! what the buyer does on ours is told to it where it listens.

use chrono::Duration;
use commands::{ConfirmedAtGateway, GatewayEscrowNews, RecordDelivery, RecordGatewayEscrow, SaidBy};
use domain::{
    escrow::GatewayEscrow,
    id::{EscrowId, OrderId, PaymentId, SellerId, ShipmentId},
    order::{Order, Paid, Part, Terms},
    payment::{Attempt, Custody, Payment},
};
use gateways::{Answer, EscrowState, IdempotencyKey, PaymentGateway, RefusalKind};

use super::{Next, Runner, again};

const PROCESS: &str = "gateway-escrow";
/// Waits between looks, by how old the parcel is: every ten minutes for a day, then every hour, then four times a day.
const WAITS: [(Duration, Duration); 3] = [
    (Duration::days(1), Duration::minutes(10)),
    (Duration::days(7), Duration::hours(1)),
    (Duration::days(60), Duration::hours(6)),
];
/// How often the gateway's escrow is told of a confirmation before somebody has to look.
const ATTEMPTS: i32 = 8;

impl Runner {
    /// Sees how far the gateway's escrow is, and goes with it.
    pub(super) async fn mirror(&self, order_id: OrderId) -> Next {
        let (terms, paid, attempt) = match self.escrowed(order_id).await {
            Ok(Some(found)) => found,
            Ok(None) => return Next::Done,
            Err(next) => return next,
        };
        if paid.parts.values().all(Part::is_over) {
            return Next::Done;
        }
        let gateway = match self.gateways.get(attempt.gateway) {
            Ok(gateway) => gateway.as_ref(),
            Err(missing) => return Next::Again(missing.to_string()),
        };
        let seen = match gateway.lookup(&attempt.payment_id.at_gateway()).await {
            Ok(seen) => seen,
            Err(error) => return Next::Again(error.to_string()),
        };
        let pg = seen.as_ref().map_or(gateways::Pg::Unknown, gateways::Snapshot::pg);
        if !gateway.capabilities(pg).shows_escrow_state {
            return Next::Done;
        }
        if let Some(status) = seen.and_then(|seen| seen.escrow).as_ref().and_then(as_ours)
            && let Some(next) = self.go_with(&terms, &paid, status).await
        {
            return next;
        }
        self.look_again(&paid, order_id)
    }

    fn look_again(&self, paid: &Paid, order_id: OrderId) -> Next {
        let now = self.clock().now();
        let first = paid
            .parts
            .values()
            .flat_map(|part| part.shipments.values())
            .map(|parcel| parcel.shipped_at)
            .min();
        let age = now - first.unwrap_or(now);
        let wait = WAITS.iter().find(|(until, _)| age < *until).map(|(_, wait)| *wait);
        if let Some(wait) = wait {
            return Next::At(now + wait, "the gateway's escrow is not over".to_owned());
        }
        tracing::warn!(%order_id, "the gateway's escrow did not end; nobody looks any more");
        Next::Done
    }

    async fn go_with(&self, terms: &Terms, paid: &Paid, status: GatewayEscrow) -> Option<Next> {
        for seller in paid.parts.keys() {
            let escrow_id = EscrowId::of(terms.order_id, *seller);
            let news = GatewayEscrowNews::WentOn(status);
            match self.record(PROCESS, RecordGatewayEscrow { escrow_id, news }).await {
                Next::Done => {}
                next @ (Next::At(..) | Next::Again(_)) => return Some(next),
            }
        }
        match status {
            GatewayEscrow::Delivered => self.delivered(terms.order_id, paid).await,
            GatewayEscrow::Confirmed => {
                match self.record(PROCESS, ConfirmedAtGateway { order_id: terms.order_id }).await {
                    Next::Done => None,
                    next @ (Next::At(..) | Next::Again(_)) => Some(next),
                }
            }
            GatewayEscrow::RejectionAccepted | GatewayEscrow::Cancelled => Some(Next::Done),
            GatewayEscrow::Registered | GatewayEscrow::Rejected => None,
        }
    }

    async fn delivered(&self, order_id: OrderId, paid: &Paid) -> Option<Next> {
        let parcels = paid.parts.values().flat_map(|part| part.shipments.iter());
        let under_way: Vec<ShipmentId> =
            parcels.filter(|(_, parcel)| !parcel.delivered).map(|(id, _)| *id).collect();
        for shipment_id in under_way {
            let command = RecordDelivery {
                order_id,
                shipment_id,
                said_by: SaidBy::Gateway,
                delivered_at: None,
                policy: self.policy,
            };
            match self.record(PROCESS, command).await {
                Next::Done => {}
                next @ (Next::At(..) | Next::Again(_)) => return Some(next),
            }
        }
        None
    }

    /// Tells the gateway's escrow that everything of the payment is confirmed, where it takes our word.
    pub(super) async fn confirm_at_gateway(&self, order_id: OrderId, attempts: i32) -> Next {
        let (terms, paid, attempt) = match self.escrowed(order_id).await {
            Ok(Some(found)) => found,
            Ok(None) => return Next::Done,
            Err(next) => return next,
        };
        // One payment is one escrow at the gateway: it is over when all sellers' parts are.
        if !paid.parts.values().all(Part::is_over) {
            return Next::Done;
        }
        let gateway = match self.gateways.get(attempt.gateway) {
            Ok(gateway) => gateway.as_ref(),
            Err(missing) => return Next::Again(missing.to_string()),
        };
        if !gateway.capabilities(gateways::Pg::Unknown).confirm_by_api {
            return Next::Done;
        }
        match tell(gateway, attempt.payment_id).await {
            Ok(()) => {
                let sellers: Vec<SellerId> = paid.parts.keys().copied().collect();
                for seller in sellers {
                    let escrow_id = EscrowId::of(terms.order_id, seller);
                    let news = GatewayEscrowNews::WentOn(GatewayEscrow::Confirmed);
                    if let Next::Again(why) =
                        self.record(PROCESS, RecordGatewayEscrow { escrow_id, news }).await
                    {
                        return Next::Again(why);
                    }
                }
                Next::Done
            }
            Err(Some(why)) if attempts < ATTEMPTS => Next::Again(why),
            Err(why) => {
                tracing::warn!(%order_id, why, "the gateway's escrow was not told of the confirmation");
                Next::Done
            }
        }
    }

    /// A paid order whose money the gateway holds in escrow.
    async fn escrowed(&self, order_id: OrderId) -> Result<Option<(Terms, Paid, Attempt)>, Next> {
        let (order, _) = self.commands.load::<Order>(order_id).await.map_err(|fault| again(&fault))?;
        let Order::Paid(terms, paid) = order else { return Ok(None) };
        let payment = self.commands.load::<Payment>(paid.payment_id).await;
        let (payment, _) = payment.map_err(|fault| again(&fault))?;
        let Payment::Authorized(attempt, captured) = payment else { return Ok(None) };
        let is_escrowed = captured.custody == Custody::GatewayEscrow;
        Ok(is_escrowed.then_some((terms, paid, attempt)))
    }
}

/// `Err(None)` where asking again will not help.
async fn tell(gateway: &dyn PaymentGateway, payment_id: PaymentId) -> Result<(), Option<String>> {
    let id = payment_id.at_gateway();
    let key = IdempotencyKey::new(format!("confirm-{id}")).map_err(|error| Some(error.to_string()))?;
    match gateway.confirm_escrow(&id, &key).await {
        Answer::Done(()) | Answer::Pending(()) => Ok(()),
        Answer::Refused(refusal) if refusal.kind == RefusalKind::Unsupported => Err(None),
        Answer::Refused(refusal) => Err(Some(refusal.to_string())),
        Answer::InDoubt => Err(Some("the gateway did not answer".to_owned())),
    }
}

/// The gateway's escrow in our words; nothing where there is nothing to conclude.
fn as_ours(seen: &EscrowState) -> Option<GatewayEscrow> {
    match seen {
        EscrowState::Registered => Some(GatewayEscrow::Registered),
        EscrowState::Delivered => Some(GatewayEscrow::Delivered),
        EscrowState::Confirmed { .. } => Some(GatewayEscrow::Confirmed),
        EscrowState::Rejected => Some(GatewayEscrow::Rejected),
        EscrowState::RejectConfirmed => Some(GatewayEscrow::RejectionAccepted),
        EscrowState::Cancelled => Some(GatewayEscrow::Cancelled),
        EscrowState::BeforeRegistered | EscrowState::Hidden | EscrowState::Unknown(_) => None,
    }
}
