//! One small market's history, event by event: an order that is confirmed, one that is refunded, one that expires.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Currency, Money,
    customer::{Customer, CustomerEvent, Role},
    escrow::{Escrow, EscrowEvent},
    id::{CustomerId, EscrowId, Id, LineId, OrderId, PaymentId, ProductId, RefundId, SellerId, ShipmentId},
    order::{CancelledBy, ConfirmedBy, DeliverySource, Item, Line, Order, OrderEvent},
    payment::{Custody, Doubt, Gateway, Payment, PaymentEvent},
    product::{Product, ProductEvent, ReleaseReason},
};
use store::vault::Credential;

use crate::world::{World, at, id};

pub fn buyer() -> CustomerId {
    id(1)
}
pub fn sellers() -> [SellerId; 2] {
    [id(2), id(3)]
}
pub fn products() -> [ProductId; 2] {
    [id(0x11), id(0x12)]
}
pub fn confirmed() -> OrderId {
    id(0x21)
}
pub fn refunded() -> OrderId {
    id(0x22)
}
pub fn expired() -> OrderId {
    id(0x23)
}
pub fn payments() -> [PaymentId; 2] {
    [id(0x31), id(0x32)]
}
pub fn shipments() -> [ShipmentId; 2] {
    [id(0x41), id(0x42)]
}
pub fn refund() -> RefundId {
    id(0x51)
}
pub fn window() -> DateTime<Utc> {
    at(0) + TimeDelta::days(1)
}

const TRANSACTION: &str = "imp_Tx-1";

/// Appends the whole history.
pub async fn play(world: &mut World) {
    people(world).await;
    shelf(world).await;
    order_that_is_confirmed(world).await;
    order_that_is_refunded(world).await;
    order_that_expires(world).await;
}

pub async fn people(world: &mut World) {
    let uuid = buyer().uuid();
    let profile =
        r#"{"username":"mina","email":"mina@example.com","name":"민아","phone":"+82-10-0000-0000"}"#;
    let profile = world.seal(uuid, profile).await;
    let credential = Credential {
        customer_id: buyer(),
        email: "mina@example.com".to_owned(),
        username: "mina".to_owned(),
        password_hash: "$argon2id$test".to_owned(),
    };
    world.vault.register(&credential).await.unwrap();
    let registered =
        CustomerEvent::CustomerRegistered { customer_id: buyer(), profile, roles: vec![Role::Buyer] };
    world.append::<Customer>(buyer(), 0, vec![registered]).await;
    for seller in sellers() {
        let profile = world.seal(seller.uuid(), r#"{"username":"shop"}"#).await;
        let (customer_id, roles) = (seller.customer(), vec![Role::Buyer]);
        let events = vec![
            CustomerEvent::CustomerRegistered { customer_id, profile, roles },
            CustomerEvent::RoleGranted { role: Role::Seller },
        ];
        world.append::<Customer>(customer_id, 0, events).await;
    }
}

pub async fn shelf(world: &mut World) {
    let [cup, book] = products();
    let [potter, printer] = sellers();
    let events = vec![
        ProductEvent::ProductListed {
            product_id: cup,
            seller_id: potter,
            name: "Moon CUP".to_owned(),
            description: "Stoneware".to_owned(),
            price: Money::krw(9_000),
            stock: 10,
        },
        ProductEvent::PriceChanged { price: Money::krw(12_000) },
    ];
    world.append::<Product>(cup, 0, events).await;
    let listed = ProductEvent::ProductListed {
        product_id: book,
        seller_id: printer,
        name: "100% 책".to_owned(),
        description: String::new(),
        price: Money::krw(8_000),
        stock: 5,
    };
    world.append::<Product>(book, 0, vec![listed]).await;
}

fn line(number: u128, which: usize, quantity: u32, price: i64) -> Line {
    Line {
        line_id: id(number),
        product_id: products()[which],
        seller_id: sellers()[which],
        name: ["Moon CUP", "100% 책"][which].to_owned(),
        quantity,
        unit_price: Money::krw(price),
        amount: Money::krw(price * i64::from(quantity)),
    }
}

pub fn placed(order_id: OrderId, lines: Vec<Line>) -> OrderEvent {
    let total = Money::sum(Currency::KRW, lines.iter().map(|line| line.amount)).unwrap();
    OrderEvent::OrderCreated {
        order_id,
        buyer_id: buyer(),
        lines,
        total,
        delivery_address: domain::Sealed("sealed address".to_owned()),
        pay_by: window(),
    }
}

pub fn begun(payment_id: PaymentId, order_id: OrderId, amount: i64) -> PaymentEvent {
    PaymentEvent::PaymentCreated {
        payment_id,
        order_id,
        buyer_id: buyer(),
        amount: Money::krw(amount),
        gateway: Gateway::PortoneV2,
        escrow: true,
        expires_at: window(),
    }
}

fn authorized(transaction: &str, amount: i64) -> PaymentEvent {
    PaymentEvent::PaymentAuthorized {
        transaction_id: transaction.to_owned(),
        amount: Money::krw(amount),
        method: "CARD".to_owned(),
        custody: Custody::GatewayEscrow,
        paid_at: at(12),
    }
}

fn funded(order_id: OrderId, seller_id: SellerId, payment_id: PaymentId, amount: i64) -> EscrowEvent {
    EscrowEvent::EscrowFunded {
        escrow_id: EscrowId::of(order_id, seller_id),
        order_id,
        seller_id,
        payment_id,
        amount: Money::krw(amount),
        gateway: Gateway::PortoneV2,
        custody: Custody::GatewayEscrow,
    }
}

async fn order_that_is_confirmed(world: &mut World) {
    let (order, payment) = (confirmed(), payments()[0]);
    let lines = vec![line(0x61, 0, 2, 12_000), line(0x62, 1, 1, 8_000)];
    world.append::<Order>(order, 0, vec![placed(order, lines)]).await;
    world.append::<Product>(products()[0], 2, vec![reserved(order, 2)]).await;
    world.append::<Product>(products()[1], 1, vec![reserved(order, 1)]).await;
    world.append::<Order>(order, 1, vec![OrderEvent::PaymentStarted { payment_id: payment }]).await;
    let events = vec![
        begun(payment, order, 32_000),
        PaymentEvent::PaymentInDoubt { doubt: Doubt::Preparation {} },
        PaymentEvent::PaymentPrepared {},
        authorized(TRANSACTION, 32_000),
    ];
    world.append::<Payment>(payment, 0, events).await;
    let paid = OrderEvent::OrderPaid { payment_id: payment, paid_at: at(12) };
    world.append::<Order>(order, 2, vec![paid]).await;
    for (seller, amount) in sellers().into_iter().zip([24_000, 8_000]) {
        let event = funded(order, seller, payment, amount);
        world.append::<Escrow>(EscrowId::of(order, seller), 0, vec![event]).await;
    }
    world.append::<Product>(products()[0], 3, vec![committed(order, 2)]).await;
    world.append::<Product>(products()[1], 2, vec![committed(order, 1)]).await;
    for (index, version) in [(0, 3), (1, 7)] {
        deliver_and_confirm(world, order, index, version).await;
    }
}

async fn deliver_and_confirm(world: &mut World, order: OrderId, index: usize, version: i64) {
    let (seller_id, shipment_id) = (sellers()[index], shipments()[index]);
    let (line_id, quantity, amount, commission) =
        [(id::<LineId>(0x61), 2, 24_000, 2_400), (id(0x62), 1, 8_000, 800)][index];
    let by = [ConfirmedBy::Buyer, ConfirmedBy::Clock][index];
    let escrow_id = EscrowId::of(order, seller_id);
    let events = vec![
        OrderEvent::ShipmentDispatched {
            shipment_id,
            seller_id,
            carrier: "kr.cjlogistics".to_owned(),
            invoice_number: "6812".to_owned(),
            items: vec![Item { line_id, quantity }],
            shipped_at: at(20),
        },
        OrderEvent::ShipmentDelivered {
            shipment_id,
            seller_id,
            delivered_at: at(30),
            source: DeliverySource::Carrier,
        },
        OrderEvent::ConfirmationDue { seller_id, due_at: window(), lines: vec![] },
        OrderEvent::EscrowConfirmed { escrow_id, seller_id, by, lines: vec![], others_open: false },
    ];
    world.append::<Order>(order, version, events).await;
    let vat = commission / 10;
    let events = vec![
        EscrowEvent::EscrowReleased {
            seller_id,
            amount: Money::krw(amount),
            commission: Money::krw(commission),
            commission_vat: Money::krw(vat),
            net: Money::krw(amount - commission - vat),
            fee_free: false,
        },
        EscrowEvent::EscrowClosed {},
    ];
    world.append::<Escrow>(escrow_id, 1, events).await;
}

async fn order_that_is_refunded(world: &mut World) {
    let (order, payment, seller) = (refunded(), payments()[1], sellers()[0]);
    world.append::<Order>(order, 0, vec![placed(order, vec![line(0x63, 0, 1, 12_000)])]).await;
    world.append::<Order>(order, 1, vec![OrderEvent::PaymentStarted { payment_id: payment }]).await;
    world
        .append::<Payment>(payment, 0, vec![begun(payment, order, 12_000), authorized("tx-2", 12_000)])
        .await;
    let paid = OrderEvent::OrderPaid { payment_id: payment, paid_at: at(12) };
    world.append::<Order>(order, 2, vec![paid]).await;
    let hold = EscrowId::of(order, seller);
    world.append::<Escrow>(hold, 0, vec![funded(order, seller, payment, 12_000)]).await;
    let (by, reason) = (CancelledBy::Buyer, "changed my mind".to_owned());
    let cancel =
        OrderEvent::CancelAccepted { by, reason: reason.clone(), refund_id: refund(), restock: true };
    world.append::<Order>(order, 3, vec![cancel]).await;
    let amount = Money::krw(12_000);
    let events = vec![
        EscrowEvent::EscrowRefundCommitted { refund_id: refund(), amount },
        EscrowEvent::EscrowClosed {},
    ];
    world.append::<Escrow>(hold, 1, events).await;
    let events = vec![
        PaymentEvent::RefundRequested { refund_id: refund(), amount, reason: reason.clone(), account: None },
        PaymentEvent::PaymentInDoubt { doubt: Doubt::Refund { refund_id: refund() } },
        PaymentEvent::Refunded {
            refund_id: refund(),
            amount,
            cancellation_id: "cancel-1".to_owned(),
            gateway: Gateway::PortoneV2,
            custody: Custody::GatewayEscrow,
            quarantined: false,
            refunded_at: at(40),
        },
    ];
    world.append::<Payment>(payment, 2, events).await;
    world.append::<Order>(order, 4, vec![OrderEvent::OrderCancelled { by, reason }]).await;
}

async fn order_that_expires(world: &mut World) {
    let order = expired();
    world.append::<Order>(order, 0, vec![placed(order, vec![line(0x64, 1, 5, 8_000)])]).await;
    world.append::<Product>(products()[1], 3, vec![reserved(order, 4)]).await;
    world.append::<Order>(order, 1, vec![OrderEvent::OrderExpired {}]).await;
    let reason = ReleaseReason::Expired;
    let released = ProductEvent::StockReleased { order_id: order, quantity: 4, reason };
    world.append::<Product>(products()[1], 4, vec![released]).await;
}

pub fn reserved(order_id: OrderId, quantity: u32) -> ProductEvent {
    ProductEvent::StockReserved { order_id, quantity, expires_at: window() }
}

fn committed(order_id: OrderId, quantity: u32) -> ProductEvent {
    ProductEvent::StockCommitted { order_id, quantity }
}
