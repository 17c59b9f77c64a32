//! What is for sale, at what price, and how many are left?

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    Fact,
    id::{Id, ProductId, SellerId},
    product::ProductEvent,
};
use sea_query::{Expr, ExprTrait, LikeExpr, Order as Sort};
use store::Occurrence;
use uuid::Uuid;

use crate::{
    bulk::Known,
    error::ViewsError,
    page::{Page, PageRequest},
    projection::{Out, Target, begun_before, no_row, uuid_of},
    row::row,
    views::{Views, from},
};

row! {
    /// A product on sale.
    pub struct Product in "products" keyed by [product_id] {
        /// The product, `prd_…`.
        pub product_id: String,
        /// The customer who sells it, `cus_…`.
        pub user_id: String,
        /// The same in the role of the seller, `sel_…`.
        pub seller_id: String,
        /// Its name.
        pub name: String,
        /// The name in lower case, for the search: the databases disagree on what lower case is.
        #[serde(skip)]
        pub search_name: String,
        /// What the seller says of it.
        pub description: String,
        /// Price of one unit, in minor units.
        pub price: i64,
        /// The price's currency, ISO 4217.
        pub currency: String,
        /// Units that can be ordered now.
        pub stock: i64,
        /// When it was put on sale.
        pub created_at: DateTime<Utc>,
        /// When something last changed, its stock included.
        pub updated_at: DateTime<Utc>,
        /// Where it was put on sale; the order of lists.
        #[serde(skip)]
        pub created_position: i64,
        /// Sequence of the product's last event.
        pub version: i64,
        /// Position of the last event in this row.
        pub position: i64,
    }
}

/// The touched rows.
#[derive(Debug, Default)]
pub struct Model {
    rows: BTreeMap<Uuid, Product>,
}

impl crate::projection::Model for Model {
    async fn load(&mut self, target: &mut Target<'_>, events: &[Occurrence]) -> Result<(), ViewsError> {
        let mut known = begun_before(events.iter().filter_map(|event| match &event.fact {
            Fact::Product(id, _) => Some((*id, event.sequence)),
            Fact::Customer(..)
            | Fact::Seller(..)
            | Fact::Order(..)
            | Fact::Payment(..)
            | Fact::Escrow(..)
            | Fact::Claim(..) => None,
        }));
        known.retain(|product| !self.rows.contains_key(&uuid_of(product)));
        let rows = target.tx.load::<Product>(target.generation, "product_id", &known).await?;
        self.rows.extend(rows.into_iter().map(|row| (uuid_of(&row.product_id), row)));
        Ok(())
    }

    fn apply(&mut self, event: &Occurrence) -> Result<(), String> {
        let Fact::Product(id, change) = &event.fact else { return Ok(()) };
        if let ProductEvent::ProductListed { .. } = change {
            self.rows.extend(Product::listed(change, event).map(|row| (id.uuid(), row)));
            return Ok(());
        }
        self.rows.get_mut(&id.uuid()).ok_or_else(|| no_row(event))?.evolve(change, event)
    }

    fn held(&self) -> usize {
        self.rows.len()
    }

    async fn save(self, out: &mut Out<'_>) -> Result<(), ViewsError> {
        out.write(self.rows.into_values().collect(), Known::Replace).await
    }
}

impl Product {
    fn listed(change: &ProductEvent, event: &Occurrence) -> Option<Self> {
        let ProductEvent::ProductListed { product_id, seller_id, name, description, price, stock } = change
        else {
            return None;
        };
        Some(Self {
            product_id: product_id.to_string(),
            user_id: seller_id.customer().to_string(),
            seller_id: seller_id.to_string(),
            name: name.clone(),
            search_name: name.to_lowercase(),
            description: description.clone(),
            price: price.amount,
            currency: price.currency.code().to_owned(),
            stock: i64::from(*stock),
            created_at: event.recorded_at,
            updated_at: event.recorded_at,
            created_position: event.position,
            version: event.sequence,
            position: event.position,
        })
    }

    fn evolve(&mut self, change: &ProductEvent, event: &Occurrence) -> Result<(), String> {
        match change {
            ProductEvent::ProductListed { .. } | ProductEvent::StockCommitted { .. } => {}
            ProductEvent::ProductDescribed { name, description } => {
                self.name.clone_from(name);
                self.search_name = name.to_lowercase();
                self.description.clone_from(description);
            }
            ProductEvent::PriceChanged { price } => {
                self.price = price.amount;
                price.currency.code().clone_into(&mut self.currency);
            }
            ProductEvent::StockAdjusted { stock } => self.stock = i64::from(*stock),
            ProductEvent::StockReserved { quantity, .. } => self.take(i64::from(*quantity))?,
            ProductEvent::StockReleased { quantity, .. } | ProductEvent::StockReturned { quantity, .. } => {
                self.take(-i64::from(*quantity))?;
            }
        }
        (self.updated_at, self.version, self.position) = (event.recorded_at, event.sequence, event.position);
        Ok(())
    }

    fn take(&mut self, quantity: i64) -> Result<(), String> {
        let left = self.stock.checked_sub(quantity).filter(|left| *left >= 0);
        self.stock =
            left.ok_or_else(|| format!("{quantity} units are wanted and {} are left", self.stock))?;
        Ok(())
    }
}

/// Which products.
#[derive(Debug, Clone, Default)]
pub struct ProductFilter {
    /// Whose name contains this, in either case.
    pub search: Option<String>,
    /// Of this seller.
    pub seller: Option<SellerId>,
}

/// One product.
pub async fn find(views: &Views, product: ProductId) -> Result<Option<Product>, ViewsError> {
    views.one(from::<Product>().and_where(Expr::col("product_id").eq(product.to_string()))).await
}

/// Products, newest first.
pub async fn list(
    views: &Views,
    filter: &ProductFilter,
    page: PageRequest,
) -> Result<Page<Product>, ViewsError> {
    let mut query = from::<Product>();
    if let Some(search) = &filter.search {
        let escaped = search.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
        query.and_where(Expr::col("search_name").like(LikeExpr::new(format!("%{escaped}%")).escape('!')));
    }
    let seller = filter.seller.map(|seller| Expr::col("seller_id").eq(seller.to_string()));
    query
        .and_where_option(seller)
        .and_where_option(page.after.map(|after| Expr::col("created_position").lt(after)))
        .order_by("created_position", Sort::Desc)
        .limit(page.fetch());
    Ok(Page::of(views.all(&query).await?, page, |row: &Product| row.created_position))
}
