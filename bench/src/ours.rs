//! Our side: the real writer, commands and receipts, as the server uses them.

use std::sync::Arc;

use ambient::Clock;
use commands::{
    Commands, Context, Failure as Refused, ListProduct, PlaceOrder, Policy, Refusal, ReviseProduct,
    WantedLine,
};
use domain::{
    Money, Sealed,
    customer::Role,
    id::{CustomerId, Id, LineId, OrderId, ProductId, SellerId},
    product::ProductRefusal,
};
use store::{Log, Writer, audit};

use crate::{
    Failure,
    load::Client,
    rows::{ADDRESS, DESCRIPTION, NAME, REVISIONS, first_price},
};

/// Our log with a seller in it.
#[derive(Clone)]
pub struct Ours {
    /// The log.
    pub log: Log,
    commands: Commands,
    seller: SellerId,
}

impl Ours {
    /// Opens a fresh log at `url` and registers a seller.
    pub async fn open(url: &str) -> Result<Self, Failure> {
        let log = Log::open(url).await?;
        let commands = Commands::new(Writer::start(&log).await?, Clock::system());
        let customer_id = CustomerId::from_uuid(ambient::fresh_id());
        let register = commands::RegisterCustomer {
            customer_id,
            profile: Sealed(ADDRESS.to_owned()),
            roles: vec![Role::Seller],
            commission: Policy::default().commission,
        };
        commands.dispatch(&Context::fresh("system:bench"), register).await?;
        Ok(Self { log, commands, seller: SellerId::of(customer_id) })
    }

    /// Clients that list and revise products of their own.
    pub fn sellers(&self, count: usize) -> Vec<Seller> {
        let seller = |_| Seller { ours: self.clone(), actor: self.actor(), product: None, step: 0 };
        (0..count).map(seller).collect()
    }

    /// Buyers of products of which there is enough; each its own, or all the same one.
    pub fn buyers(&self, products: &[ProductId], count: usize) -> Vec<Buyer> {
        let products = products.iter().cycle().take(count);
        let buyer = |product: &ProductId| {
            let id = CustomerId::from_uuid(ambient::fresh_id());
            Buyer { ours: self.clone(), id, actor: id.to_string().into(), product: *product, step: 0 }
        };
        products.map(buyer).collect()
    }

    /// Lists a product of so many units.
    pub async fn list(&self, stock: u32) -> Result<ProductId, Failure> {
        let product_id = ProductId::from_uuid(ambient::fresh_id());
        self.commands.dispatch(&Context::fresh("system:bench"), self.listing(product_id, stock)).await?;
        Ok(product_id)
    }

    /// Recomputes every hash of the log; tells how many events and batches there are.
    pub async fn verified(&self) -> Result<audit::Verified, Failure> {
        Ok(audit::verify(&self.log, |_| {}).await?)
    }

    fn actor(&self) -> Arc<str> {
        self.seller.customer().to_string().into()
    }

    fn listing(&self, product_id: ProductId, stock: u32) -> ListProduct {
        ListProduct {
            product_id,
            seller_id: self.seller,
            name: NAME.to_owned(),
            description: DESCRIPTION.to_owned(),
            price: Money::krw(first_price()),
            stock,
        }
    }
}

/// Lists a product, revises its price a few times, lists the next.
pub struct Seller {
    ours: Ours,
    actor: Arc<str>,
    product: Option<ProductId>,
    step: i64,
}

impl Client for Seller {
    async fn step(&mut self) -> Result<u64, Failure> {
        let product_id = match self.product {
            Some(product) if self.step <= REVISIONS => product,
            Some(_) | None => {
                let product_id = ProductId::from_uuid(ambient::fresh_id());
                let context = keyed(&self.actor, product_id, 0, "POST /products");
                self.ours.commands.dispatch(&context, self.ours.listing(product_id, 100)).await?;
                (self.product, self.step) = (Some(product_id), 1);
                return Ok(1);
            }
        };
        let revise = ReviseProduct {
            product_id,
            seller_id: self.ours.seller,
            name: NAME.to_owned(),
            description: DESCRIPTION.to_owned(),
            price: Money::krw(first_price() + self.step),
            stock: 100,
            expected_version: Some(self.step),
        };
        let context = keyed(&self.actor, product_id, self.step, "PUT /products");
        self.ours.commands.dispatch(&context, revise).await?;
        self.step += 1;
        Ok(1)
    }
}

/// Orders one unit of a product, again and again.
pub struct Buyer {
    ours: Ours,
    id: CustomerId,
    actor: Arc<str>,
    product: ProductId,
    step: i64,
}

impl Buyer {
    /// Where it buys, who it is, and of whom it buys.
    pub fn parties(&self) -> (&Commands, CustomerId, SellerId) {
        (&self.ours.commands, self.id, self.ours.seller)
    }

    /// Orders one unit; no order when there is none left.
    pub async fn order(&mut self) -> Result<Option<OrderId>, Failure> {
        self.step += 1;
        let order_id = OrderId::from_uuid(ambient::fresh_id());
        let line_id = LineId::from_uuid(ambient::fresh_id());
        let order = PlaceOrder {
            order_id,
            buyer_id: self.id,
            lines: vec![WantedLine { line_id, product_id: self.product, quantity: 1, seen_price: None }],
            delivery_address: Sealed(ADDRESS.to_owned()),
            policy: Policy::default(),
        };
        let context = keyed(&self.actor, order_id, self.step, "POST /orders");
        match self.ours.commands.dispatch(&context, order).await {
            Ok(_) => Ok(Some(order_id)),
            Err(Refused::Refused(Refusal::Product(ProductRefusal::OutOfStock { left: 0, .. }))) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }
}

impl Client for Buyer {
    async fn step(&mut self) -> Result<u64, Failure> {
        match self.order().await? {
            Some(_) => Ok(2),
            None => Err("the stock ran out too early".into()),
        }
    }
}

/// A command under an idempotency key, with a receipt, as over HTTP.
fn keyed(actor: &Arc<str>, id: impl Id, step: i64, request: &str) -> Context {
    Context::keyed(&**actor, &format!("{id}-{step}"), request, DESCRIPTION.as_bytes())
}
