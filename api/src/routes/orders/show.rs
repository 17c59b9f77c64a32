//! `GET /orders/{order_id}`

use axum::extract::State;
use domain::{
    id::{CustomerId, Id, OrderId},
    order::Order,
};
use projections::{
    Projection,
    orders::{self, OrderDetail},
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{
    access::{Part, part},
    line::{self, LineProgress},
};
use crate::{
    answer::Shown,
    extract::{AnyOne, AtLeast, MinPosition, PathId},
    input::OrderIdShape,
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

/// An order with everything about it that the caller may see.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderShown {
    #[serde(flatten)]
    order: OrderDetail,
    /// How far each line has come; nothing before the order is paid and once it is given up.
    lines: Vec<LineProgress>,
    /// Where it goes; nothing for auditors, and once the buyer is forgotten.
    #[schema(value_type = Option<Object>)]
    delivery_address: Option<Box<RawValue>>,
}

/// One order. A seller sees their own part of it.
#[utoipa::path(
    get, path = "/orders/{order_id}", tag = "orders", security(("token" = [])),
    params(("order_id" = inline(OrderIdShape), Path, description = "The order"), MinPosition),
    responses((status = OK, description = "The order", body = OrderShown), QueryProblems),
)]
pub async fn show(
    State(services): State<Services>,
    AnyOne(identity): AnyOne,
    PathId(order_id): PathId<OrderId>,
    at_least: AtLeast,
) -> Result<Shown<OrderShown>, Problem> {
    let part = part(&services, &identity, order_id).await?;
    let views = services.views_at(Projection::Orders, at_least).await?;
    let order = orders::show(views, order_id).await?;
    let order = order.ok_or_else(|| Problem::plain(Kind::UnknownOrder))?;
    let delivery_address = match part {
        Part::Whole | Part::Seller(_) => address(&services, &order).await?,
        Part::WithoutAddress => None,
    };
    let lines = line::lines(&services.commands.load::<Order>(order_id).await?.0, part);
    let order = seen(order, part);
    Ok(Shown { version: order.order.version, body: OrderShown { order, lines, delivery_address } })
}

fn seen(mut order: OrderDetail, part: Part) -> OrderDetail {
    if let Part::Seller(seller) = part {
        let seller = seller.to_string();
        order.items.retain(|item| item.seller_id == seller);
        order.sellers.retain(|part| part.seller_id == seller);
        order.shipments.retain(|shipment| shipment.seller_id == seller);
        order.payments.clear();
    }
    order
}

async fn address(services: &Services, order: &OrderDetail) -> Result<Option<Box<RawValue>>, Problem> {
    let Ok(buyer) = order.order.user_id.parse::<CustomerId>() else { return Ok(None) };
    let sealed = domain::Sealed(order.order.delivery_address.clone());
    let plain = services.vault.open(buyer.uuid(), &sealed).await?;
    Ok(plain.and_then(|plain| RawValue::from_string(plain).ok()))
}
