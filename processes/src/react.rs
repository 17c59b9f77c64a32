//! From an event to what is still to be done. Pure.

use chrono::{DateTime, Duration, Utc};
use domain::{
    Fact,
    claim::ClaimEvent,
    escrow::EscrowEvent,
    id::{ClaimId, OrderId},
    order::{ConfirmedBy, OrderEvent},
    payment::PaymentEvent,
};
use store::Recorded;

use crate::{Scheduled, Task};

/// When a payment is first looked up, if neither browser nor webhook came.
const FIRST_POLL: Duration = Duration::seconds(10);

/// When the gateway's escrow is first looked at after a parcel was handed over.
const FIRST_MIRROR: Duration = Duration::minutes(10);

/// The tasks an event leads to.
pub fn react(recorded: &Recorded) -> Vec<Scheduled> {
    let at = recorded.recorded_at;
    let tasks = match &recorded.fact {
        Fact::Order(order_id, event) => of_order(*order_id, event, at),
        Fact::Payment(payment_id, event) => of_payment(*payment_id, event, at),
        Fact::Claim(claim_id, event) => of_claim(*claim_id, event),
        Fact::Escrow(_, event) => of_escrow(event, at),
        Fact::Customer(..) | Fact::Seller(..) | Fact::Product(..) => vec![],
    };
    let number = |(n, (task, due_at))| Scheduled { id: format!("{}.{n}", recorded.position), task, due_at };
    tasks.into_iter().enumerate().map(number).collect()
}

fn of_order(order_id: OrderId, event: &OrderEvent, at: DateTime<Utc>) -> Vec<(Task, DateTime<Utc>)> {
    match event {
        OrderEvent::OrderCreated { pay_by, .. } | OrderEvent::PaymentWindowExtended { pay_by } => {
            vec![(Task::Expire { order_id }, *pay_by)]
        }
        OrderEvent::ConfirmationDue { seller_id, due_at, .. }
        | OrderEvent::ConfirmationHeld { seller_id, due_at, .. } => {
            vec![(Task::Confirm { order_id, seller_id: *seller_id }, *due_at)]
        }
        OrderEvent::ShipmentDispatched { shipment_id, seller_id, .. } => {
            let (seller_id, shipment_id) = (*seller_id, *shipment_id);
            let register = Task::Register { order_id, seller_id, shipment_id };
            vec![(register, at), (Task::Mirror { order_id }, at + FIRST_MIRROR)]
        }
        OrderEvent::EscrowConfirmed { by: ConfirmedBy::Buyer | ConfirmedBy::Clock, .. } => {
            vec![(Task::ConfirmAtGateway { order_id }, at)]
        }
        OrderEvent::PaymentStarted { .. }
        | OrderEvent::ApprovalBegun { .. }
        | OrderEvent::ApprovalEnded { .. }
        | OrderEvent::EscrowConfirmed { by: ConfirmedBy::BuyerAtGateway, .. }
        | OrderEvent::PaymentAttemptFailed { .. }
        | OrderEvent::OrderPaid { .. }
        | OrderEvent::OrderExpired {}
        | OrderEvent::ShipmentDelivered { .. }
        | OrderEvent::LinesContested { .. }
        | OrderEvent::ContestEnded { .. }
        | OrderEvent::LinesRefundCommitted { .. }
        | OrderEvent::LinesRefunded { .. }
        | OrderEvent::CancelAccepted { .. }
        | OrderEvent::OrderCancelled { .. } => vec![],
    }
}

/// Every deadline of a claim is looked at when it passes; one that was met finds nothing to do.
fn of_claim(claim_id: ClaimId, event: &ClaimEvent) -> Vec<(Task, DateTime<Utc>)> {
    let due_at = match event {
        ClaimEvent::ClaimOpened { close_by, .. } => *close_by,
        ClaimEvent::GoodsReceived { decide_by, .. } => *decide_by,
        ClaimEvent::ClaimWithheld { answer_by, .. } => *answer_by,
        ClaimEvent::CollectionArranged { .. }
        | ClaimEvent::ReturnApproved { .. }
        | ClaimEvent::ExchangeApproved { .. }
        | ClaimEvent::ClaimConverted {}
        | ClaimEvent::GoodsRedispatched { .. }
        | ClaimEvent::GoodsRedelivered {}
        | ClaimEvent::ClaimRejected { .. }
        | ClaimEvent::ClaimWithdrawn {}
        | ClaimEvent::ClaimClosed { .. }
        | ClaimEvent::ClaimRefunded { .. } => return vec![],
    };
    vec![(Task::Claim { claim_id }, due_at)]
}

fn of_escrow(event: &EscrowEvent, at: DateTime<Utc>) -> Vec<(Task, DateTime<Utc>)> {
    match event {
        EscrowEvent::LogisticsRegistrationRequested { order_id, seller_id, shipment_id } => {
            let (order_id, seller_id, shipment_id) = (*order_id, *seller_id, *shipment_id);
            vec![(Task::Register { order_id, seller_id, shipment_id }, at)]
        }
        EscrowEvent::EscrowFunded { .. }
        | EscrowEvent::EscrowLocked { .. }
        | EscrowEvent::EscrowUnlocked { .. }
        | EscrowEvent::EscrowReleased { .. }
        | EscrowEvent::ReleaseReversed { .. }
        | EscrowEvent::EscrowRefundCommitted { .. }
        | EscrowEvent::LogisticsRegistered { .. }
        | EscrowEvent::LogisticsRegistrationFailed { .. }
        | EscrowEvent::GatewayEscrowChanged { .. }
        | EscrowEvent::EscrowClosed {} => vec![],
    }
}

fn of_payment(
    payment_id: domain::id::PaymentId,
    event: &PaymentEvent,
    at: DateTime<Utc>,
) -> Vec<(Task, DateTime<Utc>)> {
    match event {
        PaymentEvent::PaymentCreated { .. } => {
            vec![(Task::Prepare { payment_id }, at), (Task::Poll { payment_id }, at + FIRST_POLL)]
        }
        PaymentEvent::PaymentAuthenticated { .. } => vec![(Task::Approve { payment_id }, at)],
        PaymentEvent::DepositReversed {} => vec![(Task::Poll { payment_id }, at + FIRST_POLL)],
        PaymentEvent::RefundRequested { refund_id, .. } => {
            vec![(Task::Refund { payment_id, refund_id: *refund_id }, at)]
        }
        PaymentEvent::PaymentPrepared {}
        | PaymentEvent::PaymentPreparationFailed { .. }
        | PaymentEvent::PaymentInDoubt { .. }
        | PaymentEvent::DoubtResolved { .. }
        | PaymentEvent::VirtualAccountIssued { .. }
        | PaymentEvent::PaymentAuthorized { .. }
        | PaymentEvent::DepositRestored {}
        | PaymentEvent::DepositLost { .. }
        | PaymentEvent::ChargedBack { .. }
        | PaymentEvent::PaymentFailed { .. }
        | PaymentEvent::PaymentExpired {}
        | PaymentEvent::PaymentCancelled {}
        | PaymentEvent::PaymentQuarantined { .. }
        | PaymentEvent::RefundPending { .. }
        | PaymentEvent::Refunded { .. }
        | PaymentEvent::RefundedByBank { .. }
        | PaymentEvent::RefundFailed { .. }
        | PaymentEvent::GatewayDidNotAnswer { .. }
        | PaymentEvent::GatewayAnswered {} => vec![],
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        Money,
        id::{CustomerId, Id, PaymentId},
        payment::Gateway,
    };
    use store::Metadata;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_new_payment_is_registered_at_once_and_looked_up_soon() {
        let at = DateTime::from_timestamp(1_772_000_000, 0).unwrap();
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let payment_id = PaymentId::from_uuid(one);
        let created = PaymentEvent::PaymentCreated {
            payment_id,
            order_id: OrderId::from_uuid(two),
            buyer_id: CustomerId::from_uuid(two),
            amount: Money::krw(1),
            gateway: Gateway::PortoneV2,
            escrow: true,
            expires_at: at + Duration::minutes(15),
        };
        let recorded = Recorded {
            position: 12,
            sequence: 1,
            recorded_at: at,
            event_id: one,
            command_id: one,
            metadata: Metadata { actor: "cus".into(), correlation_id: one, causation_id: None },
            fact: Fact::Payment(payment_id, created),
        };
        let expected = [
            Scheduled { id: "12.0".into(), task: Task::Prepare { payment_id }, due_at: at },
            Scheduled {
                id: "12.1".into(),
                task: Task::Poll { payment_id },
                due_at: at + Duration::seconds(10),
            },
        ];
        assert_eq!(react(&recorded), expected);
    }
}
