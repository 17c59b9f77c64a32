//! The rival's sellers: the same products, listed and revised.

use std::sync::Arc;

use domain::{
    Aggregate, Money,
    id::{CustomerId, Id, ProductId, SellerId},
    product::{ListProduct, Product, ReviseProduct},
};

use super::{Decision, Framework, Pool};
use crate::{
    Failure,
    load::Client,
    rows::{DESCRIPTION, NAME, REVISIONS, first_price},
};

/// Lists a product, revises its price a few times, lists the next.
pub struct Seller {
    products: Arc<Framework<Product>>,
    id: SellerId,
    product: Option<ProductId>,
    step: i64,
}

/// So many sellers on a fresh database.
pub async fn sellers(url: &str, count: usize) -> Result<Vec<Seller>, Failure> {
    let pool = Pool::open(url, count).await?;
    pool.migrate(&[Product::TYPE]).await?;
    let products = Framework::new(&pool);
    let seller = SellerId::of(CustomerId::from_uuid(ambient::fresh_id()));
    let one = |_| Seller { products: Arc::clone(&products), id: seller, product: None, step: 0 };
    Ok((0..count).map(one).collect())
}

/// The decision to list a product.
pub fn listing(product_id: ProductId, seller_id: SellerId, stock: u32) -> Decision<Product> {
    Box::new(move |product| {
        let listing = ListProduct {
            product_id,
            seller_id,
            name: NAME.to_owned(),
            description: DESCRIPTION.to_owned(),
            price: Money::krw(first_price()),
            stock,
        };
        product.list(listing).map_err(|no| no.to_string())
    })
}

fn revision(seller_id: SellerId, step: i64) -> Decision<Product> {
    Box::new(move |product| {
        let revision = ReviseProduct {
            seller_id,
            name: NAME.to_owned(),
            description: DESCRIPTION.to_owned(),
            price: Money::krw(first_price() + step),
            stock: 100,
        };
        product.revise(revision).map_err(|no| no.to_string())
    })
}

impl Client for Seller {
    async fn step(&mut self) -> Result<u64, Failure> {
        let (seller, step) = (self.id, self.step);
        if let Some(product) = self.product.filter(|_| step <= REVISIONS) {
            self.products.execute(&product.to_string(), || revision(seller, step)).await?;
        } else {
            let product = ProductId::from_uuid(ambient::fresh_id());
            self.products.execute(&product.to_string(), || listing(product, seller, 100)).await?;
            (self.product, self.step) = (Some(product), 0);
        }
        self.step += 1;
        Ok(1)
    }
}
