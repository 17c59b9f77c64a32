//! One fact of every event, and every word of the enumerations inside them.

use domain::{
    Currency, Fact, Money, Sealed,
    claim::{ClaimActor, ClaimKind, ClaimReason, CloseReason, Fault},
    contest::Contest,
    customer::{CustomerEvent, Role},
    escrow::{EscrowEvent, GatewayEscrow},
    id::{EscrowId, ProductId},
    order::{CancelledBy, ConfirmedBy, DeliverySource, Item, OrderEvent, RefundCause, RefundedLine},
    payment::{Custody, Doubt, Gateway, Mismatch, PaymentEvent},
    product::{ProductEvent, ReleaseReason},
    seller::{Commission, SellerEvent},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::samples::{
    anna, at, book, buyer, id, lamps, order_id, other_payment, paid_at, parcel, pay_by, payment_id, refund_id,
};

fn sealed() -> Sealed {
    Sealed("bm9uY2Vub25jZWNpcGhlcnRleHQ=".to_owned())
}

fn claim() -> Contest {
    Contest::Claim { claim_id: id(12) }
}

fn text(text: &str) -> String {
    text.to_owned()
}

pub fn facts() -> Vec<Fact> {
    let hold = EscrowId::of(order_id(), anna());
    let product = lamps().product_id;
    let customers = customers().into_iter().map(|event| Fact::Customer(buyer(), event));
    let sellers = sellers(hold).into_iter().map(|event| Fact::Seller(anna(), event));
    let products = products(product).into_iter().map(|event| Fact::Product(product, event));
    let orders = orders(hold).into_iter().map(|event| Fact::Order(order_id(), event));
    let payments = payments().into_iter().chain(refunds());
    let payments = payments.map(|event| Fact::Payment(payment_id(), event));
    let escrows = escrows(hold).into_iter().map(|event| Fact::Escrow(hold, event));
    let claims = super::claims::events(hold).into_iter().map(|event| Fact::Claim(id(12), event));
    let money = payments.chain(escrows).chain(claims);
    customers.chain(sellers).chain(products).chain(orders).chain(money).collect()
}

fn customers() -> Vec<CustomerEvent> {
    vec![
        CustomerEvent::CustomerRegistered {
            customer_id: buyer(),
            profile: sealed(),
            roles: vec![Role::Buyer, Role::Auditor],
        },
        CustomerEvent::RoleGranted { role: Role::Seller },
        CustomerEvent::ProfileChanged { profile: sealed() },
    ]
}

fn sellers(escrow_id: EscrowId) -> Vec<SellerEvent> {
    vec![
        SellerEvent::SellerRegistered { seller_id: anna(), commission: Commission { rate: 10_000 } },
        SellerEvent::SellerActivated {},
        SellerEvent::SellerSuspended { reason: text("complaints") },
        SellerEvent::SellerCredited { escrow_id, order_id: order_id(), amount: Money::krw(17_800) },
        SellerEvent::SellerDebited {
            escrow_id,
            order_id: order_id(),
            refund_id: refund_id(),
            amount: Money::krw(17_800),
            receivable: Money::krw(800),
        },
    ]
}

fn products(product_id: ProductId) -> Vec<ProductEvent> {
    vec![
        ProductEvent::ProductListed {
            product_id,
            seller_id: anna(),
            name: text("Lamp"),
            description: text("Warm light"),
            price: Money::krw(10_000),
            stock: 3,
        },
        ProductEvent::ProductDescribed { name: text("Lantern"), description: text("Bright") },
        ProductEvent::PriceChanged { price: Money::new(9_000, Currency::USD) },
        ProductEvent::StockAdjusted { stock: u32::MAX },
        ProductEvent::StockReserved { order_id: order_id(), quantity: 2, expires_at: pay_by() },
        ProductEvent::StockReleased { order_id: order_id(), quantity: 2, reason: ReleaseReason::Expired },
        ProductEvent::StockCommitted { order_id: order_id(), quantity: 2 },
        ProductEvent::StockReturned { order_id: order_id(), quantity: 2 },
    ]
}

fn orders(escrow_id: EscrowId) -> Vec<OrderEvent> {
    let seller_id = anna();
    vec![
        OrderEvent::OrderCreated {
            order_id: order_id(),
            buyer_id: buyer(),
            lines: vec![lamps(), book()],
            total: Money::krw(28_000),
            delivery_address: sealed(),
            pay_by: pay_by(),
        },
        OrderEvent::PaymentStarted { payment_id: payment_id() },
        OrderEvent::PaymentAttemptFailed { payment_id: payment_id() },
        OrderEvent::ApprovalBegun { payment_id: payment_id(), until: Some(at("2026-03-02T10:14:30Z")) },
        OrderEvent::ApprovalEnded { payment_id: payment_id() },
        OrderEvent::PaymentWindowExtended { pay_by: at("2026-03-04T14:59:59Z") },
        OrderEvent::OrderPaid { payment_id: payment_id(), paid_at: at("2026-03-02T10:04:30.123456Z") },
        OrderEvent::OrderExpired {},
        OrderEvent::ShipmentDispatched {
            shipment_id: parcel(),
            seller_id,
            carrier: text("kr.cjlogistics"),
            invoice_number: text("123456789012"),
            items: vec![Item { line_id: lamps().line_id, quantity: 2 }],
            shipped_at: at("2026-03-02T12:00:00Z"),
        },
        OrderEvent::ShipmentDelivered {
            shipment_id: parcel(),
            seller_id,
            delivered_at: at("2026-03-03T03:00:00Z"),
            source: DeliverySource::Carrier,
        },
        OrderEvent::ConfirmationDue { seller_id, due_at: at("2026-03-10T14:59:59Z"), lines: vec![] },
        OrderEvent::ConfirmationHeld {
            seller_id,
            lines: vec![lamps().line_id],
            due_at: at("2026-03-24T14:59:59Z"),
            reason: text("on a journey"),
        },
        OrderEvent::LinesContested {
            seller_id,
            contest: claim(),
            items: vec![Item { line_id: lamps().line_id, quantity: 1 }],
        },
        OrderEvent::ContestEnded { seller_id, contest: claim() },
        OrderEvent::LinesRefundCommitted {
            seller_id,
            refund_id: refund_id(),
            cause: RefundCause::Returned,
            reason: text("too dark"),
            parts: vec![RefundedLine { line_id: lamps().line_id, quantity: 1, amount: Money::krw(10_000) }],
            restock: false,
            contest: Some(claim()),
            over: false,
        },
        OrderEvent::LinesRefunded { seller_id, refund_id: refund_id() },
        OrderEvent::EscrowConfirmed {
            escrow_id,
            seller_id,
            by: ConfirmedBy::Clock,
            lines: vec![],
            others_open: false,
        },
        OrderEvent::CancelAccepted {
            by: CancelledBy::Buyer,
            reason: text("changed my mind"),
            refund_id: refund_id(),
            restock: true,
        },
        OrderEvent::OrderCancelled { by: CancelledBy::Operator, reason: text("lost in transit") },
    ]
}

fn payments() -> Vec<PaymentEvent> {
    vec![
        PaymentEvent::PaymentCreated {
            payment_id: payment_id(),
            order_id: order_id(),
            buyer_id: buyer(),
            amount: Money::krw(28_000),
            gateway: Gateway::PortoneV2,
            escrow: true,
            expires_at: pay_by(),
        },
        PaymentEvent::PaymentPrepared {},
        PaymentEvent::PaymentPreparationFailed { reason: text("INVALID_REQUEST") },
        PaymentEvent::PaymentInDoubt { doubt: Doubt::Preparation {} },
        PaymentEvent::DoubtResolved { doubt: Doubt::Refund { refund_id: refund_id() } },
        PaymentEvent::VirtualAccountIssued { due_at: at("2026-03-04T14:59:59Z") },
        PaymentEvent::PaymentAuthenticated { transaction_id: text("tx-1"), token: Some(sealed()) },
        PaymentEvent::PaymentAuthorized {
            transaction_id: text("tx-1"),
            amount: Money::krw(28_000),
            method: text("card"),
            custody: Custody::GatewayEscrow,
            paid_at: paid_at(),
        },
        PaymentEvent::PaymentFailed { reason: text("PAY_PROCESS_CANCELED") },
        PaymentEvent::PaymentExpired {},
        PaymentEvent::PaymentCancelled {},
        PaymentEvent::PaymentQuarantined {
            transaction_id: text("tx-1"),
            captured: Money::krw(27_000),
            gateway: Gateway::Toss,
            custody: Custody::Platform,
            mismatches: mismatches(),
            method: None,
        },
    ]
}

fn refunds() -> Vec<PaymentEvent> {
    let refund_id = refund_id();
    vec![
        PaymentEvent::DepositReversed {},
        PaymentEvent::DepositRestored {},
        PaymentEvent::DepositLost {
            refund_id,
            amount: Money::krw(28_000),
            gateway: Gateway::Toss,
            custody: Custody::GatewayEscrow,
        },
        PaymentEvent::ChargedBack {
            cancellation_id: text("cxl-2"),
            amount: Money::krw(28_000),
            gateway: Gateway::PortoneV2,
            custody: Custody::GatewayEscrow,
            taken_at: at("2026-03-20T11:00:00Z"),
        },
        PaymentEvent::RefundRequested {
            refund_id,
            amount: Money::krw(28_000),
            reason: text("cancelled"),
            account: None,
        },
        PaymentEvent::RefundPending { refund_id, cancellation_id: text("cxl-1") },
        PaymentEvent::Refunded {
            refund_id,
            amount: Money::krw(28_000),
            cancellation_id: text("cxl-1"),
            gateway: Gateway::PortoneV2,
            custody: Custody::GatewayEscrow,
            quarantined: false,
            refunded_at: at("2026-03-02T11:00:00Z"),
        },
        PaymentEvent::RefundedByBank {
            refund_id,
            amount: Money::krw(28_000),
            bank_reference: text("KB-20260305-0001"),
            gateway: Gateway::PortoneV2,
            quarantined: false,
            refunded_at: at("2026-03-05T02:00:00Z"),
        },
        PaymentEvent::RefundFailed { refund_id, reason: text("CANCELLABLE_AMOUNT_EXCEEDED") },
        PaymentEvent::GatewayDidNotAnswer { reason: text("UNAVAILABLE") },
        PaymentEvent::GatewayAnswered {},
    ]
}

fn escrows(escrow_id: EscrowId) -> Vec<EscrowEvent> {
    vec![
        EscrowEvent::EscrowFunded {
            escrow_id,
            order_id: order_id(),
            seller_id: anna(),
            payment_id: payment_id(),
            amount: Money::krw(20_000),
            gateway: Gateway::PortoneV2,
            custody: Custody::GatewayEscrow,
        },
        EscrowEvent::EscrowLocked { amount: Money::krw(5_000), reason: text("dispute"), contest: None },
        EscrowEvent::EscrowUnlocked { amount: Money::krw(5_000), contest: None },
        EscrowEvent::EscrowReleased {
            seller_id: anna(),
            amount: Money::krw(20_000),
            commission: Money::krw(2_000),
            commission_vat: Money::krw(200),
            net: Money::krw(17_800),
            fee_free: false,
        },
        EscrowEvent::ReleaseReversed {
            seller_id: anna(),
            refund_id: refund_id(),
            amount: Money::krw(20_000),
            commission: Money::krw(2_000),
            commission_vat: Money::krw(200),
            net: Money::krw(17_800),
            receivable: Money::krw(800),
        },
        EscrowEvent::EscrowRefundCommitted { refund_id: refund_id(), amount: Money::krw(20_000) },
        EscrowEvent::LogisticsRegistered { shipment_id: parcel() },
        EscrowEvent::LogisticsRegistrationFailed { shipment_id: parcel(), reason: text("PG_PROVIDER") },
        EscrowEvent::LogisticsRegistrationRequested {
            order_id: order_id(),
            seller_id: anna(),
            shipment_id: parcel(),
        },
        EscrowEvent::GatewayEscrowChanged { status: GatewayEscrow::Delivered },
        EscrowEvent::EscrowClosed {},
    ]
}

fn mismatches() -> Vec<Mismatch> {
    vec![
        Mismatch::Amount { expected: Money::krw(28_000), actual: Money::krw(27_000) },
        Mismatch::EscrowFlag { expected: true },
        Mismatch::Channel { actual: text("channel-key-1") },
        Mismatch::LiveFlag { expected_live: true },
        Mismatch::Identity { actual: id::<ProductId>(99).to_string() },
        Mismatch::DuplicateCapture { paid_by: other_payment() },
        Mismatch::LatePayment {},
    ]
}

/// Each enumeration's words, after each was read back as itself.
pub fn words() -> Value {
    json!({
        "Role": both_ways(&[Role::Buyer, Role::Seller, Role::Operator, Role::Auditor]),
        "ReleaseReason": both_ways(&[ReleaseReason::Expired, ReleaseReason::Cancelled]),
        "CancelledBy": both_ways(&[CancelledBy::Buyer, CancelledBy::Seller, CancelledBy::Operator]),
        "ConfirmedBy": both_ways(&[
            ConfirmedBy::Buyer,
            ConfirmedBy::Clock,
            ConfirmedBy::BuyerAtGateway,
        ]),
        "DeliverySource": both_ways(&[
            DeliverySource::Carrier,
            DeliverySource::Seller,
            DeliverySource::Buyer,
            DeliverySource::Operator,
            DeliverySource::Gateway,
        ]),
        "Gateway": both_ways(&[
            Gateway::PortoneV1,
            Gateway::PortoneV2,
            Gateway::Nicepay,
            Gateway::Toss,
        ]),
        "Custody": both_ways(&[Custody::GatewayEscrow, Custody::Platform]),
        "Doubt": both_ways(&[
            Doubt::Preparation {},
            Doubt::Approval {},
            Doubt::Refund { refund_id: refund_id() },
        ]),
        "GatewayEscrow": both_ways(&[
            GatewayEscrow::Registered,
            GatewayEscrow::Delivered,
            GatewayEscrow::Confirmed,
            GatewayEscrow::Rejected,
            GatewayEscrow::RejectionAccepted,
            GatewayEscrow::Cancelled,
        ]),
        "RefundCause": both_ways(&[
            RefundCause::Cancelled,
            RefundCause::OutOfStock,
            RefundCause::Reduced,
            RefundCause::AtGateway,
            RefundCause::Returned,
            RefundCause::Exchanged,
            RefundCause::Awarded,
        ]),
        "ClaimKind": both_ways(&[ClaimKind::Return, ClaimKind::Exchange]),
        "ClaimReason": both_ways(&[
            ClaimReason::ChangeOfMind,
            ClaimReason::Defective,
            ClaimReason::NotAsDescribed,
            ClaimReason::WrongItem,
            ClaimReason::DamagedInTransit,
        ]),
        "ClaimActor": both_ways(&[
            ClaimActor::Buyer,
            ClaimActor::Seller,
            ClaimActor::Operator,
            ClaimActor::Clock,
        ]),
        "Fault": both_ways(&[Fault::Buyer, Fault::Seller]),
        "CloseReason": both_ways(&[
            CloseReason::NoParcel,
            CloseReason::Disputed,
            CloseReason::MoneyLost,
        ]),
        "Contest": both_ways(&[claim(), Contest::Dispute { dispute_id: id(13) }]),
        "Mismatch": both_ways(&mismatches()),
    })
}

fn both_ways<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(all: &[T]) -> Value {
    let written = serde_json::to_value(all).unwrap();
    assert_eq!(serde_json::from_value::<Vec<T>>(written.clone()).unwrap(), all);
    written
}
