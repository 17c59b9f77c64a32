//! The questions that orders answer: one with everything about it, or a list for a buyer, a seller, an operator.

use domain::id::{CustomerId, OrderId, SellerId};
use sea_query::{Expr, ExprTrait, Order as Sort};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Order, OrderItem, OrderSeller, Shipment};
use crate::{
    error::ViewsError,
    page::{Page, PageRequest},
    payments::{self, Payment},
    views::{Views, from},
};

/// One order with everything about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderDetail {
    /// The order itself.
    #[serde(flatten)]
    pub order: Order,
    /// What was ordered.
    pub items: Vec<OrderItem>,
    /// How far each seller's part has come.
    pub sellers: Vec<OrderSeller>,
    /// All attempts to pay, in their order.
    pub payments: Vec<Payment>,
    /// The parcels, in their order.
    pub shipments: Vec<Shipment>,
}

/// Which orders. Nothing named: all of them.
#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    /// Of this buyer.
    pub buyer: Option<CustomerId>,
    /// With a part of this seller.
    pub seller: Option<SellerId>,
    /// In this state.
    pub status: Option<String>,
}

/// One order's own row.
pub async fn find(views: &Views, order: OrderId) -> Result<Option<Order>, ViewsError> {
    views.one(from::<Order>().and_where(Expr::col("order_id").eq(order.to_string()))).await
}

/// One order with everything about it.
pub async fn show(views: &Views, order: OrderId) -> Result<Option<OrderDetail>, ViewsError> {
    let Some(row) = find(views, order).await? else { return Ok(None) };
    let is_its = || Expr::col("order_id").eq(order.to_string());
    let mut items = from::<OrderItem>();
    let mut sellers = from::<OrderSeller>();
    let mut shipments = from::<Shipment>();
    let (items, sellers, payments, shipments) = futures::try_join!(
        views.all(items.and_where(is_its()).order_by("line", Sort::Asc)),
        views.all(sellers.and_where(is_its()).order_by("seller_id", Sort::Asc)),
        payments::of_order(views, order),
        views.all(
            shipments
                .and_where(is_its())
                .order_by("shipped_at", Sort::Asc)
                .order_by("shipment_id", Sort::Asc)
        ),
    )?;
    Ok(Some(OrderDetail { order: row, items, sellers, payments, shipments }))
}

/// Orders, newest first.
pub async fn list(views: &Views, filter: &OrderFilter, page: PageRequest) -> Result<Page<Order>, ViewsError> {
    let mut query = from::<Order>();
    // A seller's orders are walked along the parts' own index; both tables know where the order was placed.
    let walked = if let Some(seller) = filter.seller {
        let same_order = Expr::col(("orders", "order_id")).equals(("order_sellers", "order_id"));
        query
            .inner_join("order_sellers", same_order)
            .and_where(Expr::col(("order_sellers", "seller_id")).eq(seller.to_string()));
        ("order_sellers", "created_position")
    } else {
        ("orders", "created_position")
    };
    query
        .and_where_option(filter.buyer.map(|buyer| Expr::col(("orders", "user_id")).eq(buyer.to_string())))
        .and_where_option(filter.status.as_deref().map(|status| Expr::col(("orders", "status")).eq(status)))
        .and_where_option(page.after.map(|after| Expr::col(walked).lt(after)))
        .order_by(walked, Sort::Desc)
        .limit(page.fetch());
    Ok(Page::of(views.all(&query).await?, page, |row: &Order| row.created_position))
}
