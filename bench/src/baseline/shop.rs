//! The rival's buyers: stock is reserved on the product, then the order is created. Two transactions, because the
//! framework has no unit over two aggregates: a crash between them loses an order and keeps its stock.

use std::sync::Arc;

use cqrs_es::AggregateError;
use domain::{
    Aggregate, Money, Sealed,
    id::{CustomerId, Id, LineId, OrderId, ProductId, SellerId},
    order::{CreateOrder, Line, Order},
    product::Product,
};

use super::{Decision, Framework, Pool, sellers::listing};
use crate::{
    Failure,
    load::Client,
    rows::{ADDRESS, NAME, first_price},
};

/// Orders one unit, again and again.
pub struct Buyer {
    products: Arc<Framework<Product>>,
    orders: Arc<Framework<Order>>,
    product: ProductId,
    seller: SellerId,
    id: CustomerId,
}

/// So many buyers of one product with `stock` units, on a fresh database.
pub async fn buyers(url: &str, count: usize, stock: u32) -> Result<Vec<Buyer>, Failure> {
    let pool = Pool::open(url, count).await?;
    pool.migrate(&[Product::TYPE, Order::TYPE]).await?;
    let (products, orders) = (Framework::new(&pool), Framework::new(&pool));
    let seller = SellerId::of(CustomerId::from_uuid(ambient::fresh_id()));
    let product = ProductId::from_uuid(ambient::fresh_id());
    products.execute(&product.to_string(), || listing(product, seller, stock)).await?;
    let one = |_| Buyer {
        products: Arc::clone(&products),
        orders: Arc::clone(&orders),
        product,
        seller,
        id: CustomerId::from_uuid(ambient::fresh_id()),
    };
    Ok((0..count).map(one).collect())
}

/// The decision to hold one unit.
pub fn reservation(order_id: OrderId) -> Decision<Product> {
    Box::new(move |product| {
        let until = ambient::Clock::system().now() + chrono::Duration::minutes(15);
        product.reserve(order_id, 1, until).map_err(|no| no.to_string())
    })
}

/// The decision to create an order of one unit.
pub fn creation(
    order_id: OrderId,
    buyer_id: CustomerId,
    (product_id, seller_id): (ProductId, SellerId),
) -> Decision<Order> {
    let price = Money::krw(first_price());
    let line = Line {
        line_id: LineId::from_uuid(ambient::fresh_id()),
        product_id,
        seller_id,
        name: NAME.to_owned(),
        quantity: 1,
        unit_price: price,
        amount: price,
    };
    Box::new(move |order| {
        let create = CreateOrder {
            order_id,
            buyer_id,
            lines: vec![line],
            delivery_address: Sealed(ADDRESS.to_owned()),
            pay_by: ambient::Clock::system().now() + chrono::Duration::minutes(15),
        };
        order.create(create).map_err(|no| no.to_string())
    })
}

impl Client for Buyer {
    async fn step(&mut self) -> Result<u64, Failure> {
        let order = OrderId::from_uuid(ambient::fresh_id());
        match self.products.execute(&self.product.to_string(), || reservation(order)).await {
            Ok(()) => {}
            Err(AggregateError::UserError(_)) => return Ok(0),
            Err(error) => return Err(error.into()),
        }
        let goods = (self.product, self.seller);
        self.orders.execute(&order.to_string(), || creation(order, self.id, goods)).await?;
        Ok(2)
    }
}
