//! The rival's whole life of an order, behind as small an HTTP server as there is. It is spared the gateway: a call
//! of `webhook` is taken for a payment that was looked up and verified.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::post,
};
use domain::{
    Aggregate, Money,
    escrow::{Escrow, Fund},
    id::{CustomerId, EscrowId, OrderId, PaymentId, ProductId, SellerId, ShipmentId},
    order::{ConfirmedBy, DeliverySource, Dispatch, Order},
    payment::{Capture, CreatePayment, Custody, Gateway, Payment},
    product::Product,
    seller::{Commission, Seller},
};
use serde::{Deserialize, Serialize};

use super::{
    Decision, Framework, Pool,
    sellers::listing,
    shop::{creation, reservation},
};
use crate::{Failure, rows::first_price};

/// Units each seller has.
const STOCK: u32 = 1_000_000;

/// Who and what one life is about.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Life {
    /// Who buys.
    pub buyer: CustomerId,
    /// Who sells.
    pub seller: SellerId,
    /// What.
    pub product: ProductId,
    /// The order.
    pub order: OrderId,
    /// The payment.
    pub payment: PaymentId,
    /// The parcel.
    pub shipment: ShipmentId,
}

/// The verbs of a life, in order.
pub const VERBS: [&str; 6] = ["order", "pay", "webhook", "ship", "deliver", "confirm"];

struct Shop {
    products: Arc<Framework<Product>>,
    orders: Arc<Framework<Order>>,
    payments: Arc<Framework<Payment>>,
    escrows: Arc<Framework<Escrow>>,
    sellers: Arc<Framework<Seller>>,
}

/// Serves the rival on a free port of the loopback, over a fresh database; tells where.
pub async fn serve(url: &str, clients: usize) -> Result<String, Failure> {
    let pool = Pool::open(url, clients).await?;
    pool.migrate(&[Product::TYPE, Order::TYPE, Payment::TYPE, Escrow::TYPE, Seller::TYPE]).await?;
    let shop = Shop {
        products: Framework::new(&pool),
        orders: Framework::new(&pool),
        payments: Framework::new(&pool),
        escrows: Framework::new(&pool),
        sellers: Framework::new(&pool),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let host = listener.local_addr()?.to_string();
    let router = Router::new().route("/{verb}", post(handle)).with_state(Arc::new(shop));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(host)
}

async fn handle(
    State(shop): State<Arc<Shop>>,
    Path(verb): Path<String>,
    Json(life): Json<Life>,
) -> (StatusCode, String) {
    match shop.act(&verb, life).await {
        Ok(()) => (StatusCode::OK, r#"{"success":true}"#.to_owned()),
        Err(failure) => (StatusCode::CONFLICT, failure.to_string()),
    }
}

impl Shop {
    async fn act(&self, verb: &str, life: Life) -> Result<(), Failure> {
        match verb {
            "open" => self.open(life).await,
            "order" => self.order(life).await,
            "pay" => self.pay(life).await,
            "webhook" => self.webhook(life).await,
            "ship" => self.change(life, move || dispatch(life)).await,
            "deliver" => self.change(life, move || delivery(life)).await,
            "confirm" => self.confirm(life).await,
            other => Err(format!("nobody knows how to {other}").into()),
        }
    }

    async fn open(&self, life: Life) -> Result<(), Failure> {
        let Life { seller, product, .. } = life;
        self.sellers.execute(&seller.to_string(), || registration(seller)).await?;
        self.products.execute(&product.to_string(), || listing(product, seller, STOCK)).await?;
        Ok(())
    }

    async fn change(&self, life: Life, decide: impl Fn() -> Decision<Order>) -> Result<(), Failure> {
        Ok(self.orders.execute(&life.order.to_string(), decide).await?)
    }

    async fn order(&self, life: Life) -> Result<(), Failure> {
        self.products.execute(&life.product.to_string(), || reservation(life.order)).await?;
        self.change(life, || creation(life.order, life.buyer, (life.product, life.seller))).await
    }

    async fn pay(&self, life: Life) -> Result<(), Failure> {
        self.payments.execute(&life.payment.to_string(), || attempt(life)).await?;
        self.change(life, || Box::new(move |order| no(order.start_payment(life.payment, now())))).await
    }

    async fn webhook(&self, life: Life) -> Result<(), Failure> {
        let prepared = || -> Decision<Payment> { Box::new(|payment| no(payment.prepared())) };
        self.payments.execute(&life.payment.to_string(), prepared).await?;
        let authorized = || -> Decision<Payment> { Box::new(|payment| no(payment.authorize(capture()))) };
        self.payments.execute(&life.payment.to_string(), authorized).await?;
        self.change(life, || Box::new(move |order| no(order.pay(life.payment, now())))).await?;
        let escrow = EscrowId::of(life.order, life.seller);
        self.escrows.execute(&escrow.to_string(), || funding(life)).await?;
        let sold = || -> Decision<Product> { Box::new(move |product| no(product.commit(life.order))) };
        Ok(self.products.execute(&life.product.to_string(), sold).await?)
    }

    async fn confirm(&self, life: Life) -> Result<(), Failure> {
        self.change(life, || Box::new(|order| no(order.confirm(ConfirmedBy::Buyer, &[])))).await?;
        let escrow = EscrowId::of(life.order, life.seller);
        let price = Money::krw(first_price());
        let split = commission().split(price)?;
        let released = || -> Decision<Escrow> { Box::new(move |escrow| no(escrow.release(price, split))) };
        self.escrows.execute(&escrow.to_string(), released).await?;
        let credited = || -> Decision<Seller> {
            Box::new(move |seller| no(seller.credit(escrow, life.order, split.net)))
        };
        Ok(self.sellers.execute(&life.seller.to_string(), credited).await?)
    }
}

fn no<T, E: std::fmt::Display>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|refusal| refusal.to_string())
}

fn now() -> chrono::DateTime<chrono::Utc> {
    ambient::Clock::system().now()
}

const fn commission() -> Commission {
    Commission { rate: 10_000 }
}

fn registration(id: SellerId) -> Decision<Seller> {
    Box::new(move |seller| no(seller.register(id, commission())))
}

fn attempt(life: Life) -> Decision<Payment> {
    let create = CreatePayment {
        payment_id: life.payment,
        order_id: life.order,
        buyer_id: life.buyer,
        amount: Money::krw(first_price()),
        gateway: Gateway::PortoneV2,
        escrow: true,
        expires_at: now() + chrono::Duration::minutes(15),
    };
    Box::new(move |payment| no(payment.create(create)))
}

fn capture() -> Capture {
    Capture {
        transaction_id: "0192a1b2c3d4e5f60718293a4b5c6d7e".to_owned(),
        amount: Money::krw(first_price()),
        method: "CARD".to_owned(),
        custody: Custody::GatewayEscrow,
        paid_at: now(),
    }
}

fn funding(life: Life) -> Decision<Escrow> {
    let fund = Fund {
        order_id: life.order,
        seller_id: life.seller,
        payment_id: life.payment,
        amount: Money::krw(first_price()),
        gateway: Gateway::PortoneV2,
        custody: Custody::GatewayEscrow,
    };
    Box::new(move |escrow| no(escrow.fund(fund)))
}

fn dispatch(life: Life) -> Decision<Order> {
    let parcel = Dispatch {
        shipment_id: life.shipment,
        seller_id: life.seller,
        carrier: "CJGLS".to_owned(),
        invoice_number: "639812345678".to_owned(),
        items: vec![],
        shipped_at: now(),
    };
    Box::new(move |order| no(order.dispatch(parcel)))
}

fn delivery(life: Life) -> Decision<Order> {
    Box::new(move |order| {
        no(order.deliver(
            life.shipment,
            DeliverySource::Seller,
            now(),
            commands::Policy::default().confirm_period(),
        ))
    })
}
