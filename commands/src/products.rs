//! What sellers put on sale.

use chrono::{DateTime, Utc};
use domain::{
    Money,
    id::{ProductId, SellerId},
    product::Product,
    seller::Seller,
};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{Command, Step, Stop, refusal::CallerRefusal};

/// Puts a product on sale.
#[derive(Debug, Clone)]
pub struct ListProduct {
    /// The product.
    pub product_id: ProductId,
    /// Whose.
    pub seller_id: SellerId,
    /// Its name.
    pub name: String,
    /// What the seller says of it.
    pub description: String,
    /// Price of one unit.
    pub price: Money,
    /// Units that can be ordered.
    pub stock: u32,
}

/// Says anew what a product is.
#[derive(Debug, Clone)]
pub struct ReviseProduct {
    /// Which.
    pub product_id: ProductId,
    /// Who asks.
    pub seller_id: SellerId,
    /// Its name.
    pub name: String,
    /// What the seller says of it.
    pub description: String,
    /// Price of one unit.
    pub price: Money,
    /// Units that can be ordered.
    pub stock: u32,
    /// The version the seller read, if the change is only good for that.
    pub expected_version: Option<i64>,
}

/// A product that is as the seller said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductSaved {
    /// Which.
    pub product_id: ProductId,
}

impl Command for ListProduct {
    type Answer = ProductSaved;

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<ProductSaved>, Stop> {
        desk.get::<Seller>(self.seller_id)?.0.may_sell()?;
        let (product, version) = desk.fresh::<Product>(self.product_id)?;
        let events = product.list(domain::product::ListProduct {
            product_id: self.product_id,
            seller_id: self.seller_id,
            name: self.name.clone(),
            description: self.description.clone(),
            price: self.price,
            stock: self.stock,
        })?;
        Ok(Step::on::<Product>(
            self.product_id,
            version,
            events,
            ProductSaved { product_id: self.product_id },
        ))
    }
}

impl Command for ReviseProduct {
    type Answer = ProductSaved;

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<ProductSaved>, Stop> {
        let (product, version) = desk.get::<Product>(self.product_id)?;
        let events = product.revise(domain::product::ReviseProduct {
            seller_id: self.seller_id,
            name: self.name.clone(),
            description: self.description.clone(),
            price: self.price,
            stock: self.stock,
        })?;
        if let Some(expected) = self.expected_version.filter(|expected| *expected != version) {
            return Err(CallerRefusal::VersionChanged { expected, actual: version }.into());
        }
        Ok(Step::on::<Product>(
            self.product_id,
            version,
            events,
            ProductSaved { product_id: self.product_id },
        ))
    }
}
