//! A small shop over a SQLite log: two sellers, two products, one buyer.

use ambient::Clock;
use chrono::DateTime;
use commands::{
    Command, Commands, Context, DispatchShipment, Executed, Failure, ListProduct, OpenWindow, OrderPlaced,
    PayWindow, PaymentState, PlaceOrder, Policy, Reading, RecordDelivery, RecordReading, RecordRefund,
    RefundResult, RegisterCustomer, ReviseProduct, Standing, StartPayment, WantedLine,
};
use domain::{
    Money, Sealed,
    customer::Role,
    id::{CustomerId, Id, LineId, OrderId, PaymentId, ProductId, RefundId, SellerId, ShipmentId},
    payment::{Capture, Custody},
    product::Product,
};
use store::{Log, Writer};

pub struct Shop {
    pub commands: Commands,
    pub clock: Clock,
    pub buyer: CustomerId,
    pub carpenter: SellerId,
    pub smith: SellerId,
    pub chair: ProductId,
    pub lamp: ProductId,
    log: Log,
    _folder: tempfile::TempDir,
}

fn fresh<I: Id>() -> I {
    I::from_uuid(ambient::fresh_id())
}

impl Shop {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(&format!("sqlite:{}", folder.path().join("log.db").display())).await.unwrap();
        let clock = Clock::virtual_at(DateTime::from_timestamp(1_772_000_000, 0).unwrap());
        let commands = Commands::new(Writer::start(&log).await.unwrap(), clock.clone());
        let (carpenter, smith): (CustomerId, CustomerId) = (fresh(), fresh());
        let shop = Self {
            commands,
            clock,
            buyer: fresh(),
            carpenter: SellerId::of(carpenter),
            smith: SellerId::of(smith),
            chair: fresh(),
            lamp: fresh(),
            log,
            _folder: folder,
        };
        for customer in [carpenter, smith] {
            let roles = vec![Role::Buyer, Role::Seller];
            let commission = Policy::default().commission;
            let profile = Sealed("sealed".into());
            shop.ask(RegisterCustomer { customer_id: customer, profile, roles, commission }).await.unwrap();
        }
        for (product_id, seller_id, price) in
            [(shop.chair, shop.carpenter, 12_000), (shop.lamp, shop.smith, 8_000)]
        {
            let (name, description) = ("나무 의자".to_owned(), String::new());
            let price = Money::krw(price);
            shop.ask(ListProduct { product_id, seller_id, name, description, price, stock: 5 })
                .await
                .unwrap();
        }
        shop
    }

    pub async fn stocks(&self, product_id: ProductId, stock: u32) {
        let (seller_id, price) = (self.carpenter, Money::krw(12_000));
        let (name, description) = ("나무 의자".to_owned(), String::new());
        let expected_version = None;
        let revise =
            ReviseProduct { product_id, seller_id, name, description, price, stock, expected_version };
        self.ask(revise).await.unwrap();
    }

    pub async fn lists(&self, seller_id: SellerId, price: i64) -> ProductId {
        let product_id = fresh();
        let (name, description, price) = ("탁자".to_owned(), String::new(), Money::krw(price));
        self.ask(ListProduct { product_id, seller_id, name, description, price, stock: 5 }).await.unwrap();
        product_id
    }

    pub async fn ask<C: Command>(&self, command: C) -> Result<Executed<C::Answer>, Failure> {
        self.commands.dispatch(&Context::fresh("system:test"), command).await
    }

    pub fn order_command(&self, id: u128, lines: &[(ProductId, u32)]) -> PlaceOrder {
        let line = |(product_id, quantity): &(ProductId, u32)| WantedLine {
            line_id: fresh::<LineId>(),
            product_id: *product_id,
            quantity: *quantity,
            seen_price: None,
        };
        PlaceOrder {
            order_id: OrderId::from_uuid(uuid::Uuid::from_u128(id)),
            buyer_id: self.buyer,
            lines: lines.iter().map(line).collect(),
            delivery_address: Sealed("sealed".into()),
            policy: Policy::default(),
        }
    }

    pub async fn place(&self, lines: &[(ProductId, u32)]) -> Result<Executed<OrderPlaced>, Failure> {
        self.ask(self.order_command(ambient::fresh_id().as_u128(), lines)).await
    }

    pub async fn start_payment(&self, order_id: OrderId) -> PaymentId {
        let payment_id = fresh();
        let gateway = Policy::default().gateway;
        let start = StartPayment {
            payment_id,
            order_id,
            buyer_id: self.buyer,
            seen_price: None,
            gateway,
            escrow: true,
            window: OpenWindow::new(|_| PayWindow { checkout: serde_json::Value::Null, pay_url: None }),
        };
        self.ask(start).await.unwrap();
        payment_id
    }

    pub fn capture_of(&self, amount: i64) -> Capture {
        Capture {
            transaction_id: "tx".into(),
            amount: Money::krw(amount),
            method: "CARD".into(),
            custody: Custody::GatewayEscrow,
            paid_at: self.clock.now(),
        }
    }

    pub async fn capture(&self, payment_id: PaymentId, amount: i64) -> PaymentState {
        let reading = Reading { standing: Standing::Paid(self.capture_of(amount)), foreign: vec![] };
        self.ask(RecordReading { payment_id, reading, refund_id: fresh() }).await.unwrap().answer
    }

    pub async fn paid(&self, lines: &[(ProductId, u32)]) -> (OrderId, PaymentId) {
        let placed = self.place(lines).await.unwrap().answer;
        let payment = self.start_payment(placed.order_id).await;
        assert_eq!(self.capture(payment, placed.total.amount).await, PaymentState::Authorized);
        (placed.order_id, payment)
    }

    pub async fn ship(&self, order_id: OrderId, seller_id: SellerId) -> ShipmentId {
        let shipment_id = fresh();
        let (carrier, invoice_number) = ("CJ".to_owned(), "6012".to_owned());
        let dispatch =
            DispatchShipment { order_id, seller_id, shipment_id, carrier, invoice_number, items: vec![] };
        self.ask(dispatch).await.unwrap();
        shipment_id
    }

    pub async fn deliver(&self, order_id: OrderId, shipment_id: ShipmentId) {
        let policy = Policy::default();
        self.ask(RecordDelivery {
            order_id,
            shipment_id,
            said_by: commands::SaidBy::Carrier,
            delivered_at: None,
            policy,
        })
        .await
        .unwrap();
    }

    pub fn refund_id() -> RefundId {
        fresh()
    }

    pub async fn refunded(&self, payment_id: PaymentId, refund_id: RefundId) {
        let result =
            RefundResult::Done { cancellation_id: "cancellation".into(), refunded_at: self.clock.now() };
        self.ask(RecordRefund { payment_id, refund_id, result }).await.unwrap();
    }

    pub async fn stock(&self, product: ProductId) -> u32 {
        self.commands.load::<Product>(product).await.unwrap().0.listed().unwrap().stock
    }

    pub async fn events(&self) -> Vec<serde_json::Value> {
        let raw = self.log.feed().raw_after(0, 1_000).await.unwrap();
        raw.iter().map(|event| serde_json::from_str(&event.payload).unwrap()).collect()
    }
}
